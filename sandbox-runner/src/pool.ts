/**
 * Keeps single-use things ready before they are asked for: containers and interpreters that have started and wait.
 * Whoever takes one owns it; the pool never gets it back.
 */

export interface Pooled {
  /** Resolves when it can no longer be used, for whatever reason. Never rejects. */
  readonly closed: Promise<void>;
  /** Throws it away. Never rejects. */
  destroy(): Promise<void>;
}

export interface PoolOptions<Item extends Pooled> {
  /** Makes one that is ready. `key` says what it must be able to do; two keys never share items. */
  readonly create: (key: string) => Promise<Item>;
  /** How many of a key wait even when nobody asked for one lately. */
  readonly base: (key: string) => number;
  /** How many of one key may wait at most. */
  readonly maxPerKey: number;
  /** How many of all keys may wait at most. */
  readonly maxTotal: number;
  /** How many are made at one time ahead of demand; those that a taker waits for come on top. */
  readonly refills: number;
  /** Milliseconds after which a waiting one is replaced by a fresh one. */
  readonly maxAgeMs: number;
  /** An item that nobody waits for could not be made; the next try comes after `retryMs`. */
  readonly onRefillFailed?: (key: string, error: unknown) => void;
}

/** Takes within this time decide how many are kept waiting. */
const DEMAND_WINDOW_MS = 20_000;
/** Takes in a row this close together count as one burst, whose size is what should be waiting. */
const BURST_MS = 1_000;
const RETRY_MS = 2_000;
/**
 * Making one takes as much of the processors as several short jobs. A shelf that holds enough is refilled when
 * nothing has been taken for this long, one at a time: by then the answers to those jobs are out, and the next
 * request finds a processor free.
 */
const CALM_MS = 50;
/** A shelf that runs low is refilled under load too, but behind the run of the short job that was just given one. */
const LOW_AFTER_MS = 25;
/** Share of what should wait, below which a shelf runs low. */
const LOW = 0.5;

interface Waiter<Item> {
  resolve(item: Item): void;
  reject(error: unknown): void;
}

interface Shelf<Item> {
  readonly ready: { readonly item: Item; readonly since: number }[];
  readonly waiters: Waiter<Item>[];
  /** When items were taken, oldest first. */
  taken: number[];
  making: number;
  retryAt: number;
}

