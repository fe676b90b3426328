import { Descriptors } from './descriptors.ts';
import { ERRNO, WasiError } from './errno.ts';
import { fdCalls } from './fd-calls.ts';
import type { FileTree } from './file-tree.ts';
import type { GuestMemory } from './memory.ts';
import { nowNs } from './nodes.ts';
import { pathCalls } from './path-calls.ts';
import { pollCall } from './poll.ts';

export interface WasiOptions {
  readonly memory: GuestMemory;
  readonly tree: FileTree;
  /** Asked for when the program starts. */
  readonly args: () => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: (into: Uint8Array) => number;
  readonly stdout: (bytes: Uint8Array) => number;
  readonly stderr: (bytes: Uint8Array) => number;
  /** Blocks this thread. */
  readonly sleep: (ms: number) => void;
  /** The program has ended; must not return. */
  readonly exit: (code: number) => never;
  /** Processor time of the program so far, in nanoseconds. */
  readonly cpuTimeNs: () => bigint;
}

const CLOCK = { realtime: 0, monotonic: 1, processCpu: 2, threadCpu: 3 } as const;
type Call = (...args: never[]) => void;

/**
 * wasi_snapshot_preview1 on a file tree in memory. There is no call here that reaches the host's files,
 * processes or network: what is not in the tree does not exist for the program.
 */
export function wasiImports(options: WasiOptions): Record<string, WebAssembly.ImportValue> {
  const { memory, tree } = options;
  const fds = new Descriptors();
  const stream = { node: null, append: false, position: 0 };
  fds.open({ ...stream, readable: true, writable: false, source: { read: options.stdin } });
  fds.open({ ...stream, readable: false, writable: true, sink: { write: options.stdout } });
  fds.open({ ...stream, readable: false, writable: true, sink: { write: options.stderr } });
  fds.open({ node: tree.root, readable: true, writable: false, append: false, position: 0 });

  const strings = (texts: readonly string[]) => texts.map((text) => Buffer.from(`${text}\0`, 'utf8'));
  const env = strings(Object.entries(options.env).map(([name, value]) => `${name}=${value}`));

  const putStrings = (values: readonly Buffer[], pointers: number, buffer: number) => {
    let at = buffer >>> 0;
    for (const [index, value] of values.entries()) {
      memory.setU32(pointers + index * 4, at);
      memory.slice(at, value.length).set(value);
      at += value.length;
    }
  };
  const putSizes = (values: readonly Buffer[], count: number, size: number) => {
    memory.setU32(count, values.length);
    memory.setU32(
      size,
      values.reduce((sum, value) => sum + value.length, 0),
    );
  };
  const clock = (id: number): bigint => {
    if (id === CLOCK.realtime) return nowNs();
    if (id === CLOCK.monotonic) return BigInt(Math.round(performance.now() * 1e6));
    if (id === CLOCK.processCpu || id === CLOCK.threadCpu) return options.cpuTimeNs();
    throw new WasiError('inval');
  };
  const calls = {
    args_sizes_get: (count: number, size: number) => putSizes(strings(options.args()), count, size),
    args_get: (pointers: number, buffer: number) => putStrings(strings(options.args()), pointers, buffer),
    environ_sizes_get: (count: number, size: number) => putSizes(env, count, size),
    environ_get: (pointers: number, buffer: number) => putStrings(env, pointers, buffer),
    clock_res_get: (id: number, out: number) => {
      clock(id);
      memory.setU64(out, 1000n);
    },
    clock_time_get: (id: number, _precision: bigint, out: number) => memory.setU64(out, clock(id)),

    ...fdCalls(memory, fds, tree),
    ...pathCalls(memory, fds, tree),
    poll_oneoff: pollCall(memory, fds, clock, options.sleep),
    proc_exit: (code: number) => options.exit(code),
    random_get: (pointer: number, length: number) => {
      const bytes = memory.slice(pointer, length);
      // getRandomValues takes at most 64 KiB a call.
      for (let at = 0; at < bytes.length; at += 65_536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65_536) as Uint8Array<ArrayBuffer>);
      }
    },
    sched_yield: () => undefined,
    sock_accept: () => refuse(),
    sock_recv: () => refuse(),
    sock_send: () => refuse(),
    sock_shutdown: () => refuse(),
  } satisfies Record<string, Call>;

  return Object.fromEntries(
    Object.entries<Call>(calls).map(([name, call]) => [name, guarded(call as (...args: unknown[]) => void)]),
  );
}

function refuse(): never {
  throw new WasiError('notsup');
}

/** Turns what a call throws into its error number. */
function guarded(call: (...args: unknown[]) => void): (...args: unknown[]) => number {
  return (...args) => {
    try {
      call(...args);
      return ERRNO.success;
    } catch (error) {
      if (error instanceof WasiError) return ERRNO[error.code];
      // A pointer outside of the program's memory.
      if (error instanceof RangeError) return ERRNO.fault;
      throw error;
    }
  };
}
