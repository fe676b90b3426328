import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { locate, RUNTIME } from './grammar-files.ts';

declare global {
  namespace WebAssembly {
    // Missing in Node's types.
    const Module: new (binary: Uint8Array) => Module;
  }
}

/** The parser or a grammar, compiled; threads can be given it. */
export interface Compiled {
  readonly module: WebAssembly.Module;
  /** Of its file, in bytes. */
  readonly size: number;
}

/** By the names of their files. */
const modules = new Map<string, Compiled>();

/** Compiles the parser or a grammar, once per process. */
export function compiled(asset: string): Compiled {
  const known = modules.get(asset);
  if (known !== undefined) return known;
  const binary = readFileSync(locate(asset));
  const made = { module: compile(binary, asset === RUNTIME), size: binary.length };
  modules.set(asset, made);
  return made;
}

/** Has a thread use what another has compiled, and made fast. */
export function useCompiled(given: Readonly<Record<string, Compiled>>): void {
  for (const [asset, made] of Object.entries(given)) modules.set(asset, made);
}

/**
 * What is used much V8 compiles a second time, for speed. Not so the grammars: their lexers are single functions so
 * large that it would take 700 MB for that of Bash, and 200 for that of C++.
 */
function compile(binary: Uint8Array, countsItsUses: boolean): WebAssembly.Module {
  // Read when code is compiled, so all of it is compiled now. While flags differ from their defaults, Node starts threads
  // slowly: what it has compiled in advance is of no use then.
  const flags = ['wasm-lazy-compilation', ...(countsItsUses ? [] : ['wasm-tier-up', 'wasm-dynamic-tiering'])];
  for (const flag of flags) setFlagsFromString(`--no-${flag}`);
  try {
    return new WebAssembly.Module(binary);
  } finally {
    for (const flag of flags) setFlagsFromString(`--${flag}`);
  }
}
