import { FileTree } from '../wasi/file-tree.ts';
import { GuestMemory } from '../wasi/memory.ts';
import { deviceNode } from '../wasi/nodes.ts';
import { wasiImports } from '../wasi/wasi-host.ts';
import type { InterpreterSpec, ThreadAssets, ThreadEnd } from './control.ts';
import type { RunContext } from './run-context.ts';
import { mountDevices, mountProgram, mountSleepDevice, READ_ONLY, WORK_DIR } from './volumes.ts';

const PAGE = 65_536;
/**
 * The copy's stack lies behind its memory, since the one laid out in the binary holds 80 calls of a function
 * under functools.lru_cache. It is reserved, not used, so it does not count as the program's memory.
 */
const STACK_PAGES = 256;
const STACK_OVERFLOW = 'Segmentation fault: the recursion is too deep for the stack of the interpreter\n';

/**
 * Runs a program in a copy of an interpreter that has already started (see engine/python-image.ts). CPython
 * notices that it is initialised and goes straight on to the program, with the arguments it is given now.
 */
export async function runPython(
  spec: InterpreterSpec,
  image: ThreadAssets['python'],
  context: RunContext,
): Promise<ThreadEnd> {
  const imagePages = image.memory.byteLength / PAGE;
  const initial = imagePages + STACK_PAGES;
  const maximum = Math.max(Math.floor(spec.memoryBytes / PAGE), imagePages) + STACK_PAGES;
  const wasmMemory = new WebAssembly.Memory({ initial, maximum });
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
  const end = (code: number): never => {
    noteMemory();
    return context.end({ kind: 'exit', code, outOfMemory: code !== 0 && diedOfMemory(context) });
  };
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
    exit: end,
    cpuTimeNs: () => context.cpuTimeNs(),
  });
  const instance = await WebAssembly.instantiate(image.module, {
    wasi_snapshot_preview1: imports,
    env: {
      memory: wasmMemory,
      __stack_pointer: new WebAssembly.Global({ value: 'i32', mutable: true }, initial * PAGE),
    },
  });
  const start = instance.exports._start;
  if (typeof start !== 'function') throw new Error('the interpreter has no _start');
  new Uint8Array(wasmMemory.buffer).set(new Uint8Array(image.memory));

  const job = context.waitForJob();
  noteMemory();
  mountProgram(tree, job.files, job.diskBytes);
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: WORK_DIR, ...job.env };
  mountEnvironment(tree, env);
  args = ['python3', `${WORK_DIR}/${job.entry}`, ...job.args];
  try {
    start();
  } catch (error) {
    noteMemory();
    const signal = trapSignal(error);
    if (signal === undefined) throw error;
    if (signal === 'SIGSEGV') context.write('stderr', Buffer.from(STACK_OVERFLOW));
    // Out of memory inside the interpreter's C code ends in abort(), not in a MemoryError.
    return { kind: 'trap', signal, outOfMemory: memory.size >= (maximum - 16) * PAGE };
  }
  return end(0);
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
