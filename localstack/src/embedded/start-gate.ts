import { setTimeout as sleep } from 'node:timers/promises';

/** Events that may begin at one time. */
const STARTS = 16;
/** An event that has gone on for this long, in milliseconds, waits for something: another may begin. */
const START_MS = 500;
/** Calls of the services under way above which no further event begins. */
const MAX_CALLS = 20;
/** How long an event is held back for that, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Lets events begin only as fast as table and queue keep up. Lambda and DynamoDB grow with a crowd; one
 * process does not: if 500 requests began at once, each of their calls would wait behind all the others for
 * longer than the SDK does, and fail.
 */
export class StartGate {
  readonly #calls: () => number;
  readonly #waiting: (() => void)[] = [];
  #free = STARTS;

  /** @param calls how many calls of the services are under way. */
  constructor(calls: () => number) {
    this.#calls = calls;
  }

  /** Resolves when an event may begin. @returns to be called at its end. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    for (const until = Date.now() + PATIENCE_MS; this.#calls() >= MAX_CALLS && Date.now() < until; )
      await sleep(5);
    let held = true;
    const leave = () => {
      if (!held) return;
      held = false;
      clearTimeout(timer);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
    const timer = setTimeout(leave, START_MS);
    return leave;
  }
}
