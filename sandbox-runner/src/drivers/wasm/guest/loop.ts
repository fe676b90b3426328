import { report } from './errors.ts';
import { host } from './host.ts';

interface Timer {
  readonly id: number;
  readonly callback: () => void;
  readonly repeat: number | undefined;
  due: number;
  active: boolean;
  counted: boolean;
}

const ticks: (() => void)[] = [];
let timers: Timer[] = [];
const immediates: Timer[] = [];
/** Work of the host's that comes before timers, such as a chunk of stdin. */
const tasks: (() => void)[] = [];
let lastId = 0;
const rejections = new Map<Promise<unknown>, unknown>();

/** Set by process.ts: takes what nothing has caught. */
export const hooks = {
  uncaught: (error: unknown): void => {
    report(error);
    host.exit(1, false);
  },
  unhandledRejection: (_reason: unknown, _promise: Promise<unknown>): void => undefined,
};

function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    hooks.uncaught(error);
  }
}

export function nextTick(callback: (...args: unknown[]) => void, ...args: unknown[]): void {
  ticks.push(() => callback(...args));
}

export function enqueueTask(task: () => void): void {
  tasks.push(task);
}

/** What setTimeout returns: usable as a number, as in Node. */
class Timeout {
  readonly #timer: Timer;

  constructor(timer: Timer) {
    this.#timer = timer;
  }
  ref(): this {
    this.#timer.counted = true;
    return this;
  }
  unref(): this {
    this.#timer.counted = false;
    return this;
  }
  hasRef(): boolean {
    return this.#timer.counted;
  }
  close(): this {
    clear(this);
    return this;
  }
  [Symbol.toPrimitive](): number {
    return this.#timer.id;
  }
  [Symbol.dispose](): void {
    clear(this);
  }
}

type Callback = (...args: unknown[]) => void;

function requireCallback(callback: unknown): asserts callback is Callback {
  if (typeof callback === 'function') return;
  const error = new TypeError(
    `The "callback" argument must be of type function. Received ${String(callback)}`,
  );
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

function add(list: Timer[], callback: () => void, due: number, repeat?: number): Timeout {
  lastId++;
  const timer: Timer = { id: lastId, callback, due, repeat, active: true, counted: true };
  list.push(timer);
  return new Timeout(timer);
}

function delayOf(ms: unknown): number {
  const delay = Number(ms);
  return delay >= 1 && delay <= 2 ** 31 - 1 ? Math.trunc(delay) : 1;
}

function clear(timeout: unknown): void {
  const id = Number(timeout);
  for (const timer of [...timers, ...immediates]) if (timer.id === id) timer.active = false;
  timers = timers.filter((timer) => timer.active);
}

export const timerFunctions = {
  setTimeout(callback: unknown, ms?: unknown, ...args: unknown[]): Timeout {
    requireCallback(callback);
    return add(timers, () => callback(...args), host.now() + delayOf(ms));
  },
  setInterval(callback: unknown, ms?: unknown, ...args: unknown[]): Timeout {
    requireCallback(callback);
    return add(timers, () => callback(...args), host.now() + delayOf(ms), delayOf(ms));
  },
  setImmediate(callback: unknown, ...args: unknown[]): Timeout {
    requireCallback(callback);
    return add(immediates, () => callback(...args), 0);
  },
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate: clear,
};

/** Runs what process.nextTick was given. Returns whether there was any. */
export function drainTicks(): boolean {
  const any = ticks.length > 0;
  for (let tick = ticks.shift(); tick; tick = ticks.shift()) guarded(tick);
  return any;
}

export function noteRejection(promise: Promise<unknown>, reason: unknown, handled: boolean): void {
  if (handled) rejections.delete(promise);
  else rejections.set(promise, reason);
}

/** To be called when all microtasks are done. Returns whether there was any rejection to take. */
export function drainRejections(): boolean {
  const [first] = rejections;
  if (!first) return false;
  const [promise, reason] = first;
  rejections.delete(promise);
  guarded(() => hooks.unhandledRejection(reason, promise));
  return true;
}

/** One turn of the event loop: milliseconds to wait before the next, or -1 when nothing is left to do. */
export function turn(): number {
  const task = tasks.shift();
  if (task) {
    guarded(task);
    return 0;
  }
  const now = host.now();
  // A stable sort: timers of the same moment fire in the order in which they were set.
  timers.sort((a, b) => a.due - b.due);
  const [timer] = timers;
  if (timer && timer.due <= now) {
    if (timer.repeat === undefined) {
      timer.active = false;
      timers.shift();
    } else {
      timer.due = now + timer.repeat;
    }
    guarded(timer.callback);
    return 0;
  }
  const immediate = immediates.shift();
  if (immediate) {
    if (immediate.active) guarded(immediate.callback);
    return 0;
  }
  if (!timers.some((waiting) => waiting.counted)) return -1;
  return Math.max(0, (timers[0]?.due ?? now) - now);
}
