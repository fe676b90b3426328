import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type Control, SLOT, type ThreadEnd, type ThreadJob, type ThreadMessage } from './control.ts';

type Stream = 'stdout' | 'stderr';

/** One run, as its interpreter sees it: waits for the job, keeps output within its limit, ends the run. */
export class RunContext {
  readonly #port: MessagePort;
  readonly #control: Control;
  #job: ThreadJob | undefined;
  #stdinAt = 0;
  #cpuStart = 0;
  #startedAt = 0;
  #kept: Record<Stream, Uint8Array> | undefined;
  /** What the interpreter printed before its job; it belongs to no program. */
  #startText = '';

  constructor(port: MessagePort, control: Control) {
    this.#port = port;
    this.#control = control;
  }

  #send(message: ThreadMessage): void {
    this.#port.postMessage(message);
  }

  /** Says that the interpreter is up, and blocks this thread until its job is there. */
  waitForJob(): ThreadJob {
    Atomics.store(this.#control, SLOT.gate, 0);
    this.#send({ type: 'ready' });
    Atomics.wait(this.#control, SLOT.gate, 0);
    const received: { message: ThreadJob } | undefined = receiveMessageOnPort(this.#port);
    if (received === undefined) throw new Error('the gate was opened without a job');
    const job = received.message;
    this.#job = job;
    this.#stdinAt = 0;
    this.#kept = {
      stdout: new Uint8Array(job.output, 0, job.outputBytes),
      stderr: new Uint8Array(job.output, job.outputBytes, job.outputBytes),
    };
    this.#cpuStart = cpuMicros();
    this.#startedAt = performance.now();
    this.#control[SLOT.cpuAtStart] = this.#cpuStart;
    return job;
  }

  readStdin(into: Uint8Array): number {
    const stdin = this.#job?.stdin ?? new Uint8Array();
    const part = stdin.subarray(this.#stdinAt, this.#stdinAt + into.length);
    into.set(part);
    this.#stdinAt += part.length;
    return part.length;
  }

  /** Keeps what fits; the first byte too many ends the run. */
  write(stream: Stream, bytes: Uint8Array): number {
    const kept = this.#kept?.[stream];
    if (kept === undefined) {
      this.#startText += Buffer.from(bytes).toString('latin1');
      return bytes.length;
    }
    const slot = stream === 'stdout' ? SLOT.stdoutLength : SLOT.stderrLength;
    const at = this.#control[slot] ?? 0;
    const fitting = bytes.subarray(0, kept.length - at);
    kept.set(fitting, at);
    Atomics.store(this.#control, slot, at + fitting.length);
    if (fitting.length < bytes.length) {
      Atomics.or(this.#control, SLOT.truncated, stream === 'stdout' ? 1 : 2);
      this.end({ kind: 'output-limit' });
    }
    // One message for all the output until the main thread has looked.
    if (Atomics.exchange(this.#control, SLOT.notified, 1) === 0) this.#send({ type: 'output' });
    return bytes.length;
  }

  /** The last bytes of stderr, as text. */
  stderrTail(length: number): string {
    const end = this.#control[SLOT.stderrLength] ?? 0;
    const bytes = this.#kept?.stderr.slice(Math.max(0, end - length), end) ?? new Uint8Array();
    return Buffer.from(bytes).toString('latin1');
  }

  get hasJob(): boolean {
    return this.#job !== undefined;
  }

  /** Whether another run may follow in this thread. */
  get mayRepeat(): boolean {
    return this.#job?.mayRepeat ?? false;
  }

  noteMemory(bytes: number): void {
    this.#control[SLOT.memoryPages] = Math.ceil(bytes / 65_536);
  }

  /** Milliseconds since the run began. */
  elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  cpuTimeNs(): bigint {
    return BigInt(cpuMicros() - this.#cpuStart) * 1000n;
  }

  sleep(ms: number): void {
    // While it sleeps this thread cannot be asked for its processor time.
    this.#control[SLOT.cpuMicros] = cpuMicros() - this.#cpuStart;
    Atomics.wait(this.#control, SLOT.never, 0, ms);
  }

  /**
   * Ends the run. It never returns: the program must not go on, and unwinding the interpreter's frames by
   * an exception would let its own handlers run. The main thread terminates this one.
   */
  end(wanted: ThreadEnd): never {
    const early = this.#job === undefined && wanted.kind !== 'fault';
    const end: ThreadEnd = early
      ? { kind: 'fault', message: `the interpreter did not start: ${this.#startText}` }
      : wanted;
    this.report(end);
    for (;;) Atomics.wait(this.#control, SLOT.never, 0);
  }

  /** Says how the run has ended, of which no frame is left. */
  report(end: ThreadEnd): void {
    this.#control[SLOT.cpuMicros] = cpuMicros() - this.#cpuStart;
    this.#send({ type: 'end', end });
  }
}

function cpuMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
