import { createHash, createHmac } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';
import { EvalFlags, JSException, type JSValueHandle, QuickJS, type Snapshot } from 'quickjs-wasi';
import { FileTree } from '../wasi/file-tree.ts';
import type { InterpreterSpec, ThreadAssets, ThreadEnd } from './control.ts';
import { GuestFiles } from './guest-files.ts';
import type { RunContext } from './run-context.ts';
import { mountDevices, mountProgram, READ_ONLY, WORK_DIR } from './volumes.ts';

/** QuickJS's own guard, in bytes of its stack in wasm memory; the thread's stack is far larger. */
const STACK_BYTES = 448 * 1024;
/** Names of the functions that the prelude finds on its host; they are part of the snapshot. */
export const HOST_FUNCTIONS = [
  'write',
  'readStdin',
  'exit',
  'now',
  'cpu',
  'memory',
  'random',
  'file',
  'compile',
  'stripTypes',
  'hash',
] as const;
type HostFunctionName = (typeof HOST_FUNCTIONS)[number];

type HostFunction = (...args: JSValueHandle[]) => JSValueHandle;

/** Restores QuickJS from its snapshot, waits for the job, and runs it to its end. */
export async function runQuickJs(
  spec: InterpreterSpec,
  assets: ThreadAssets['quickjs'],
  context: RunContext,
): Promise<ThreadEnd> {
  const tree = new FileTree(READ_ONLY);
  mountDevices(tree);
  // Loading the parser for TypeScript takes longer than most programs run.
  if (spec.stripTypes) stripTypeScriptTypes('');

  let program: QuickJsProgram | undefined;
  const vm = await QuickJS.restore(snapshotOf(assets), {
    wasm: assets.module,
    extensions: assets.extensions.map(({ name, module }) => ({ name, wasm: module })),
    memoryLimit: spec.memoryBytes,
    maxStackSize: STACK_BYTES,
    timezoneOffset: 0,
    moduleLoader: {
      normalize: (base, specifier) => required(program).normalize(base, specifier),
      load: (name) => required(program).load(name),
    },
    onUnhandledRejection: (promise, reason, handled) => required(program).rejected(promise, reason, handled),
  });
  program = new QuickJsProgram(vm, tree, context);
  const job = context.waitForJob();
  mountProgram(tree, job.files, job.diskBytes);
  try {
    return program.run(`${WORK_DIR}/${job.entry}`, job.args, job.env);
  } catch (error) {
    if (error instanceof JSException) {
      // The program has broken what the prelude is built of, such as the prototype of Array.
      context.write('stderr', Buffer.from(`Uncaught ${error.name}: ${error.message}\n`));
      return { kind: 'exit', code: 1, outOfMemory: false };
    }
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    return { kind: 'trap', signal: 'SIGSEGV', outOfMemory: false };
  }
}

function required(program: QuickJsProgram | undefined): QuickJsProgram {
  if (program === undefined) throw new Error('the virtual machine ran before its program');
  return program;
}

function snapshotOf(assets: ThreadAssets['quickjs']): Snapshot {
  const { memory, ...rest } = assets.snapshot;
  return { ...rest, memory: new Uint8Array(memory), extensions: [...rest.extensions] };
}

/** One program in one virtual machine: what the host does for it, and its event loop. */
class QuickJsProgram {
  readonly #vm: QuickJS;
  readonly #context: RunContext;
  readonly #files: GuestFiles;
  readonly #guest: JSValueHandle;

  constructor(vm: QuickJS, tree: FileTree, context: RunContext) {
    this.#vm = vm;
    this.#context = context;
    this.#files = new GuestFiles(tree);
    const functions = this.#hostFunctions();
    for (const name of HOST_FUNCTIONS) vm.registerHostCallback(name, functions[name]);
    // Taken off the global object before any program runs.
    this.#guest = vm.global.getProp('__guest');
    vm.evalCode('delete globalThis.__guest').dispose();
  }

