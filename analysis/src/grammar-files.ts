import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export const RUNTIME = 'web-tree-sitter/web-tree-sitter.wasm';

/** The WebAssembly grammar of each language that is analysed, inside its npm package. */
export const GRAMMARS = {
  python: 'tree-sitter-python/tree-sitter-python.wasm',
  javascript: 'tree-sitter-javascript/tree-sitter-javascript.wasm',
  typescript: 'tree-sitter-typescript/tree-sitter-typescript.wasm',
} as const;
export type GrammarName = keyof typeof GRAMMARS;

/** The .wasm files that have to lie beside a bundle of the analyzer, as absolute paths. */
export function grammarFiles(): string[] {
  return [RUNTIME, ...Object.values(GRAMMARS)].map(locate);
}

/** Beside the running file when it is a bundle, else in node_modules. */
export function locate(asset: string): string {
  const beside = fileURLToPath(new URL(basename(asset), import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve(asset);
}
