import { Language, Parser } from 'web-tree-sitter';
import { grammarOf, RUNTIME } from './grammar-files.ts';
import type { AnalyzedLanguage } from './languages.ts';
import { compiled } from './modules.ts';
import { type Grammar, readGrammar } from './syntax/tree.ts';

/** In pages of 64 KiB: the least that the runtime starts with, 32 MiB. What needs more than the maximum has it abort. */
const MEMORY = { initial: 512, maximum: 512 } as const;
/**
 * Of these so many bytes are taken and never touched: the rest, 12 MiB, is more than nearly all ordinary code of 64 KiB
 * takes. Grammars have their place here, so that each leaves as much for the program as the others do.
 */
let unused = 20 * 1024 * 1024;
let allocator: { readonly malloc: (size: number) => number; readonly free: (at: number) => void } | undefined;
let unusedAt = 0;

function reserve(size: number): void {
  if (unusedAt !== 0) allocator?.free(unusedAt);
  unused = size;
  unusedAt = allocator?.malloc(size) ?? 0;
}

type Imports = Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>>;

async function startRuntime(): Promise<void> {
  const { module } = compiled(RUNTIME);
  await Parser.init({
    wasmMemory: new WebAssembly.Memory(MEMORY),
    instantiateWasm(imports: Imports, receive: (...started: readonly object[]) => void) {
      void WebAssembly.instantiate(module, imports).then((instance) => {
        allocator = instance.exports as unknown as typeof allocator;
        receive(instance, module);
      });
    },
    // An abort is thrown too.
    printErr: () => undefined,
  });
  reserve(unused);
}

export interface LoadedGrammar {
  readonly parser: Parser;
  readonly grammar: Grammar;
}

let runtime: Promise<void> | undefined;
const loaded = new Map<AnalyzedLanguage, Promise<LoadedGrammar>>();

/** Loads a grammar once per process. */
export function loadGrammar(name: AnalyzedLanguage): Promise<LoadedGrammar> {
  let loading = loaded.get(name);
  if (loading === undefined) {
    loading = load(name);
    loaded.set(name, loading);
    // A failure (a missing file) is not remembered, so that the next call tries again.
    loading.catch(() => loaded.delete(name));
  }
  return loading;
}

async function load(name: AnalyzedLanguage): Promise<LoadedGrammar> {
  runtime ??= startRuntime();
  await runtime;
  const { module, size } = compiled(grammarOf(name));
  reserve(unused - size);
  const language = Language.loadSync(module);
  const parser = new Parser();
  parser.setLanguage(language);
  return { parser, grammar: readGrammar(language) };
}
