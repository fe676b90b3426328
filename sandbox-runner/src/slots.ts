/** Counts the jobs that run at once, and lets the loop wait for room. */
export class Slots {
  readonly total: number;
  #busy = 0;
  #waiting: (() => void)[] = [];

  constructor(total: number) {
    this.total = total;
  }

  get busy(): number {
    return this.#busy;
  }

  get free(): number {
    return this.total - this.#busy;
  }

  /** Runs `work` in a slot. The caller has seen that one is free. */
  async occupy(work: () => Promise<void>): Promise<void> {
    this.#busy++;
    try {
      await work();
    } finally {
      this.#busy--;
      this.#wake();
    }
  }

  /** Resolves when a slot is free, or at once when the signal aborts. */
  async waitForRoom(signal: AbortSignal): Promise<void> {
    while (this.free === 0 && !signal.aborted) await this.#change(signal);
  }

  /** Resolves when nothing runs any more, or when the signal aborts. */
  async waitForIdle(signal: AbortSignal): Promise<void> {
    while (this.#busy > 0 && !signal.aborted) await this.#change(signal);
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.push(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
