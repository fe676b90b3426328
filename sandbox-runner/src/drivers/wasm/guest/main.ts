import './before.ts';
import { Buffer } from 'node:buffer';
import { performance } from './builtins.ts';
import { console } from './console.ts';
import { webCrypto } from './crypto.ts';
import { installStackFormat, wrapped } from './errors.ts';
import { installFastUtf8 } from './fast-buffer.ts';
import { host } from './host.ts';
import { drainRejections, drainTicks, noteRejection, timerFunctions, turn } from './loop.ts';
import { exportNames, getBuiltinModule, isModuleSource, runMain, sourceOf, WRAPPER } from './modules.ts';
import { beforeExit, begin, end, process, uncaught } from './process.ts';
import { installSearchParams } from './url.ts';

/** The global scope of a Node program, as far as it makes sense here. */
const globals = {
  console,
  process: Object.assign(process, { getBuiltinModule }),
  Buffer,
  global: globalThis,
  performance,
  crypto: webCrypto,
  ...timerFunctions,
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}

/** Without Intl there are no locales; what most programs want is the grouping of en-US. */
function groupDigits(this: number | bigint): string {
  const [whole = '', fraction] = (
    typeof this === 'bigint' ? String(this) : String(Math.round(Number(this) * 1000) / 1000)
  ).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
for (const prototype of [Number.prototype, BigInt.prototype]) {
  Object.defineProperty(prototype, 'toLocaleString', {
    value: groupDigits,
    writable: true,
    configurable: true,
  });
}

/** A microtask that throws ends the program, as any uncaught error does. */
const plainQueueMicrotask = globalThis.queueMicrotask;
Object.defineProperty(globalThis, 'queueMicrotask', {
  value: (callback: () => void) =>
    plainQueueMicrotask(() => {
      try {
        callback();
      } catch (error) {
        uncaught(error);
      }
    }),
  writable: true,
  configurable: true,
});

installStackFormat();
installSearchParams();
installFastUtf8();
Reflect.deleteProperty(globalThis, 'Atomics');

/** What the host calls. */
const guest = {
  begin,
  runMain,
  turn,
  drainTicks,
  drainRejections,
  noteRejection,
  beforeExit,
  end,
  uncaught,
  exportNames,
  isModuleSource,
  sourceOf,
  wrapper: () => WRAPPER,
  /** The first line of an ES module is lengthened by what fills `import.meta`. */
  noteWrapped: (file: string, columns: number) => void wrapped.set(file, columns),
  unsettled() {
    host.write(2, 'Warning: Detected unsettled top-level await\n');
    process.exit(13);
  },
};
Object.defineProperty(globalThis, '__guest', { value: guest, configurable: true });
