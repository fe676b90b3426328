import { Worker } from 'node:worker_threads';
import type { EnvironmentAnswer, EnvironmentEvent } from './environment-thread.ts';
import { type FailureKind, FunctionFailure, type FunctionSpec } from './function-host.ts';

const THREAD = new URL('./environment-thread.ts', import.meta.url);

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** One execution environment of a function: a thread that has loaded its module. */
export class Environment {
  readonly #name: string;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #alive = true;
  #retired = false;

  constructor(name: string, spec: FunctionSpec) {
    this.#name = name;
    this.#worker = new Worker(THREAD, {
      name,
      env: { ...spec.env },
      execArgv: [],
      workerData: { file: spec.file, name, memoryMb: spec.memoryMb },
      resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb },
    });
    // An idle environment keeps no process alive.
    this.#worker.unref();
    this.#worker.on('message', (answer: EnvironmentAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#end(`it crashed: ${error.message}`, error));
    this.#worker.on('exit', (code) => this.#end(`its environment ended with code ${code}`));
  }

  /** Events that it works on. */
  get busy(): number {
    return this.#pending.size;
  }

  get alive(): boolean {
    return this.#alive && !this.#retired;
  }

  /** @param deadline milliseconds since 1970. @throws FunctionFailure */
  invoke(event: unknown, deadline: number): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#reject(id, 'timeout', `${this.#name} did not answer in time`),
        Math.max(0, deadline - Date.now()),
      );
      this.#pending.set(id, { resolve, reject, timer });
      const message: EnvironmentEvent = { id, event, deadline };
      this.#worker.postMessage(message);
    });
  }

  /** Takes no more events, and ends when those it has are settled: each of them within its deadline. */
  retire(): void {
    this.#retired = true;
    if (this.#pending.size === 0) void this.terminate();
  }

  async terminate(): Promise<void> {
    this.#end('the engine stops');
    await this.#worker.terminate();
  }

  #settle(answer: EnvironmentAnswer): void {
    const pending = this.#take(answer.id);
    if (answer.ok) pending?.resolve(answer.result);
    else pending?.reject(new FunctionFailure('crash', `${this.#name} failed: ${answer.message}`));
  }

  #reject(id: number, kind: FailureKind, message: string, cause?: Error): void {
    this.#take(id)?.reject(new FunctionFailure(kind, message, cause ? { cause } : undefined));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending) clearTimeout(pending.timer);
    this.#pending.delete(id);
    if (this.#retired && this.#pending.size === 0) void this.terminate();
    return pending;
  }

  #end(why: string, cause?: Error): void {
    this.#alive = false;
    for (const id of [...this.#pending.keys()]) this.#reject(id, 'crash', `${this.#name}: ${why}`, cause);
  }
}
