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
  readonly first: Promise<SandboxContainer>;
  take(): Promise<SandboxContainer>;
}

/**
 * Containers that the tests of one program share in turn. Two at half a processor each: the tests of one job take
 * one processor, and what a container does between two runs is hidden behind the other's run.
 */
const LANES = 2;
/** Fewer runs than this are not worth a second container. */
const LANES_FROM_RUNS = 8;

/** Runs of one program, in few containers where its harness can part them, else in a container each. */
export class DockerSession implements Session {
  readonly compilation: RunOutcome | null;
  readonly runtime: string;
  readonly lanes: number;
  readonly #parts: SessionParts;
  /** Containers that are, or will soon be, ready for the next run. */
  readonly #ready: Promise<SandboxContainer | undefined>[];
  #runs = 0;
  #closed = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.compilation = parts.compilation;
    this.runtime = parts.runtime;
    this.lanes = parts.program.runs >= LANES_FROM_RUNS ? LANES : 1;
    this.#ready = [parts.first];
    // Whoever runs the program gets the error; nobody may ever do so.
    parts.first.catch(() => {});
  }

  async run(input: RunInput, hooks: RunHooks = {}): Promise<RunOutcome> {
    const { program, message, take } = this.#parts;
    this.#runs++;
    let container: SandboxContainer;
    try {
      container = (await this.#ready.shift()) ?? (await take());
    } catch (error) {
      if (error instanceof OutOfMemoryError) return outOfMemory();
      throw error;
    }
    const { reusable } = container.harness;
    // A harness that runs many programs needs a new token for each; the others were told theirs at start.
    const token = reusable ? newToken() : container.token;
    try {
      const run = await runIn(container, { ...input, ...message, token }, program.limits, hooks, {
        cpus: container.shape.cpus,
        sharesContainer: reusable && program.runs > 1,
      });
      if (run.intact && reusable && this.#runs < program.runs && !this.#closed) {
        // It cleans up behind the result. If it cannot prove that nothing is left it ends, and the next run
        // gets another container.
        const next = container.ready(run.after).then(
          () => container,
          () => void container.destroy(),
        );
        this.#ready.push(next);
      } else if (run.intact) {
        container.retire();
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
    this.#closed = true;
    for (const next of this.#ready.splice(0)) {
      void next.then(
        (container) => container?.destroy(),
        () => {},
      );
    }
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
