import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { STOP_MESSAGE } from './leash.ts';

const LEASH = new URL('./leash.ts', import.meta.url).href;
/** After this the child is killed, in milliseconds. */
const STOP_MS = 20_000;
/** Pause before a new start: doubles while the child keeps dying soon. */
const BACKOFF_MS = { first: 200, most: 10_000 };
/** A child that has lived this long is healthy again. */
const HEALTHY_MS = 30_000;

export interface ChildOptions {
  readonly name: string;
  readonly entry: URL;
  /** Asked at each start. */
  readonly env: () => NodeJS.ProcessEnv;
  readonly onMessage?: (message: unknown) => void;
  /** Told when it died by itself; `again` tells in how many milliseconds it is started again. */
  readonly onDeath: (how: string, againMs: number) => void;
}

/** A program kept alive: started again when it dies, until it is stopped. */
export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  #backoffMs = BACKOFF_MS.first;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  start(): void {
    const started = Date.now();
    const child = spawn(process.execPath, ['--import', LEASH, fileURLToPath(this.#options.entry)], {
      env: this.#options.env(),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A group of its own: Ctrl-C reaches the supervisor alone, which ends the children in order.
      detached: process.platform !== 'win32',
    });
    this.#process = child;
    child.on('message', (message) => this.#options.onMessage?.(message));
    child.on('error', () => {});
    child.once('exit', (code, signal) => {
      this.#process = undefined;
      if (this.#stopping) return;
      if (Date.now() - started > HEALTHY_MS) this.#backoffMs = BACKOFF_MS.first;
      this.#options.onDeath(signal ?? `exit code ${code}`, this.#backoffMs);
      if (this.#stopping) return;
      this.#timer = setTimeout(() => this.start(), this.#backoffMs);
      this.#backoffMs = Math.min(2 * this.#backoffMs, BACKOFF_MS.most);
    });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Ends it, first politely. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      if (child.connected) child.send(STOP_MESSAGE, () => {});
      else child.kill('SIGTERM');
    });
  }
}
