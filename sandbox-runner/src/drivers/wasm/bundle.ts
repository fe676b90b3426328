import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const NODE_MODULES_IN_QUICKJS = {
  'node:buffer': 'buffer/',
  'node:events': 'events/',
  'node:path': 'path-browserify',
  'node:util': 'node-inspect-extracted',
};

/**
 * JavaScript of a module with all that it imports. Threads start from one string: were they to load
 * TypeScript files, each of them would parse and strip these anew, at 60 ms a thread.
 * @param path relative to this folder
 */
export async function bundle(path: string, format: 'cjs' | 'iife'): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
    bundle: true,
    write: false,
    format,
    platform: format === 'cjs' ? 'node' : 'neutral',
    target: 'es2024',
    legalComments: 'none',
    // Only the prelude has such modules: there is no Node inside QuickJS, but there are libraries like it.
    ...(format === 'iife' ? { alias: NODE_MODULES_IN_QUICKJS, mainFields: ['module', 'main'] } : {}),
    logLevel: 'silent',
  });
  const text = result.outputFiles[0]?.text;
  if (text === undefined) throw new Error(`${path} gave no bundle`);
  return text;
}