export class WarmPool<Item extends Pooled> {
  readonly #options: PoolOptions<Item>;
  readonly #shelves = new Map<string, Shelf<Item>>();
  readonly #making = new Set<Promise<void>>();
  #draining = false;
  #isCalm = true;
  #calm: NodeJS.Timeout | undefined;
  #upkeep: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions<Item>) {
    this.#options = options;
  }

  /** Fills the shelves of these keys and keeps all shelves fresh from now on. */
  start(keys: readonly string[]): void {
    for (const key of keys) this.#shelf(key);
    this.#upkeep = setInterval(() => this.#tend(), 1_000);
    this.#upkeep.unref();
    this.#tend();
  }

  /** Takes one that waits; undefined when none does. */
  takeReady(key: string): Item | undefined {
    const shelf = this.#shelf(key);
    shelf.taken.push(Date.now());
    this.#isCalm = false;
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => {
      this.#isCalm = true;
      this.#fill();
    }, CALM_MS).unref();
    setTimeout(() => this.#fill(), LOW_AFTER_MS).unref();
    return shelf.ready.shift()?.item;
  }

  /** Takes one that waits, or else the next. @throws what `create` throws. */
  async take(key: string): Promise<Item> {
    return this.takeReady(key) ?? (await this.takeNext(key));
  }

  /**
   * Takes the first that becomes ready where none waits: one is made at once, whatever the bounds on refills,
   * so that an empty pool costs a cold start and never a queue.
   * @throws what `create` throws.
   */
  takeNext(key: string): Promise<Item> {
    if (this.#draining) return Promise.reject(new Error('The pool is closed.'));
    const shelf = this.#shelf(key);
    return new Promise((resolve, reject) => {
      shelf.waiters.push({ resolve, reject });
      while (shelf.making < shelf.waiters.length) this.#make(key, shelf);
    });
  }

  /** How many wait, and how many should. */
  level(): { waiting: number; wanted: number } {
    const shelves = [...this.#shelves];
    return {
      waiting: shelves.reduce((sum, [, shelf]) => sum + shelf.ready.length, 0),
      wanted: shelves.reduce((sum, [key, shelf]) => sum + this.#target(key, shelf), 0),
    };
  }

  /** Throws away all that wait, those that are still being made included. */
  async close(): Promise<void> {
    this.#draining = true;
    clearInterval(this.#upkeep);
    clearTimeout(this.#calm);
    await Promise.all(this.#making);
    const items = [...this.#shelves.values()].flatMap((shelf) => shelf.ready.splice(0));
    await Promise.all(items.map(({ item }) => item.destroy()));
  }

  #shelf(key: string): Shelf<Item> {
    const known = this.#shelves.get(key);
    if (known) return known;
    const shelf: Shelf<Item> = { ready: [], waiters: [], taken: [], making: 0, retryAt: 0 };
    this.#shelves.set(key, shelf);
    return shelf;
  }

  /** The largest burst of late, at least the base. */
  #target(key: string, shelf: Shelf<Item>): number {
    const now = Date.now();
    shelf.taken = shelf.taken.filter((at) => at > now - DEMAND_WINDOW_MS);
    let burst = 0;
    for (let first = 0, last = 0; last < shelf.taken.length; last++) {
      while ((shelf.taken[first] ?? 0) < (shelf.taken[last] ?? 0) - BURST_MS) first++;
      burst = Math.max(burst, last - first + 1);
    }
    return Math.min(Math.max(this.#options.base(key), burst), this.#options.maxPerKey);
  }

  #tend(): void {
    const oldest = Date.now() - this.#options.maxAgeMs;
    for (const [key, shelf] of this.#shelves) {
      const target = this.#target(key, shelf);
      while (shelf.ready.length > target || (shelf.ready[0]?.since ?? oldest) < oldest) {
        void shelf.ready.shift()?.item.destroy();
      }
    }
    this.#fill();
  }

  #fill(): void {
    if (this.#draining) return;
    const shelves = [...this.#shelves].filter(([, shelf]) => shelf.retryAt <= Date.now());
    const count = () =>
      [...this.#shelves.values()].reduce((sum, shelf) => sum + shelf.ready.length + shelf.making, 0);
    while (this.#making.size < this.#options.refills && count() < this.#options.maxTotal) {
      // The emptiest shelf first, so that one language in demand does not starve the others.
      const [next] = shelves
        .map(([key, shelf]) => ({
          key,
          shelf,
          fullness: (shelf.ready.length + shelf.making) / this.#target(key, shelf),
        }))
        .filter(({ fullness }) => fullness < 1)
        .toSorted((a, b) => a.fullness - b.fullness);
      if (!next) return;
      if (next.fullness >= LOW && (!this.#isCalm || this.#making.size > 0)) return;
      this.#make(next.key, next.shelf);
    }
  }

  #make(key: string, shelf: Shelf<Item>): void {
    shelf.making++;
    const made = this.#options
      .create(key)
      .then(
        (item) => this.#put(shelf, item),
        (error: unknown) => {
          const waiter = shelf.waiters.shift();
          if (waiter) {
            waiter.reject(error);
            return;
          }
          shelf.retryAt = Date.now() + RETRY_MS;
          this.#options.onRefillFailed?.(key, error);
        },
      )
      .finally(() => {
        shelf.making--;
        this.#making.delete(made);
        this.#fill();
      });
    this.#making.add(made);
  }

  #put(shelf: Shelf<Item>, item: Item): void {
    const waiter = shelf.waiters.shift();
    if (waiter) {
      waiter.resolve(item);
      return;
    }
    if (this.#draining) {
      void item.destroy();
      return;
    }
    const entry = { item, since: Date.now() };
    shelf.ready.push(entry);
    void item.closed.then(() => {
      const index = shelf.ready.indexOf(entry);
      if (index < 0) return;
      shelf.ready.splice(index, 1);
      void item.destroy();
      this.#fill();
    });
  }
}
