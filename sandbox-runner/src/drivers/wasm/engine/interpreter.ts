import { Worker } from 'node:worker_threads';
import type { RunOutcome } from '@rce/core/job.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import type { RunInput } from '@rce/core/ports/sandbox.ts';
import type { SourceFile } from '@rce/core/submission.ts';
import type { Pooled } from '../../../pool.ts';
import {
  type InterpreterSpec,
  newControl,
  SLOT,
  type ThreadAssets,
  type ThreadData,
  type ThreadEnd,
  type ThreadJob,
  type ThreadMessage,
} from '../thread/control.ts';

const PAGE = 65_536;
const MiB = 1024 * 1024;
/** Deep recursion needs a real stack, too: up to 30 KB for each level that goes through C. */
const STACK_MB = 64;
/** The thread's JavaScript heap, where our host code lives. */
const HOST_HEAP_MB = 64;
/**
 * Strings that a program hands over are copied into that heap, some more than once. The thread ends when its heap
 * is full, but one copy that goes far beyond its limit would end the process, and with it every other program.
 */
const HOST_COPIES = 4;
/** An answer about processor time that takes longer is not worth the wait: the thread sleeps. */
const CPU_ANSWER_MS = 50;

export interface RunRequest {
  readonly files: readonly SourceFile[];
  readonly entry: string;
  readonly input: RunInput;
  readonly limits: RunLimits;
  /** Whether another run of this program may follow. */
  readonly mayRepeat: boolean;
  readonly onOutput?: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => void) | undefined;
}

type Verdict = RunOutcome['verdict'];
type KillReason = Extract<Verdict, 'time-limit-exceeded' | 'cancelled' | 'memory-limit-exceeded'>;

/**
 * One interpreter in a thread of its own. It is started before its job comes, runs it and is thrown away. The runs of
 * one job may follow each other in it, each from a new copy.
 */
export class Interpreter implements Pooled {
  readonly spec: InterpreterSpec;
  /** Resolves when its first run is over, or the thread has ended. */
  readonly closed: Promise<void>;
  readonly #worker: Worker;
  readonly #control = newControl();
  #ready = Promise.withResolvers<void>();
  #end = Promise.withResolvers<ThreadEnd | KillReason>();
  #onOutput: () => void = () => undefined;

