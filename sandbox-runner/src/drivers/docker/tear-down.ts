const TRIES = 3;
const RETRY_MS = 1_000;

/**
 * Runs removals behind everything else, at most `limit` at a time: a burst of finished jobs must not take the
 * daemon's time from those that start. A removal that fails is tried again, then reported and left to the sweep.
 */
export class TearDown {
  readonly #limit: number;
  readonly #onFailed: (error: unknown) => void;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number, onFailed: (error: unknown) => void) {
    this.#limit = limit;
    this.#onFailed = onFailed;
  }

  /** Resolves when the work is done or given up. */
  readonly run = async (work: () => Promise<void>): Promise<void> => {
    if (this.#running >= this.#limit) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running++;
    try {
      for (let left = TRIES - 1; ; left--) {
        try {
          return await work();
        } catch (error) {
          if (left === 0) return this.#onFailed(error);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    } finally {
      // The place is handed on, so that nobody can slip in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  };
}
