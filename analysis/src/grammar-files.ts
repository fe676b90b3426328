import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ANALYZED_LANGUAGES, type AnalyzedLanguage } from './languages.ts';

export const RUNTIME = 'web-tree-sitter/web-tree-sitter.wasm';

/** The WebAssembly grammar of a language, inside its npm package. */
export function grammarOf(language: AnalyzedLanguage): string {
  return `tree-sitter-${language}/tree-sitter-${language}.wasm`;
}

/** The .wasm files that have to lie beside a bundle of the analyzer, as absolute paths. */
export function grammarFiles(): string[] {
  return [RUNTIME, ...ANALYZED_LANGUAGES.map(grammarOf)].map(locate);
}

/** Beside the running file when it is a bundle, else in node_modules. */
export function locate(asset: string): string {
  const beside = fileURLToPath(new URL(basename(asset), import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve(asset);
}
