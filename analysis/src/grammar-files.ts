import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export const RUNTIME = 'web-tree-sitter/web-tree-sitter.wasm';

/** The WebAssembly grammar of each language that is analysed, inside its npm package. */
export const GRAMMARS = {
  bash: 'tree-sitter-bash/tree-sitter-bash.wasm',
  c: 'tree-sitter-c/tree-sitter-c.wasm',
  cpp: 'tree-sitter-cpp/tree-sitter-cpp.wasm',
  go: 'tree-sitter-go/tree-sitter-go.wasm',
  java: 'tree-sitter-java/tree-sitter-java.wasm',
  php: 'tree-sitter-php/tree-sitter-php.wasm',
  ruby: 'tree-sitter-ruby/tree-sitter-ruby.wasm',
  rust: 'tree-sitter-rust/tree-sitter-rust.wasm',
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
