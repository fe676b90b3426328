import { Language, Parser } from 'web-tree-sitter';
import { grammarOf, RUNTIME } from './grammar-files.ts';
import type { AnalyzedLanguage } from './languages.ts';
import { compiled } from './modules.ts';
import { type Cursor, type Grammar, readGrammar } from './syntax/tree.ts';

/** In pages of 64 KiB: the least that the runtime starts with, 32 MiB. What needs more than the maximum has it abort. */
const MEMORY = { initial: 512, maximum: 512 } as const;
/**
 * Of these so many bytes are taken and never touched: the rest, 8 MiB, is twice what any of 300 large files
 * of ordinary code takes. Grammars have their place here, so that each leaves as much for the program as the others do.
 */
let unused = 24 * 1024 * 1024;
let unusedAt = 0;

/** Functions that the parser's module exports. */
interface Runtime extends Cursor {
  malloc(size: number): number;
  free(at: number): void;
}

function reserve({ malloc, free }: Runtime, size: number): void {
  if (unusedAt !== 0) free(unusedAt);
  unused = size;
  unusedAt = malloc(size);
}

type Imports = Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>>;

async function startRuntime(): Promise<Runtime> {
  const { module } = compiled(RUNTIME);
  const started = Promise.withResolvers<Runtime>();
  await Parser.init({
    wasmMemory: new WebAssembly.Memory(MEMORY),
    instantiateWasm(imports: Imports, receive: (...started: readonly object[]) => void) {
      void WebAssembly.instantiate(module, imports).then((instance) => {
        started.resolve(instance.exports as unknown as Runtime);
        receive(instance, module);
      }, started.reject);
    },
    // An abort is thrown too.
    printErr: () => undefined,
  });
  const runtime = await started.promise;
  reserve(runtime, unused);
  return runtime;
}

export interface LoadedGrammar {
  readonly parser: Parser;
  readonly grammar: Grammar;
}

let starting: Promise<Runtime> | undefined;
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
  starting ??= startRuntime();
  const runtime = await starting;
  const { module, size } = compiled(grammarOf(name));
  reserve(runtime, unused - size);
  const language = Language.loadSync(module);
  const parser = new Parser();
  parser.setLanguage(language);
  return { parser, grammar: readGrammar(language, runtime) };
}
