import { type ChildProcess, fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RunOutcome } from '@rce/core/job.ts';
import { type RunHooks, SandboxError } from '@rce/core/ports/sandbox.ts';
import type { FromEngine, ToEngine } from './engine/protocol.ts';

type Init = Extract<ToEngine, { type: 'init' }>;
export type RunRequest = Omit<Extract<ToEngine, { type: 'run' }>, 'type' | 'id' | 'stream'>;

const PAGE = 65_536;
/** Beyond its wall limit, a run that has not been answered means that the engine hangs. */
const GRACE_MS = 30_000;

interface Pending {
  readonly resolve: (outcome: RunOutcome) => void;
  readonly reject: (error: Error) => void;
  readonly onOutput: RunHooks['onOutput'];
  readonly watchdog: NodeJS.Timeout;
}

/** One life of the engine's process. When it dies, the runs in it fail with SandboxError. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<string>();
  #lastId = 0;
  #alive = true;
  #hasBeenReady = false;

  constructor(init: Init, maxMemoryBytes: number) {
    this.#child = fork(fileURLToPath(new URL('engine/main.ts', import.meta.url)), {
      execArgv: [
        `--wasm-max-mem-pages=${Math.ceil(maxMemoryBytes / PAGE)}`,
        '--disable-warning=ExperimentalWarning',
        '--disable-warning=PERM0006',
        '--permission',
        '--allow-worker',
        ...readableFolders().map((folder) => `--allow-fs-read=${folder}`),
      ],
      // Nothing of the runner's environment: it may hold credentials.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message: FromEngine) => this.#receive(message));
    this.#child.on('error', (error) => this.#end(error.message));
    this.#child.on('exit', (code, signal) => this.#end(signal ?? `exit code ${code}`));
    this.#ready.promise.catch(() => undefined);
    this.#sendOrEnd(init);
    void this.#offerToOomKiller();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasBeenReady(): boolean {
    return this.#hasBeenReady;
  }

  /** Resolves when programs can be run. @throws SandboxError */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves with the reason when the process has ended. */
  get exited(): Promise<string> {
    return this.#exited.promise;
  }

  /** @throws SandboxError when the engine, not the program, failed. */
  async run(request: RunRequest, hooks: RunHooks): Promise<RunOutcome> {
    await this.ready;
    if (!this.#alive) throw new SandboxError('The WebAssembly engine has ended.');
    this.#lastId++;
    const id = this.#lastId;
    const cancel = () => this.#sendOrEnd({ type: 'cancel', id });
    try {
      return await new Promise((resolve, reject) => {
        const watchdog = setTimeout(() => this.kill(), request.limits.wallTimeMs + GRACE_MS);
        this.#pending.set(id, { resolve, reject, onOutput: hooks.onOutput, watchdog });
        this.#sendOrEnd({ type: 'run', id, ...request, stream: hooks.onOutput !== undefined });
        hooks.signal?.addEventListener('abort', cancel, { once: true });
        if (hooks.signal?.aborted) cancel();
      });
    } finally {
      hooks.signal?.removeEventListener('abort', cancel);
      clearTimeout(this.#pending.get(id)?.watchdog);
      this.#pending.delete(id);
    }
  }

  /** Says that no more runs of this session come. */
  close(session: number): void {
    this.#sendOrEnd({ type: 'close', session });
  }

  /** Ends the process at once; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited.promise;
  }

  #receive(message: FromEngine): void {
    if (message.type === 'ready') {
      this.#hasBeenReady = true;
      this.#ready.resolve();
      return;
    }
    if (message.type === 'broken') {
      this.#ready.reject(new SandboxError(`The WebAssembly engine did not start: ${message.message}`));
      void this.kill();
      return;
    }
    const pending = this.#pending.get(message.id);
    if (message.type === 'output') pending?.onOutput?.(message.stream, message.chunk);
    else if (message.type === 'result') pending?.resolve(message.outcome);
    else pending?.reject(new SandboxError(`The WebAssembly engine failed: ${message.message}`));
  }

  #sendOrEnd(message: ToEngine): void {
    if (!this.#alive) return;
    this.#child.send(message, (error) => {
      if (error) this.#end(error.message);
    });
  }

  #end(reason: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#child.kill('SIGKILL');
    const error = new SandboxError(`The WebAssembly engine ended: ${reason}.`);
    this.#ready.reject(error);
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#exited.resolve(reason);
  }

  /** Where memory runs out on the whole machine, the kernel shall take this process before any other. */
  async #offerToOomKiller(): Promise<void> {
    if (process.platform !== 'linux' || this.pid === undefined) return;
    // The process may be gone already; then there is nothing to do.
    await writeFile(`/proc/${this.pid}/oom_score_adj`, '1000').catch(() => undefined);
  }
}

/** The engine reads its own code and the interpreters, and no other file of the machine. */
function readableFolders(): string[] {
  const root = new URL('../../../../', import.meta.url);
  return ['core/', 'sandbox-runner/', 'node_modules/', 'package.json'].map((path) =>
    fileURLToPath(new URL(path, root)),
  );
}
