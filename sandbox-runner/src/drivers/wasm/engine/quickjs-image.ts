import { readFileSync } from 'node:fs';
import { QuickJS } from 'quickjs-wasi';
import type { ThreadAssets } from '../thread/control.ts';
import { HOST_FUNCTIONS } from '../thread/quickjs.ts';

const EXTENSIONS = ['url', 'encoding', 'structured-clone'];

function readPackaged(name: string): Buffer<ArrayBuffer> {
  return readFileSync(new URL(import.meta.resolve(`quickjs-wasi/${name}`)));
}

/**
 * QuickJS with the prelude already run: its memory is all of its state, so each thread starts from a copy
 * in about a millisecond instead of running the prelude again.
 */
export async function loadQuickJs(preludeCode: string): Promise<ThreadAssets['quickjs']> {
  const module = await WebAssembly.compile(readPackaged('quickjs.wasm'));
  const extensions = await Promise.all(
    EXTENSIONS.map(async (name) => ({ name, module: await WebAssembly.compile(readPackaged(`${name}.so`)) })),
  );
  const vm = await QuickJS.create({
    wasm: module,
    extensions: extensions.map((extension) => ({ name: extension.name, wasm: extension.module })),
    timezoneOffset: 0,
  });
  const host = vm.newObject();
  // The functions themselves are registered again, by name, in the thread that restores the snapshot.
  for (const name of HOST_FUNCTIONS)
    host.setProp(
      name,
      vm.newFunction(name, () => vm.newNumber(0)),
    );
  vm.global.setProp('__host', host);
  vm.evalCode(preludeCode, 'node:prelude').dispose();
  vm.runGC();
  const { memory, ...rest } = vm.snapshot();
  const shared = new SharedArrayBuffer(memory.length);
  new Uint8Array(shared).set(memory);
  vm.dispose();
  return { module, extensions, snapshot: { ...rest, memory: shared } };
}
