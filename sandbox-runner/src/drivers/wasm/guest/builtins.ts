import { Buffer, constants as bufferConstants } from 'node:buffer';
import events, { EventEmitter } from 'node:events';
import path from 'node:path';
import * as util from 'node:util';
import { dequal } from 'dequal';
import { assert } from './assert.ts';
import { crypto } from './crypto.ts';
import { fs, fsPromises } from './fs.ts';
import { host } from './host.ts';
import { timerFunctions } from './loop.ts';
import { process } from './process.ts';
import { readline, readlinePromises } from './readline.ts';

type Callback = (error: unknown, result?: unknown) => void;

const promisify = (call: (...args: unknown[]) => unknown) =>
  call === (timerFunctions.setTimeout as unknown)
    ? timersPromises.setTimeout
    : (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const done: Callback = (error, result) => (error ? reject(error) : resolve(result));
          call(...args, done);
        });

const timersPromises = {
  setTimeout: <Value>(ms?: number, value?: Value) =>
    new Promise((resolve) => timerFunctions.setTimeout(() => resolve(value), ms)),
  setImmediate: <Value>(value?: Value) =>
    new Promise((resolve) => timerFunctions.setImmediate(() => resolve(value))),
  async *setInterval<Value>(ms?: number, value?: Value) {
    for (;;) {
      await timersPromises.setTimeout(ms);
      yield value;
    }
  },
};

export const performance = {
  now: () => host.now(),
  timeOrigin: 0,
  mark: () => undefined,
  measure: () => undefined,
};

const utilModule: Record<string, unknown> = {
  ...util,
  promisify,
  isDeepStrictEqual: dequal,
  callbackify:
    (call: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]) => {
      const done = args.pop() as Callback;
      call(...args).then((result) => done(null, result), done);
    },
  inherits(child: { prototype: object }, parent: { prototype: object }) {
    Object.setPrototypeOf(child.prototype, parent.prototype);
  },
  deprecate: <Call>(call: Call) => call,
  types: {
    isPromise: (value: unknown) => value instanceof Promise,
    isDate: (value: unknown) => value instanceof Date,
    isRegExp: (value: unknown) => value instanceof RegExp,
    isMap: (value: unknown) => value instanceof Map,
    isSet: (value: unknown) => value instanceof Set,
    isNativeError: (value: unknown) => value instanceof Error,
    isTypedArray: (value: unknown) => ArrayBuffer.isView(value) && !(value instanceof DataView),
    isUint8Array: (value: unknown) => value instanceof Uint8Array,
  },
  TextEncoder: globalThis.TextEncoder,
  TextDecoder: globalThis.TextDecoder,
};

const os = {
  EOL: '\n',
  platform: () => 'linux',
  type: () => 'Linux',
  arch: () => 'wasm32',
  release: () => '',
  hostname: () => 'sandbox',
  homedir: () => '/work',
  tmpdir: () => '/tmp',
  endianness: () => 'LE',
  cpus: () => [],
  availableParallelism: () => 1,
  totalmem: () => host.memory(),
  freemem: () => 0,
  loadavg: () => [0, 0, 0],
  uptime: () => host.now() / 1000,
  userInfo: () => ({ username: 'nobody', uid: 65_534, gid: 65_534, homedir: '/work', shell: null }),
};

/** All of Node's modules that there are here, by name without `node:`. */
export const builtins: Readonly<Record<string, unknown>> = {
  assert,
  'assert/strict': assert,
  buffer: { Buffer, constants: bufferConstants, kMaxLength: 2 ** 31 - 1, atob, btoa },
  crypto,
  events: Object.assign(events, { EventEmitter, default: events }),
  fs,
  'fs/promises': fsPromises,
  os,
  path: Object.assign(path, { posix: path }),
  'path/posix': path,
  perf_hooks: { performance },
  process,
  readline,
  'readline/promises': readlinePromises,
  timers: timerFunctions,
  'timers/promises': timersPromises,
  url: {
    URL: globalThis.URL,
    URLSearchParams: globalThis.URLSearchParams,
    fileURLToPath: (url: string | URL) => decodeURIComponent(new URL(url).pathname),
    pathToFileURL: (file: string) => new URL(`file://${path.resolve(file)}`),
  },
  util: utilModule,
};

/** Modules that Node has and a program here cannot use, with what it would reach. */
const REFUSED = new Set(
  'async_hooks child_process cluster dgram diagnostics_channel dns domain http http2 https inspector net repl stream string_decoder tls trace_events tty v8 vm wasi worker_threads zlib sqlite test'.split(
    ' ',
  ),
);

/** @throws Error for one of Node's modules that is not there; undefined when Node has none of that name. */
export function builtin(specifier: string): unknown {
  const name = specifier.replace(/^node:/, '');
  if (Object.hasOwn(builtins, name)) return builtins[name];
  if (REFUSED.has(name)) {
    const error = new Error(`The module '${name}' is not available in the WebAssembly sandbox`);
    throw Object.assign(error, { code: 'ERR_NOT_AVAILABLE' });
  }
  return undefined;
}
