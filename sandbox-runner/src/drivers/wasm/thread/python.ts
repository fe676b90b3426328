import { FileTree } from '../wasi/file-tree.ts';
import { GuestMemory } from '../wasi/memory.ts';
import { deviceNode } from '../wasi/nodes.ts';
import { wasiImports } from '../wasi/wasi-host.ts';
import type { InterpreterSpec, ThreadAssets, ThreadEnd, ThreadJob } from './control.ts';
import type { RunContext } from './run-context.ts';
import { mountDevices, mountProgram, mountSleepDevice, READ_ONLY, WORK_DIR } from './volumes.ts';

const PAGE = 65_536;
/**
 * The copy's stack lies behind its memory, since the one laid out in the binary holds 80 calls of a function
 * under functools.lru_cache. It is reserved, not used, so it does not count as the program's memory.
 */
const STACK_PAGES = 256;
const STACK_OVERFLOW = 'Segmentation fault: the recursion is too deep for the stack of the interpreter\n';

/** Thrown through the interpreter's frames when its program has ended. No code in them can catch it. */
class Exited extends Error {
  readonly code: number;

  constructor(code: number) {
    super('the program has ended');
    this.code = code;
  }
}

/**
 * Runs a program in a copy of an interpreter that has already started (see engine/python-image.ts). CPython
 * notices that it is initialised and goes straight on to the program, with the arguments it is given now.
 *
 * A job with many runs may use its thread again, which takes a tenth of what a new one does. Of the run before
 * nothing is left: the instance and the files are new, and every byte of the memory is written anew.
 */
export async function runPython(
  spec: InterpreterSpec,
  image: ThreadAssets['python'],
  context: RunContext,
): Promise<ThreadEnd> {
  const imagePages = image.memory.byteLength / PAGE;
  const initial = imagePages + STACK_PAGES;
  const maximum = Math.max(Math.floor(spec.memoryBytes / PAGE), imagePages) + STACK_PAGES;
  const memory = new WebAssembly.Memory({ initial, maximum });
  for (;;) {
    const start = await prepare(image, memory, maximum, context);
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(new Uint8Array(image.memory));
    // A new memory is all zeros, and lies nowhere yet.
    if (context.hasJob) bytes.fill(0, image.memory.byteLength);
    const end = start(context.waitForJob());
    // A memory that has grown cannot shrink, and would be smaller for the next run.
    const repeats = end.kind === 'exit' && context.mayRepeat && memory.buffer.byteLength === initial * PAGE;
    if (!repeats) return end;
    context.report({ ...end, repeats });
  }
}

/** A new instance with new files. Returns what runs a job in it. */
async function prepare(
  image: ThreadAssets['python'],
  wasmMemory: WebAssembly.Memory,
  maximum: number,
  context: RunContext,
): Promise<(job: ThreadJob) => ThreadEnd> {
  const memory = new GuestMemory(wasmMemory);
  const noteMemory = () => context.noteMemory(memory.size - STACK_PAGES * PAGE);
  const tree = new FileTree(READ_ONLY);
  mountDevices(tree);
  const sleep = (ms: number): void => {
    noteMemory();
    context.sleep(ms);
  };
  mountSleepDevice(tree, sleep);
  let args: readonly string[] = [];
  const imports = wasiImports({
    memory,
    tree,
    args: () => args,
    env: {},
    stdin: (into) => context.readStdin(into),
    stdout: (bytes) => {
      noteMemory();
      return context.write('stdout', bytes);
    },
    stderr: (bytes) => context.write('stderr', bytes),
    sleep,
    exit: (code) => {
      throw new Exited(code);
    },
    cpuTimeNs: () => context.cpuTimeNs(),
  });
  const instance = await WebAssembly.instantiate(image.module, {
    wasi_snapshot_preview1: imports,
    env: {
      memory: wasmMemory,
      __stack_pointer: new WebAssembly.Global({ value: 'i32', mutable: true }, memory.size),
    },
  });
  const start = instance.exports._start;
  if (typeof start !== 'function') throw new Error('the interpreter has no _start');
  return (job) => {
    noteMemory();
    mountProgram(tree, job.files, job.diskBytes);
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: WORK_DIR, ...job.env };
    mountEnvironment(tree, env);
    args = ['python3', `${WORK_DIR}/${job.entry}`, ...job.args];
    let code = 0;
    try {
      start();
    } catch (error) {
      noteMemory();
      if (!(error instanceof Exited)) {
        const signal = trapSignal(error);
        if (signal === undefined) throw error;
        if (signal === 'SIGSEGV') context.write('stderr', Buffer.from(STACK_OVERFLOW));
        // Out of memory inside the interpreter's C code ends in abort(), not in a MemoryError.
        return { kind: 'trap', signal, outOfMemory: memory.size >= (maximum - 16) * PAGE };
      }
      code = error.code;
    }
    noteMemory();
    return { kind: 'exit', code, outOfMemory: code !== 0 && diedOfMemory(context) };
  };
}

/** A file for the hook that python/prepare.py left: it is gone once it has been read to its end. */
function mountEnvironment(tree: FileTree, env: Readonly<Record<string, string>>): void {
  let unread: Uint8Array = Buffer.from(Object.entries(env).flat().join('\0'));
  const read = (into: Uint8Array): number => {
    const part = unread.subarray(0, into.length);
    if (part.length === 0) tree.root.entries.delete('gate');
    into.set(part);
    unread = unread.subarray(part.length);
    return part.length;
  };
  tree.mount('/gate/environ', (volume) => deviceNode(volume, { read, write: () => 0 }));
}

/**
 * Whether an uncaught MemoryError ended the program: the host cannot see that growing the memory was
 * refused. A program that prints such a line itself only spoils its own verdict.
 */
function diedOfMemory(context: RunContext): boolean {
  return /(?:^|\n)MemoryError(?::[^\n]*)?\n$/.test(context.stderrTail(512));
}

function trapSignal(error: unknown): string | undefined {
  if (error instanceof WebAssembly.RuntimeError) {
    return error.message.includes('unreachable') ? 'SIGABRT' : 'SIGSEGV';
  }
  // The thread's stack is full.
  return error instanceof RangeError ? 'SIGSEGV' : undefined;
}
