import path from 'node:path';
import { builtin, builtins } from './builtins.ts';
import { wrapped } from './errors.ts';
import { readText, statOrUndefined } from './files.ts';
import { type CommonJsFunction, host } from './host.ts';

interface Module {
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  readonly children: Module[];
  readonly paths: readonly string[];
  parent: Module | undefined;
  exports: unknown;
  loaded: boolean;
  require: Require;
}

interface Require {
  (specifier: string): unknown;
  resolve(specifier: string): string;
  main: Module | undefined;
  cache: Record<string, Module>;
}

const cache: Record<string, Module> = Object.create(null);
let mainModule: Module | undefined;
/** What the compiler puts before the source, on its first line. */
export const WRAPPER = '(function (exports, require, module, __filename, __dirname) {';

function withCode(error: Error, code: string): Error {
  return Object.assign(error, { code });
}

function isFile(file: string): boolean {
  return statOrUndefined(file)?.kind === 'file';
}

/** A path as Node finds it for `require`: with an extension added, or as a folder. */
function findFile(base: string): string | undefined {
  const names = [base, ...['.js', '.json', '.cjs', '.mjs', '.ts', '.cts', '.mts'].map((ext) => base + ext)];
  const found = names.find(isFile);
  if (found) return found;
  const manifest = readText(`${base}/package.json`);
  const main: unknown = manifest === undefined ? undefined : JSON.parse(manifest).main;
  if (typeof main === 'string') return findFile(path.resolve(base, main));
  return ['/index.js', '/index.json', '/index.cjs', '/index.ts'].map((name) => base + name).find(isFile);
}

function resolve(specifier: string, from: string): string {
  const candidates = /^(?:\.{0,2}\/|\.{1,2}$)/.test(specifier)
    ? [path.resolve(from, specifier)]
    : ancestors(from).map((folder) => `${folder}/node_modules/${specifier}`);
  for (const candidate of candidates) {
    const found = findFile(candidate);
    if (found) return found;
  }
  throw withCode(new Error(`Cannot find module '${specifier}'`), 'MODULE_NOT_FOUND');
}

function ancestors(from: string): string[] {
  const folders: string[] = [];
  for (let folder = from; folder !== '/'; folder = path.dirname(folder)) folders.push(folder);
  return folders;
}

/** Source as JavaScript. @throws SyntaxError for TypeScript that cannot be stripped. */
export function sourceOf(file: string): string {
  const text = readText(file) ?? '';
  const source = text.startsWith('#!') ? `//${text}` : text;
  if (!/\.[cm]?ts$/.test(file)) return source;
  const stripped = host.stripTypes(file, source);
  if (typeof stripped === 'string') return stripped;
  const error = new SyntaxError(stripped.error);
  error.stack = `${file}\n\nSyntaxError: ${stripped.error}`;
  throw error;
}

function newModule(file: string, parent: Module | undefined): Module {
  const folder = path.dirname(file);
  const module: Module = {
    id: parent ? file : '.',
    filename: file,
    path: folder,
    exports: {},
    loaded: false,
    children: [],
    paths: ancestors(folder).map((ancestor) => `${ancestor}/node_modules`),
    parent,
    require: createRequire(folder, () => module),
  };
  // It is of no use to anyone who prints a module, and it is circular.
  for (const key of ['require', 'parent']) Object.defineProperty(module, key, { enumerable: false });
  return module;
}

function createRequire(folder: string, parent: () => Module | undefined): Require {
  const require = (specifier: string): unknown => {
    if (typeof specifier !== 'string' || specifier === '') {
      throw withCode(new TypeError(`The "id" argument must be of type string`), 'ERR_INVALID_ARG_TYPE');
    }
    const own = builtin(specifier);
    if (own !== undefined) return own;
    if (specifier === 'module' || specifier === 'node:module') return moduleModule;
    return load(resolve(specifier, folder), parent());
  };
  const find = (specifier: string) =>
    builtin(specifier) === undefined ? resolve(specifier, folder) : specifier;
  return Object.assign(require, { resolve: find, main: mainModule, cache });
}

function load(file: string, parent: Module | undefined): unknown {
  const known = cache[file];
  if (known) return known.exports;
  const module = newModule(file, parent);
  cache[file] = module;
  parent?.children.push(module);
  try {
    if (file.endsWith('.json')) module.exports = parseJson(file);
    else run(module, compile(file, sourceOf(file)));
  } catch (error) {
    delete cache[file];
    throw error;
  }
  module.loaded = true;
  return module.exports;
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readText(file) ?? '');
  } catch (error) {
    if (error instanceof Error) error.message = `${file}: ${error.message}`;
    throw error;
  }
}

function compile(file: string, source: string): CommonJsFunction {
  wrapped.set(file, WRAPPER.length);
  const compiled = host.compile(file, source);
  if (typeof compiled === 'function') return compiled;
  if (isModuleSource(source)) {
    throw withCode(
      new Error(`require() of ES Module ${file} is not supported; use import()`),
      'ERR_REQUIRE_ESM',
    );
  }
  throw compiled.error;
}

function run(module: Module, compiled: CommonJsFunction): void {
  Object.assign(module.require, { main: mainModule });
  compiled.call(module.exports, module.exports, module.require, module, module.filename, module.path);
}

/** Whether a source that is no CommonJS has the marks of an ES module. */
export function isModuleSource(source: string): boolean {
  return /^\s*(?:import\b\s*(?:[\w*{'"]|\.meta)|export\b)|\bimport\.meta\b|\bawait\b/m.test(source);
}

/**
 * Starts the program: runs it if it is CommonJS; returns false if it is an ES module, which the host runs.
 */
export function runMain(file: string): boolean {
  const source = sourceOf(file);
  if (/\.m[jt]s$/.test(file) || (!/\.c[jt]s$/.test(file) && isModulePackage(file))) return false;
  wrapped.set(file, WRAPPER.length);
  const compiled = host.compile(file, source);
  if (typeof compiled !== 'function') {
    if (!/\.c[jt]s$/.test(file) && isModuleSource(source)) {
      wrapped.delete(file);
      return false;
    }
    throw compiled.error;
  }
  mainModule = newModule(file, undefined);
  cache[file] = mainModule;
  run(mainModule, compiled);
  mainModule.loaded = true;
  return true;
}

function isModulePackage(file: string): boolean {
  for (const folder of ancestors(path.dirname(file))) {
    const manifest = readText(`${folder}/package.json`);
    if (manifest !== undefined) return JSON.parse(manifest).type === 'module';
  }
  return false;
}

/**
 * For the host's loader: names that `import { … } from 'node:…'` can use, by comma; undefined if there is no
 * such module. A string, since taking an object apart would disturb the compilation that asks for it.
 */
export function exportNames(specifier: string): string | undefined {
  const module = specifier.replace(/^node:/, '') === 'module' ? moduleModule : builtin(specifier);
  if (module === undefined) return undefined;
  return Object.keys(module as object)
    .filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default')
    .join(',');
}

export const moduleModule = {
  builtinModules: [...Object.keys(builtins), 'module'],
  isBuiltin: (name: string) => Object.hasOwn(builtins, name.replace(/^node:/, '')),
  createRequire: (from: string | URL) => {
    const text = String(from);
    const file = text.startsWith('file:') ? decodeURIComponent(new URL(text).pathname) : text;
    return createRequire(text.endsWith('/') ? file : path.dirname(file), () => undefined);
  },
};

export function getBuiltinModule(name: string): unknown {
  return name.replace(/^node:/, '') === 'module' ? moduleModule : builtin(name);
}
