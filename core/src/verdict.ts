/**
 * What became of a program. A verdict is a result, never an error of the engine's:
 * only `internal-error` says that we failed, and it is the only one that should page anyone.
 */

interface VerdictRow {
  /** In a sentence, for people who see the verdict. */
  readonly meaning: string;
  /** What the submitter can do about it; empty when there is nothing to do. */
  readonly advice: string;
}

export const VERDICTS = {
  ok: { meaning: 'The program ended by itself with exit code 0.', advice: '' },
  'wrong-answer': {
    meaning: 'The program ended with exit code 0, but its output is not what the test expects.',
    advice: 'Compare the output with the expected output of the failing test.',
  },
  'runtime-error': {
    meaning: 'The program ended with an exit code other than 0, or by a signal of its own making.',
    advice: 'Read stderr: an uncaught exception prints its traceback there.',
  },
  'compilation-error': {
    meaning: 'The compile step failed.',
    advice: 'The output holds the messages of the compiler.',
  },
  'time-limit-exceeded': {
    meaning: 'The program ran longer than its wall or CPU time allows.',
    advice: 'Look for a loop that does not end, a wait for input that never comes, or a faster algorithm.',
  },
  'memory-limit-exceeded': {
    meaning: 'The program needed more memory than it is allowed.',
    advice: 'Keep less in memory at once, or submit with a higher memory limit if the operator allows one.',
  },
  'output-limit-exceeded': {
    meaning: 'The program printed more than it is allowed; what fits was kept.',
    advice: 'Print less.',
  },
  cancelled: { meaning: 'The submitter cancelled the job.', advice: '' },
  'internal-error': {
    meaning: 'The engine failed to run the program, after retries. It is not the fault of the program.',
    advice: 'Submit again; if it happens again, tell the operator the job id.',
  },
} as const satisfies Record<string, VerdictRow>;

export type Verdict = keyof typeof VERDICTS;
export const VERDICT_NAMES = Object.keys(VERDICTS) as [Verdict, ...Verdict[]];

/** queued → processing → completed | failed. */
export const STATUSES = ['queued', 'processing', 'completed', 'failed'] as const;
export type Status = (typeof STATUSES)[number];
export type FinalStatus = Extract<Status, 'completed' | 'failed'>;

/** `completed` means the verdict `ok`; `failed` means any other. */
export function statusOf(verdict: Verdict): FinalStatus {
  return verdict === 'ok' ? 'completed' : 'failed';
}

export function isFinal(status: Status): status is FinalStatus {
  return status === 'completed' || status === 'failed';
}
