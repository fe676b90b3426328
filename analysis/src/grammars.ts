import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';
import { type Grammar, readGrammar } from './syntax/tree.ts';

const RUNTIME = 'web-tree-sitter/web-tree-sitter.wasm';

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
function locate(asset: string): string {
  const beside = fileURLToPath(new URL(basename(asset), import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve(asset);
}

export interface LoadedGrammar {
  readonly parser: Parser;
  readonly grammar: Grammar;
}

let runtime: Promise<void> | undefined;
const loaded = new Map<GrammarName, Promise<LoadedGrammar>>();

/** Loads a grammar once per process. */
export function loadGrammar(name: GrammarName): Promise<LoadedGrammar> {
  let loading = loaded.get(name);
  if (loading === undefined) {
    loading = load(name);
    loaded.set(name, loading);
    // A failure (a missing file) is not remembered, so that the next call tries again.
    loading.catch(() => loaded.delete(name));
  }
  return loading;
}

async function load(name: GrammarName): Promise<LoadedGrammar> {
  runtime ??= Parser.init({ locateFile: () => locate(RUNTIME) });
  const [binary] = await Promise.all([readFile(locate(GRAMMARS[name])), runtime]);
  const language = await Language.load(binary);
  const parser = new Parser();
  parser.setLanguage(language);
  return { parser, grammar: readGrammar(language) };
}
