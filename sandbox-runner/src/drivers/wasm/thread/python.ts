import { FileTree } from '../wasi/file-tree.ts';
import { GuestMemory } from '../wasi/memory.ts';
import { deviceNode } from '../wasi/nodes.ts';
import { wasiImports } from '../wasi/wasi-host.ts';
import type { InterpreterSpec, ThreadAssets, ThreadEnd, ThreadJob } from './control.ts';
import type { RunContext } from './run-context.ts';
import { mountDevices, mountProgram, READ_ONLY, WORK_DIR } from './volumes.ts';

const PAGE = 65_536;
const GATE_DIR = '/gate';

/**
 * Runs at the end of the interpreter's own start-up, before it opens the program: opening the device
 * blocks until the job is there. It leaves no frame, no module and no name behind, so that the program
 * runs as in a plain interpreter. An ImportError of its own name is what `site` takes for "there is none".
 */
const GATE = `
import os, sys
with open('${GATE_DIR}/job', 'rb', 0) as job:
    count, *words = job.readall().decode('utf-8', 'surrogateescape').split('\\0')
count = int(count)
del os.environ['PYTHONPATH']
sys.argv[1:] = words[:count]
sys.orig_argv[2:] = words[:count]
for name, value in zip(words[count::2], words[count + 1::2]):
    os.environ[name] = value
os.chdir('${WORK_DIR}')
sys.path.remove('${GATE_DIR}')
sys.path_importer_cache.pop('${GATE_DIR}', None)
raise ImportError(name='sitecustomize')
`;

/** Starts CPython, waits for the job, runs it to its end. */
export async function runPython(
  spec: InterpreterSpec,
  assets: ThreadAssets['python'],
  context: RunContext,
): Promise<ThreadEnd> {
  const maximum = Math.max(Math.floor(spec.memoryBytes / PAGE), assets.initialPages);
  const wasmMemory = new WebAssembly.Memory({ initial: assets.initialPages, maximum });
  const memory = new GuestMemory(wasmMemory);

  const tree = new FileTree(READ_ONLY);
  tree.mountFile(`${GATE_DIR}/sitecustomize.py`, Buffer.from(GATE));
  mountDevices(tree);
  mountGate(tree, context);

  const ended = (code: number): ThreadEnd => {
    context.noteMemory(memory.size);
    return { kind: 'exit', code, outOfMemory: code !== 0 && diedOfMemory(context) };
  };
  const imports = wasiImports({
    memory,
    tree,
    args: ['python3', `${WORK_DIR}/${spec.entry}`],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: WORK_DIR, PYTHONPATH: GATE_DIR },
    stdin: (into) => context.readStdin(into),
    stdout: (bytes) => {
      context.noteMemory(memory.size);
      return context.write('stdout', bytes);
    },
    stderr: (bytes) => context.write('stderr', bytes),
    sleep: (ms) => {
      context.noteMemory(memory.size);
      context.sleep(ms);
    },
    exit: (code) => context.end(ended(code)),
    cpuTimeNs: () => context.cpuTimeNs(),
  });
  const instance = await WebAssembly.instantiate(assets.module, {
    wasi_snapshot_preview1: imports,
    env: { memory: wasmMemory },
  });
  const start = instance.exports._start;
  if (typeof start !== 'function') throw new Error('the interpreter has no _start');
  try {
    start();
    return ended(0);
  } catch (error) {
    context.noteMemory(memory.size);
    const signal = trapSignal(error);
    if (signal === undefined || !context.hasJob) throw error;
    // Out of memory inside the interpreter's C code ends in abort(), not in a MemoryError.
    return { kind: 'trap', signal, outOfMemory: memory.size >= (maximum - 16) * PAGE };
  }
}

/** A device whose first read waits for the job and puts the program's files into the tree. */
function mountGate(tree: FileTree, context: RunContext): void {
  let unread: Uint8Array | undefined;
  const read = (into: Uint8Array): number => {
    if (unread === undefined) {
      const job = context.waitForJob();
      mountProgram(tree, job.files, job.diskBytes);
      tree.root.entries.delete(GATE_DIR.slice(1));
      unread = gateWords(job);
    }
    const part = unread.subarray(0, into.length);
    into.set(part);
    unread = unread.subarray(part.length);
    return part.length;
  };
  tree.mount(`${GATE_DIR}/job`, (volume) => deviceNode(volume, { read, write: () => 0 }));
}

/** Number of arguments, arguments, then names and values in turn; none of them holds a NUL. */
function gateWords(job: ThreadJob): Uint8Array {
  const words = [String(job.args.length), ...job.args, ...Object.entries(job.env).flat()];
  return Buffer.from(words.join('\0'), 'utf8');
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
