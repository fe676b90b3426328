/** Bundles each function of the manifest for Lambda: `node scripts/bundle.ts [FOLDER]`, by default dist/functions. */
import { copyFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grammarFiles } from '@rce/analysis/grammar-files.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '@rce/functions/manifest.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where a function's bundle lies; its handler is `index.handler`. */
export function bundleFolder(name: FunctionName, folder = join(ROOT, 'dist', 'functions')): string {
  return join(folder, name);
}

/** A bundle has no language folders to read: the catalog's value takes the place of the module that reads them. */
const catalogAsData: Plugin = {
  name: 'catalog-as-data',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]languages[\\/]src[\\/]catalog\.ts$/ }, () => ({
      contents: `export const LANGUAGES = ${JSON.stringify(LANGUAGES)};`,
      loader: 'js',
    }));
  },
};

/** zod says what is wrong in fifty languages; English alone halves what a function has to load. */
const zodInEnglish: Plugin = {
  name: 'zod-in-english',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

/** OpenTelemetry's SDK, which only those functions load that shall trace: a file beside the bundle, not in it. */
const SDK = { source: 'observability/src/tracing-sdk.ts', file: 'tracing-sdk.mjs' };
const sdkAside: Plugin = {
  name: 'sdk-aside',
  setup(esbuild) {
    esbuild.onResolve({ filter: /\/tracing-sdk\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${SDK.file}`, external: true } : undefined,
    );
  },
};

/** The thread of the analysis: a bundle of its own, beside those that start it, with the grammars. */
const THREAD = {
  source: 'analysis/src/thread.ts',
  starter: 'analysis/src/isolated.ts',
  file: 'analysis-thread.mjs',
};

/** Replaces what `folder` held. One build for all, so that what they share is read once. */
export async function bundleFunctions(folder = join(ROOT, 'dist', 'functions')): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      ...FUNCTION_NAMES.map((name) => ({
        in: join(ROOT, 'functions', FUNCTIONS[name].entry),
        out: join(name, 'index'),
      })),
      ...[SDK, THREAD].map(({ source, file }) => ({ in: join(ROOT, source), out: basename(file, '.mjs') })),
    ],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK comes along: the version that was tested is the one that runs.
    mainFields: ['module', 'main'],
    // Names stay as they are, so that stack traces can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    logLevel: 'warning',
    // Packages in CommonJS call require() for Node's own modules, which an ES module does not have.
    banner: {
      js: "import { createRequire as rceCreateRequire } from 'node:module'; const require = rceCreateRequire(import.meta.url);",
    },
    plugins: [catalogAsData, zodInEnglish, sdkAside],
  });
  for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
    const beside = [
      ...(THREAD.starter in inputs ? [join(folder, THREAD.file), ...grammarFiles()] : []),
      ...('functions/src/traces.ts' in inputs ? [join(folder, SDK.file)] : []),
    ];
    for (const file of beside) copyFileSync(file, join(ROOT, dirname(output), basename(file)));
  }
  for (const { file } of [SDK, THREAD]) rmSync(join(folder, file));
}

if (import.meta.main)
  await bundleFunctions(process.argv[2] === undefined ? undefined : resolve(process.argv[2]));
