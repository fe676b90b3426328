import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { setRandomApart } from './crypto.ts';
import { isOutOfMemory, report } from './errors.ts';
import { cwd, statOrUndefined, systemError, toPath } from './files.ts';
import { host } from './host.ts';
import { hooks, nextTick } from './loop.ts';
import { InputStream, OutputStream } from './streams.ts';

let exiting = false;
let exitCode: number | undefined;

function toCode(code: unknown): number {
  return Number(code ?? 0) | 0;
}

/** Runs the `exit` handlers once, and ends the program. */
function finish(code: number, outOfMemory: boolean): never {
  exitCode = code;
  if (!exiting) {
    exiting = true;
    try {
      process.emit('exit', code);
    } catch (error) {
      report(error);
      exitCode = 1;
    }
  }
  return host.exit(exitCode, outOfMemory);
}

function hrtime(previous?: readonly [number, number]): [number, number] {
  const now = host.now();
  const seconds = Math.floor(now / 1000);
  const nanos = Math.floor((now % 1000) * 1e6);
  if (!previous) return [seconds, nanos];
  const carry = nanos < previous[1] ? 1 : 0;
  return [seconds - previous[0] - carry, nanos - previous[1] + carry * 1e9];
}

const startedAt = { ms: 0 };

const members = {
  title: 'node',
  pid: 1,
  ppid: 0,
  platform: 'linux',
  arch: 'wasm32',
  execPath: '/usr/local/bin/node',
  execArgv: [] as string[],
  argv: [] as string[],
  argv0: 'node',
  env: {} as Record<string, string>,
  // Programs ask for the major version; this is the Node whose behaviour the prelude follows.
  version: 'v24.0.0',
  versions: { node: '24.0.0', quickjs: '0.17.0' },
  release: { name: 'node' },
  features: {},
  stdin: new InputStream(),
  stdout: new OutputStream(1),
  stderr: new OutputStream(2),
  nextTick,
  cwd: () => cwd.path,
  chdir(path: string) {
    const target = toPath(path);
    if (statOrUndefined(target)?.kind !== 'dir') throw systemError('ENOENT', 'chdir', path);
    cwd.path = target;
  },
  umask: () => 0o22,
  uptime: () => (host.now() - startedAt.ms) / 1000,
  hrtime: Object.assign(hrtime, { bigint: () => BigInt(Math.round(host.now() * 1e6)) }),
  cpuUsage: () => ({ user: host.cpu(), system: 0 }),
  memoryUsage: Object.assign(
    () => ({
      rss: host.memory(),
      heapTotal: host.memory(),
      heapUsed: host.memory(),
      external: 0,
      arrayBuffers: 0,
    }),
    { rss: () => host.memory() },
  ),
  resourceUsage: () => ({ userCPUTime: host.cpu(), systemCPUTime: 0, maxRSS: host.memory() / 1024 }),
  exit: (code?: unknown) => finish(code === undefined ? (exitCode ?? 0) : toCode(code), false),
  reallyExit: (code?: unknown) => host.exit(toCode(code), false),
  abort: () => host.exit(134, false),
  kill() {
    throw systemError('EPERM', 'kill');
  },
  emitWarning(warning: unknown) {
    const text =
      warning instanceof Error ? `${warning.name}: ${warning.message}` : `Warning: ${String(warning)}`;
    host.write(2, `(node:1) ${text}\n`);
  },
  getuid: () => 65_534,
  getgid: () => 65_534,
  geteuid: () => 65_534,
};

export const process = Object.assign(Object.create(EventEmitter.prototype), members) as typeof members &
  EventEmitter;
EventEmitter.call(process as never);
process.setMaxListeners(0);
Object.defineProperty(process, 'exitCode', {
  get: () => exitCode,
  set: (code: unknown) => {
    exitCode = code === undefined ? undefined : toCode(code);
  },
  enumerable: true,
});
Object.defineProperty(process, Symbol.toStringTag, { value: 'process' });

/** Nothing has caught it: handlers of the program's, else the end. */
export function uncaught(error: unknown): void {
  if (!isOutOfMemory(error) && process.listenerCount('uncaughtException') > 0) {
    process.emit('uncaughtException', error, 'uncaughtException');
    return;
  }
  report(error);
  finish(1, isOutOfMemory(error));
}

function unhandledRejection(reason: unknown, promise: Promise<unknown>): void {
  if (process.listenerCount('unhandledRejection') > 0) {
    process.emit('unhandledRejection', reason, promise);
    return;
  }
  if (reason instanceof Error || process.listenerCount('uncaughtException') > 0) {
    uncaught(reason);
    return;
  }
  const error = new Error(
    'This error originated either by throwing inside of an async function without a catch block, ' +
      `or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${inspect(reason)}".`,
  );
  error.name = 'UnhandledPromiseRejection';
  Object.assign(error, { code: 'ERR_UNHANDLED_REJECTION' });
  error.stack = `[${error.name}: ${error.message}]`;
  host.write(2, `${error.stack} {\n  code: 'ERR_UNHANDLED_REJECTION'\n}\n`);
  finish(1, false);
}

hooks.uncaught = uncaught;
hooks.unhandledRejection = unhandledRejection;

/** Nothing is left to do. Returns whether a `beforeExit` handler may have found more. */
export function beforeExit(): boolean {
  if (process.listenerCount('beforeExit') === 0) return false;
  process.emit('beforeExit', exitCode ?? 0);
  return true;
}

export function end(): never {
  return finish(exitCode ?? 0, false);
}

export function begin(argv: readonly string[], env: Readonly<Record<string, string>>): void {
  process.argv = [...argv];
  process.env = { ...env };
  startedAt.ms = host.now();
  setRandomApart();
}

export { Buffer };
