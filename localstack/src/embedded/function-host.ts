import { Environment } from './environment.ts';
import { StartGate } from './start-gate.ts';

/** What the host needs to know of a function; the manifest has it. */
export interface FunctionSpec {
  /** Module that exports `handler`. */
  readonly file: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Its whole environment, as in Lambda: nothing of this process leaks in. */
  readonly env: Readonly<Record<string, string>>;
  /** How many environments work side by side. */
  readonly environments: number;
  /** Events that one environment works on at a time. */
  readonly concurrency: number;
}

/** `timeout`: it was too slow. `crash`: it ended or threw. `busy`: too many events wait for it. */
export type FailureKind = 'timeout' | 'crash' | 'busy';

export class FunctionFailure extends Error {
  override readonly name = 'FunctionFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export interface Functions {
  has(name: string): boolean;
  /** @throws FunctionFailure */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Has an environment load the function before the first event comes. */
  warm(name: string): void;
  close(): Promise<void>;
}

/**
 * Runs each function in worker threads of its own, and lets a crowd in to each by itself, so that one that hangs,
 * crashes or has a crowd before it harms no other.
 * @param calls how many calls of the services are under way.
 */
export function createFunctions(
  specs: ReadonlyMap<string, FunctionSpec>,
  calls: () => number = () => 0,
): Functions {
  const pools = new Map([...specs].map(([name, spec]) => [name, new Pool(name, spec, new StartGate(calls))]));
  return {
    has: (name) => pools.has(name),
    invoke(name, event) {
      const pool = pools.get(name);
      if (!pool) throw new Error(`There is no function ${name}`);
      return pool.invoke(event);
    },
    warm: (name) => pools.get(name)?.warm(),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** Events that may wait for one function; more are refused, so that a flood cannot fill the memory. */
const MAX_WAITING = 1_000;

class Pool {
  readonly #name: string;
  readonly #spec: FunctionSpec;
  readonly #gate: StartGate;
  #environments: Environment[] = [];
  #waiting: (() => void)[] = [];

  constructor(name: string, spec: FunctionSpec, gate: StartGate) {
    this.#name = name;
    this.#spec = spec;
    this.#gate = gate;
  }

  async invoke(event: unknown): Promise<unknown> {
    const { timeoutSeconds, concurrency } = this.#spec;
    const deadline = Date.now() + timeoutSeconds * 1000;
    // What computes alone calls no service, and has its own queue.
    if (concurrency === 1) return this.#run(event, deadline);
    const leave = await this.#gate.enter();
    try {
      if (Date.now() >= deadline) throw new FunctionFailure('busy', `Too many requests for ${this.#name}.`);
      return await this.#run(event, deadline);
    } finally {
      leave();
    }
  }

  async #run(event: unknown, deadline: number): Promise<unknown> {
    const environment = this.#free() ?? (await this.#wait(deadline));
    try {
      return await environment.invoke(event, deadline);
    } catch (error) {
      // What may hang must not meet the next event. An error that the handler threw is its answer.
      if (error instanceof FunctionFailure && error.kind === 'timeout') this.#retire(environment);
      throw error;
    } finally {
      this.#waiting.shift()?.();
    }
  }

  warm(): void {
    this.#free();
  }

  /** An environment with room: the least busy one, else a new one. */
  #free(): Environment | undefined {
    const { concurrency, environments } = this.#spec;
    this.#environments = this.#environments.filter((environment) => environment.alive);
    const [best] = this.#environments.toSorted((a, b) => a.busy - b.busy);
    if (best && best.busy < concurrency) return best;
    if (this.#environments.length >= environments) return undefined;
    const fresh = new Environment(this.#name, this.#spec);
    this.#environments.push(fresh);
    return fresh;
  }

  async #wait(deadline: number): Promise<Environment> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new FunctionFailure('busy', `More than ${MAX_WAITING} requests wait for ${this.#name}.`);
    }
    for (;;) {
      const timedOut = await new Promise<boolean>((resolve) => {
        const ready = () => {
          clearTimeout(timer);
          resolve(false);
        };
        const timer = setTimeout(() => {
          this.#waiting = this.#waiting.filter((entry) => entry !== ready);
          resolve(true);
        }, deadline - Date.now());
        this.#waiting.push(ready);
      });
      if (timedOut) throw new FunctionFailure('timeout', `${this.#name} had no room in time.`);
      const environment = this.#free();
      if (environment) return environment;
    }
  }

  #retire(environment: Environment): void {
    this.#environments = this.#environments.filter((entry) => entry !== environment);
    environment.retire();
  }

  async close(): Promise<void> {
    await Promise.all(this.#environments.map((environment) => environment.terminate()));
  }
}
