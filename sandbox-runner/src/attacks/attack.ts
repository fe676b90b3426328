import type { Driver } from '@rce/core/job.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import type { SourceFile } from '@rce/core/submission.ts';
import { VERDICT_NAMES, type Verdict } from '@rce/core/verdict.ts';

/** What must come out of one run of a hostile program. */
export interface Expectation {
  readonly verdict: Verdict | readonly Verdict[];
  /** A text that stdout must equal, or a pattern that it must match. */
  readonly stdout?: string | RegExp | Uint8Array;
  readonly stderr?: RegExp;
  readonly exitCode?: number;
  readonly truncated?: 'stdout' | 'stderr';
}

/**
 * A hostile program. By convention it prints ESCAPED, and what it got, when it reaches something that it should
 * not; no attack may ever do so. So most need to say no more than the verdict.
 */
export interface Attack {
  readonly name: string;
  readonly language: string;
  readonly code: string;
  readonly files?: readonly SourceFile[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** One run for each stdin, all in one session; by default one run with none. */
  readonly stdins?: readonly (string | Uint8Array)[];
  readonly limits?: Partial<RunLimits>;
  readonly expect: Expectation;
  /** Drivers that it says something about, where that isn't docker alone. */
  readonly drivers?: readonly Driver[];
  /** Where wasm answers otherwise. */
  readonly expectWasm?: Expectation;
}

export const BOTH: readonly Driver[] = ['docker', 'wasm'];

/** The program may end as it will, so long as it is the program that ends and not the engine that fails. */
export const ANY_END: readonly Verdict[] = VERDICT_NAMES.filter(
  (verdict) => !['internal-error', 'cancelled', 'compilation-error', 'wrong-answer'].includes(verdict),
);

export const MiB = 1024 * 1024;
/** For attacks that end by the clock: long enough to do harm, short enough for a suite. */
export const BRIEF: Partial<RunLimits> = { wallTimeMs: 1_500 };