  run(entry: string, args: readonly string[], env: Readonly<Record<string, string>>): ThreadEnd {
    const argv = ['/usr/local/bin/node', entry, ...args];
    const defaults = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: WORK_DIR };
    this.#noteMemory();
    this.#call('begin', argv, { ...defaults, ...env });
    const main = this.#start(entry);
    this.#drain();
    for (;;) {
      this.#noteMemory();
      const wait = Number(this.#call('turn'));
      this.#drain();
      if (wait > 0) this.#context.sleep(wait);
      if (wait >= 0) continue;
      if (main?.promiseState === PENDING) this.#call('unsettled');
      if (this.#call('beforeExit') !== true) this.#call('end');
      this.#drain();
      if (Number(this.#call('turn')) < 0) this.#call('end');
      this.#drain();
    }
  }

  /** Runs the program's first turn. Returns the promise of an ES module. */
  #start(entry: string): JSValueHandle | undefined {
    try {
      if (this.#callRaw('runMain', entry) === true) return undefined;
      const main = this.#vm.evalCode(this.load(entry), entry, EvalFlags.TYPE_MODULE);
      return main;
    } catch (error) {
      this.#uncaught(error);
      return undefined;
    }
  }

  /** Runs ticks and microtasks until there are none, then takes rejections that nobody handled. */
  #drain(): void {
    for (;;) {
      const ticked = this.#call('drainTicks') === true;
      let jobs = 0;
      try {
        jobs = this.#vm.executePendingJobs();
      } catch (error) {
        this.#uncaught(error);
      }
      if (!ticked && jobs === 0 && this.#call('drainRejections') !== true) return;
    }
  }

  rejected(promise: JSValueHandle, reason: JSValueHandle, handled: boolean): void {
    const { guest, vm } = { guest: this.#guest, vm: this.#vm };
    vm.withScope(() => {
      const note = guest.getProp('noteRejection');
      vm.callFunction(note, vm.undefined, promise, reason, handled ? vm.true : vm.false);
    });
  }

  /** For the loader of ES modules. */
  normalize(base: string, specifier: string): string {
    if (specifier.length > MAX_SPECIFIER)
      throw plainError('ERR_INVALID_MODULE_SPECIFIER', 'The name of the module is too long');
    if (!/^(?:\.{0,2}\/|file:)/.test(specifier)) {
      if (this.#call('exportNames', specifier) !== undefined)
        return `node:${specifier.replace(/^node:/, '')}`;
      throw plainError('ERR_MODULE_NOT_FOUND', `Cannot find package '${specifier}' imported from ${base}`);
    }
    try {
      return decodeURIComponent(new URL(specifier, `file://${base}`).pathname);
    } catch {
      throw plainError('ERR_INVALID_MODULE_SPECIFIER', `Invalid module '${specifier}' imported from ${base}`);
    }
  }

  /** Source of an ES module; for others one that exports what `require` gives. */
  load(path: string): string {
    if (path.startsWith('node:'))
      return this.#bridge(`process.getBuiltinModule(${JSON.stringify(path)})`, this.#names(path));
    const found = this.#files.call('stat', path, [true]);
    if (typeof found !== 'object' || found === null || 'code' in found) {
      throw plainError('ERR_MODULE_NOT_FOUND', `Cannot find module '${path}'`);
    }
    if (path.endsWith('.json')) return `export default ${String(this.#call('sourceOf', path))}`;
    const source = String(this.#callRaw('sourceOf', path));
    if (
      /\.c[jt]s$/.test(path) ||
      (!/\.m[jt]s$/.test(path) && this.#call('isModuleSource', source) !== true)
    ) {
      const names = [...source.matchAll(/\b(?:module\.)?exports\.([A-Za-z_$][\w$]*)\s*=/g)].map(
        ([, name]) => name ?? '',
      );
      const list = /module\.exports\s*=\s*\{([^{}]*)\}/.exec(source)?.[1] ?? '';
      names.push(...[...list.matchAll(/(?:^|,)\s*([A-Za-z_$][\w$]*)/g)].map(([, name]) => name ?? ''));
      const require = `process.getBuiltinModule('module').createRequire(${JSON.stringify(path)})`;
      return this.#bridge(`${require}(${JSON.stringify(path)})`, names);
    }
    const directory = path.slice(0, path.lastIndexOf('/'));
    const meta = { url: `file://${path}`, filename: path, dirname: directory };
    const header = `Object.assign(import.meta, ${JSON.stringify(meta)});`;
    this.#call('noteWrapped', path, header.length);
    return header + source;
  }

  #names(path: string): string[] {
    const names = this.#call('exportNames', path);
    return typeof names === 'string' && names !== '' ? names.split(',') : [];
  }

  #bridge(value: string, names: readonly string[]): string {
    const unique = [...new Set(names)].filter((name) => name !== 'default');
    const exports = unique.map(
      (name, index) => `const e${index} = m[${JSON.stringify(name)}]; export { e${index} as ${name} };`,
    );
    return `const m = ${value}; export default m; ${exports.join(' ')}`;
  }

  #uncaught(error: unknown): void {
    if (!(error instanceof JSException)) throw error;
    const vm = this.#vm;
    // Telling of the error needs memory, too, which the program may have used up.
    if (error.name === 'InternalError') this.#liftMemoryLimit();
    vm.withScope(() => vm.callFunction(this.#guest.getProp('uncaught'), vm.undefined, error.handle));
  }

  #liftMemoryLimit(): void {
    this.#vm._getExports().qjs_set_memory_limit(-1);
  }

  /** Calls a function of the prelude's; what it throws is the program's uncaught error. */
  #call(name: string, ...args: readonly unknown[]): unknown {
    try {
      return this.#callRaw(name, ...args);
    } catch (error) {
      this.#uncaught(error);
      return undefined;
    }
  }

  #callRaw(name: string, ...args: readonly unknown[]): unknown {
    const vm = this.#vm;
    return vm.withScope((scope) => {
      const handles = args.map((arg) => vm.hostToHandle(arg));
      try {
        return plain(vm.callFunction(this.#guest.getProp(name), vm.undefined, ...handles));
      } catch (error) {
        // It outlives the scope, in which it was made.
        if (error instanceof JSException) scope.escape(error.handle);
        throw error;
      }
    });
  }

  #noteMemory(): number {
    const bytes = this.#vm._getMemory().buffer.byteLength;
    this.#context.noteMemory(bytes);
    return bytes;
  }

  #hostFunctions(): Record<HostFunctionName, HostFunction> {
    const vm = this.#vm;
    const context = this.#context;
    return {
      write: (fd, data) => {
        this.#noteMemory();
        const stream = fd?.toNumber() === 2 ? 'stderr' : 'stdout';
        context.write(stream, data?.isString ? Buffer.from(data.toString(), 'utf8') : toBytes(data));
        return vm.undefined;
      },
      readStdin: (length) => {
        const into = new Uint8Array(Math.min(Math.max(0, length?.toNumber() ?? 0), 65_536));
        return vm.newUint8Array(into.subarray(0, context.readStdin(into)));
      },
      exit: (code, outOfMemory) => {
        this.#noteMemory();
        return context.end({
          kind: 'exit',
          code: code?.toNumber() ?? 0,
          outOfMemory: outOfMemory?.toBoolean() ?? false,
        });
      },
      now: () => vm.newNumber(context.elapsedMs()),
      cpu: () => vm.newNumber(Number(context.cpuTimeNs() / 1000n)),
      memory: () => vm.newNumber(this.#noteMemory()),
      random: (length) => {
        const bytes = new Uint8Array(Math.min(Math.max(0, length?.toNumber() ?? 0), 65_536));
        return vm.newUint8Array(crypto.getRandomValues(bytes));
      },
      file: (operation, path, ...rest) =>
        vm.hostToHandle(this.#files.call(String(operation), String(path), rest.map(plain))),
      compile: (path, source) => {
        const wrapper = String(this.#callRaw('wrapper'));
        try {
          return vm.evalCode(`${wrapper}${String(source)}\n})`, String(path));
        } catch (error) {
          if (!(error instanceof JSException)) throw error;
          const failure = vm.newObject();
          failure.setProp('error', error.handle);
          return failure;
        }
      },
      hash: (algorithm, key, data) => {
        const name = String(algorithm);
        if (!HASHES.has(name)) return vm.null;
        const hash = key?.isUndefined ? createHash(name) : createHmac(name, toBytes(key));
        return vm.newUint8Array(new Uint8Array(hash.update(toBytes(data)).digest()));
      },
      stripTypes: (path, source) => {
        try {
          return vm.newString(stripTypeScriptTypes(String(source), { sourceUrl: String(path) }));
        } catch (error) {
          return vm.hostToHandle({ error: error instanceof Error ? error.message : String(error) });
        }
      },
    };
  }
}

const PENDING = 0;
/** Characters of a module's name: no file has a longer path. */
const MAX_SPECIFIER = 4_096;
const HASHES = new Set(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']);

/**
 * A value of the program's that is no object, or bytes. Objects would be copied with all that hangs on them, and
 * take many times the memory that they take in the program.
 */
function plain(handle: JSValueHandle): string | number | boolean | Uint8Array | undefined {
  if (handle.isString) return handle.toString();
  if (handle.isNumber) return handle.toNumber();
  if (handle.isBool) return handle.toBoolean();
  if (handle.isUndefined) return undefined;
  try {
    return handle.toUint8Array();
  } catch {
    return undefined;
  }
}

function toBytes(handle: JSValueHandle | undefined): Uint8Array {
  return handle?.toUint8Array() ?? new Uint8Array();
}

/** An error for the guest: its stack must not tell where the host's files are. */
function plainError(code: string, message: string): Error {
  const error = Object.assign(new Error(message), { code });
  error.stack = `Error [${code}]: ${message}`;
  return error;
}
