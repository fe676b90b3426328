import type { InterpreterSpec, ThreadAssets } from '../thread/control.ts';
import { Interpreter } from './interpreter.ts';

/** A kind of interpreter that nobody asked for in this time is not kept waiting any longer. */
const IDLE_MS = 120_000;

interface Shelf {
  readonly spec: InterpreterSpec;
  readonly waiting: Interpreter[];
  /** How many to keep waiting. */
  target: number;
  /** Kept whatever the demand is. */
  readonly standing: boolean;
  usedAt: number;
}

export interface WarmPoolOptions {
  readonly code: string;
  readonly assets: ThreadAssets;
  readonly slots: number;
  readonly warm: readonly InterpreterSpec[];
}

/**
 * Interpreters that are up and wait for a job. One is used once. It is refilled one by one, so that
 * starting interpreters never takes more than one processor from the runs.
 */
export class WarmPool {
  readonly #options: WarmPoolOptions;
  readonly #shelves = new Map<string, Shelf>();
  #refilling: Promise<void> | undefined;
  #closed = false;

  constructor(options: WarmPoolOptions) {
    this.#options = options;
    for (const spec of options.warm) this.#shelf(spec, true);
  }

  #shelf(spec: InterpreterSpec, standing: boolean): Shelf {
    const key = JSON.stringify([spec.interpreter, spec.stripTypes, spec.entry, spec.memoryBytes]);
    const found = this.#shelves.get(key);
    if (found) return found;
    const shelf: Shelf = { spec, waiting: [], target: standing ? 1 : 0, standing, usedAt: Date.now() };
    this.#shelves.set(key, shelf);
    return shelf;
  }

  /** Takes one that waits, or starts one. Refilling goes on behind it. */
  async take(spec: InterpreterSpec): Promise<Interpreter> {
    const shelf = this.#shelf(spec, false);
    shelf.usedAt = Date.now();
    // Demand that the shelf could not meet makes it grow to what runs at once.
    if (shelf.waiting.length === 0) shelf.target = Math.min(shelf.target + 1, this.#options.slots + 1);
    const interpreter = shelf.waiting.shift() ?? this.#start(spec);
    void this.refill();
    await interpreter.ready;
    return interpreter;
  }

  #start(spec: InterpreterSpec): Interpreter {
    return new Interpreter(this.#options.code, spec, this.#options.assets);
  }

  /** Resolves when all shelves are full. */
  refill(): Promise<void> {
    this.#refilling ??= this.#refillAll().finally(() => {
      this.#refilling = undefined;
    });
    return this.#refilling;
  }

  async #refillAll(): Promise<void> {
    for (let shelf = this.#neediest(); shelf && !this.#closed; shelf = this.#neediest()) {
      const interpreter = this.#start(shelf.spec);
      try {
        await interpreter.ready;
      } catch (error) {
        await interpreter.dispose();
        throw error;
      }
      if (this.#closed) await interpreter.dispose();
      else shelf.waiting.push(interpreter);
    }
  }

  #neediest(): Shelf | undefined {
    let neediest: Shelf | undefined;
    for (const shelf of this.#shelves.values()) {
      if (shelf.waiting.length >= shelf.target) continue;
      if (neediest === undefined || shelf.usedAt > neediest.usedAt) neediest = shelf;
    }
    return neediest;
  }

  /** Throws away what waits for jobs that no longer come. */
  trim(): void {
    const now = Date.now();
    for (const [key, shelf] of this.#shelves) {
      if (now - shelf.usedAt < IDLE_MS) continue;
      shelf.target = shelf.standing ? 1 : 0;
      for (const interpreter of shelf.waiting.splice(shelf.target)) void interpreter.dispose();
      if (!shelf.standing) this.#shelves.delete(key);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#shelves.values()].flatMap((shelf) => shelf.waiting.splice(0));
    await Promise.all(waiting.map((interpreter) => interpreter.dispose()));
  }
}
