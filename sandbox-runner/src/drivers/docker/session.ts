import { randomBytes } from 'node:crypto';
import type { RunOutcome } from '@rce/core/job.ts';
import type { Program, RunHooks, RunInput, Session } from '@rce/core/ports/sandbox.ts';
import { OutOfMemoryError, type SandboxContainer } from './container.ts';
import type { RunMessage } from './harness.ts';
import { runIn } from './run.ts';

/** 32 characters, as the harnesses expect. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

export interface SessionParts {
  readonly program: Program;
  readonly runtime: string;
  readonly compilation: RunOutcome | null;
  readonly message: Pick<RunMessage, 'entry' | 'files' | 'argv' | 'artifact'>;
  /** The container for the first run, which may still be on its way. */
  readonly first: Promise<SandboxContainer> | undefined;
  take(): Promise<SandboxContainer>;
}

/** Runs of one program, in one container where its harness can part them, else in one container each. */
export class DockerSession implements Session {
  readonly compilation: RunOutcome | null;
  readonly runtime: string;
  readonly #parts: SessionParts;
  #next: Promise<SandboxContainer | undefined> | undefined;
  #runs = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.compilation = parts.compilation;
    this.runtime = parts.runtime;
    this.#next = parts.first;
    // Whoever runs the program gets the error; nobody may ever do so.
    parts.first?.catch(() => {});
  }

  async run(input: RunInput, hooks: RunHooks = {}): Promise<RunOutcome> {
    const { program, message, take } = this.#parts;
    const next = this.#next;
    this.#next = undefined;
    let container: SandboxContainer;
    try {
      container = (await next) ?? (await take());
    } catch (error) {
      if (error instanceof OutOfMemoryError) return outOfMemory();
      throw error;
    }
    this.#runs++;
    // A harness that runs many programs needs a new token for each; the others were told theirs at start.
    const token = container.harness.reusable ? newToken() : container.token;
    try {
      const run = await runIn(container, { ...input, ...message, token }, program.limits, hooks, {
        cpus: container.shape.cpus,
        sharesContainer: container.harness.reusable && program.runs > 1,
      });
      if (run.intact && container.harness.reusable && this.#runs < program.runs) {
        // It cleans up behind the result. If it cannot prove that nothing is left it ends, and the next run
        // gets another container.
        this.#next = container.ready(run.after).then(
          () => container,
          () => void container.destroy(),
        );
      } else {
        void container.destroy();
      }
      return run.outcome;
    } catch (error) {
      void container.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    void next?.then(
      (container) => container?.destroy(),
      () => {},
    );
  }
}

/** What becomes of a program whose runtime does not even start within its memory. */
function outOfMemory(): RunOutcome {
  const nothing = new Uint8Array();
  return {
    verdict: 'memory-limit-exceeded',
    exitCode: null,
    signal: null,
    wallTimeMs: 0,
    cpuTimeMs: null,
    memoryBytes: null,
    stdout: nothing,
    stderr: nothing,
    truncated: { stdout: false, stderr: false },
  };
}
