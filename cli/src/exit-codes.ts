import { constants } from 'node:os';
import type { JobView } from '@rce/core/job.ts';
import type { Verdict } from '@rce/core/verdict.ts';

/** Exit codes of `rce` itself, from sysexits.h where that has one. */
export const EXIT = {
  ok: 0,
  /** The command line is wrong. */
  usage: 64,
  /** The server refused the request: its message says why. */
  refused: 65,
  /** The server cannot be reached. */
  unavailable: 69,
  /** The server, or `rce`, failed. */
  internal: 70,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** `program`: the program's own exit code, or 128 and the number of the signal that ended it. */
export const VERDICT_EXIT = {
  ok: 'program',
  'wrong-answer': 1,
  'runtime-error': 'program',
  'compilation-error': 1,
  /** As timeout(1). */
  'time-limit-exceeded': 124,
  /** As a shell says of a program that the kernel killed. */
  'memory-limit-exceeded': 137,
  /** 128 + SIGXFSZ. */
  'output-limit-exceeded': 153,
  cancelled: EXIT.interrupted,
  'internal-error': EXIT.internal,
} as const satisfies Record<Verdict, number | 'program'>;

export function exitCodeOf(job: Pick<JobView, 'verdict' | 'exitCode' | 'signal'>): number {
  if (job.verdict === null) return EXIT.internal;
  const code = VERDICT_EXIT[job.verdict];
  if (code !== 'program') return code;
  if (job.exitCode !== null) return job.exitCode;
  const signal = Object.entries(constants.signals).find(([name]) => name === job.signal)?.[1];
  return signal === undefined ? 1 : 128 + signal;
}