  constructor(code: string, spec: InterpreterSpec, assets: ThreadAssets) {
    this.spec = spec;
    const workerData: ThreadData = { spec, control: this.#control, assets };
    this.#worker = new Worker(code, {
      eval: true,
      env: {},
      workerData,
      resourceLimits: {
        maxOldGenerationSizeMb: HOST_HEAP_MB + HOST_COPIES * Math.ceil(spec.memoryBytes / MiB),
        maxYoungGenerationSizeMb: 8,
        stackSizeMb: STACK_MB,
      },
    });
    this.#expectRun();
    this.closed = this.#end.promise.then(() => undefined);
    this.#worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'ready') return this.#ready.resolve();
      if (message.type === 'output') return this.#onOutput();
      const { resolve } = this.#end;
      if (repeats(message.end)) this.#expectRun();
      resolve(message.end);
    });
    this.#worker.on('error', (error) =>
      // The heap holds what the program has us keep, such as the names of its files.
      this.#end.resolve(
        isOutOfMemory(error) ? 'memory-limit-exceeded' : { kind: 'fault', message: String(error) },
      ),
    );
    this.#worker.on('exit', () => this.#end.resolve({ kind: 'fault', message: 'the thread ended' }));
  }

  #expectRun(): void {
    const ready = Promise.withResolvers<void>();
    this.#ready = ready;
    this.#end = Promise.withResolvers();
    void this.#end.promise.then((end) =>
      ready.reject(
        new Error(typeof end === 'object' && end.kind === 'fault' ? end.message : 'ended before its job'),
      ),
    );
    ready.promise.catch(() => undefined);
  }

  /** Resolves when a run can begin; rejects when the interpreter could not be started. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Memory of the program in bytes, as last seen from its thread. */
  get memoryBytes(): number {
    return (this.#control[SLOT.memoryPages] ?? 0) * PAGE;
  }

  /** Ends the run with this verdict. */
  kill(reason: KillReason): void {
    this.#end.resolve(reason);
  }

  /**
   * Runs the program. `reusable` says whether the interpreter becomes ready again.
   * @throws Error when the engine failed.
   */
  async run(request: RunRequest): Promise<{ outcome: RunOutcome; reusable: boolean }> {
    const ended = this.#end.promise;
    // It may be told to end before it is ready again.
    await Promise.race([this.ready, ended]);
    const { limits, input, onOutput } = request;
    this.#control.fill(0);
    const output = new SharedArrayBuffer(2 * limits.outputBytes);
    const job: ThreadJob = {
      files: request.files,
      entry: request.entry,
      ...input,
      diskBytes: limits.diskBytes,
      outputBytes: limits.outputBytes,
      output,
      mayRepeat: request.mayRepeat,
    };
    if (onOutput) this.#onOutput = this.#forwardOutput(output, limits.outputBytes, onOutput);
    this.#worker.postMessage(job);
    const startedAt = performance.now();
    // Node's timers count whole milliseconds and may ring up to one early.
    const wallTimer = setTimeout(() => this.kill('time-limit-exceeded'), limits.wallTimeMs + 1);
    const stopCpuWatch = this.#watchCpu(limits.cpuTimeMs);
    Atomics.store(this.#control, SLOT.gate, 1);
    Atomics.notify(this.#control, SLOT.gate);
    try {
      const end = await ended;
      const wallTimeMs = performance.now() - startedAt;
      if (typeof end === 'string') await this.#askCpu();
      return { outcome: this.#outcome(end, wallTimeMs, output, limits), reusable: repeats(end) };
    } finally {
      clearTimeout(wallTimer);
      stopCpuWatch();
      this.#onOutput = () => undefined;
    }
  }

  /** Ends the thread and frees what it holds. */
  async destroy(): Promise<void> {
    await this.#worker.terminate();
  }

  #forwardOutput(
    output: SharedArrayBuffer,
    room: number,
    onOutput: NonNullable<RunRequest['onOutput']>,
  ): () => void {
    let stdoutAt = 0;
    let stderrAt = 0;
    return () => {
      Atomics.store(this.#control, SLOT.notified, 0);
      const stdoutEnd = Atomics.load(this.#control, SLOT.stdoutLength);
      const stderrEnd = Atomics.load(this.#control, SLOT.stderrLength);
      if (stdoutEnd > stdoutAt) onOutput('stdout', copy(output, stdoutAt, stdoutEnd));
      if (stderrEnd > stderrAt) onOutput('stderr', copy(output, room + stderrAt, room + stderrEnd));
      stdoutAt = stdoutEnd;
      stderrAt = stderrEnd;
    };
  }

  /** A single thread cannot use more processor time than wall time, so the first look is at the limit. */
  #watchCpu(limitMs: number): () => void {
    let timer: NodeJS.Timeout;
    let stopped = false;
    const look = async () => {
      await this.#askCpu();
      if (stopped) return;
      const left = limitMs - (this.#control[SLOT.cpuMicros] ?? 0) / 1000;
      if (left <= 0) this.kill('time-limit-exceeded');
      else timer = setTimeout(look, Math.max(left, 10));
    };
    timer = setTimeout(look, limitMs);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }

  /** Has the thread's processor time written down; a sleeping thread did so itself before it slept. */
  async #askCpu(): Promise<void> {
    const ended = this.#end.promise;
    const answer = this.#worker.cpuUsage().catch(() => undefined);
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, CPU_ANSWER_MS, undefined).unref());
    const usage = await Promise.race([answer, late]);
    // The next run may have begun.
    if (usage === undefined || ended !== this.#end.promise) return;
    const used = usage.user + usage.system - (this.#control[SLOT.cpuAtStart] ?? 0);
    this.#control[SLOT.cpuMicros] = Math.max(used, this.#control[SLOT.cpuMicros] ?? 0);
  }

  /** null when the thread was ended before it could be asked. */
  #cpuTimeMs(): number | null {
    const micros = this.#control[SLOT.cpuMicros] ?? 0;
    return micros === 0 ? null : micros / 1000;
  }

  #outcome(
    end: ThreadEnd | KillReason,
    wallTimeMs: number,
    output: SharedArrayBuffer,
    limits: RunLimits,
  ): RunOutcome {
    const cut = Atomics.load(this.#control, SLOT.truncated);
    const room = limits.outputBytes;
    return {
      ...ending(end),
      wallTimeMs,
      cpuTimeMs: this.#cpuTimeMs(),
      // A thread that was ended from outside cannot say how much its program had by then.
      memoryBytes: typeof end === 'string' ? null : this.memoryBytes,
      stdout: copy(output, 0, Atomics.load(this.#control, SLOT.stdoutLength)),
      stderr: copy(output, room, room + Atomics.load(this.#control, SLOT.stderrLength)),
      truncated: { stdout: (cut & 1) !== 0, stderr: (cut & 2) !== 0 },
    };
  }
}

function repeats(end: ThreadEnd | KillReason): boolean {
  return typeof end === 'object' && end.kind === 'exit' && end.repeats === true;
}

function copy(output: SharedArrayBuffer, start: number, end: number): Uint8Array {
  return new Uint8Array(output.slice(start, end));
}

/** @throws Error when the engine failed. */
function ending(end: ThreadEnd | KillReason): Pick<RunOutcome, 'verdict' | 'exitCode' | 'signal'> {
  if (typeof end === 'string') return { verdict: end, exitCode: null, signal: null };
  switch (end.kind) {
    case 'exit': {
      // What a parent would see of it: exit(256) is exit(0).
      const exitCode = end.code & 0xff;
      const failed: Verdict = end.outOfMemory ? 'memory-limit-exceeded' : 'runtime-error';
      return { verdict: exitCode === 0 ? 'ok' : failed, exitCode, signal: null };
    }
    case 'output-limit':
      return { verdict: 'output-limit-exceeded', exitCode: null, signal: null };
    case 'trap':
      return {
        verdict: end.outOfMemory ? 'memory-limit-exceeded' : 'runtime-error',
        exitCode: null,
        signal: end.signal,
      };
    case 'fault':
      throw new Error(end.message);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
