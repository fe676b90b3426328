import type { Driver, RunOutcome } from '../job.ts';
import type { RunLimits } from '../limits.ts';
import type { SourceFile } from '../submission.ts';

/** A program as a sandbox takes it: files with an entry, in one language. */
export interface Program {
  readonly jobId: string;
  readonly language: string;
  readonly files: readonly SourceFile[];
  readonly entry: string;
  readonly limits: RunLimits;
  /** How many runs will follow, so that a driver can prepare for them. */
  readonly runs: number;
}

export interface RunInput {
  readonly stdin: Uint8Array;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface RunHooks {
  /** Aborting ends the program; the outcome is then `cancelled`. */
  readonly signal?: AbortSignal;
  /** Called with output as it comes, up to the limit. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
}

/** A program in its sandbox: compiled where the language asks for it, ready to run. */
export interface Session {
  /** null where there is no compile step. With a verdict other than ok the program cannot be run. */
  readonly compilation: RunOutcome | null;
  /** For example `Python 3.12.4`. */
  readonly runtime: string;
  /** How many runs may go on at one time; 1 when it is left out. */
  readonly lanes?: number;
  /** Each run has a fresh process and fresh writable space. */
  run(input: RunInput, hooks?: RunHooks): Promise<RunOutcome>;
  /** Throws away all that the session holds. Returns soon; tearing down goes on behind it. */
  close(): Promise<void>;
}

export interface LanguageAvailability {
  readonly id: string;
  readonly available: boolean;
  /** Version of the runtime, for example `3.12.4`. */
  readonly version: string | null;
  /** Why it is not available, and what to do. */
  readonly reason?: string;
}

/** What a program may do is decided here and nowhere else. */
export interface Sandbox {
  readonly driver: Driver;
  /** Checks and prepares everything; `progress` gets a sentence per step. @throws SandboxError */
  start(progress: (message: string) => void): Promise<void>;
  languages(): readonly LanguageAvailability[];
  /** How many sandboxes wait started for a job, and how many should. */
  warm(): { readonly waiting: number; readonly wanted: number };
  /** @throws SandboxError when the sandbox, not the program, failed. */
  open(program: Program, hooks?: RunHooks): Promise<Session>;
  /** Ends every run and leaves nothing behind. */
  close(): Promise<void>;
}

/** The sandbox failed, not the program. The job may be tried again. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
}
