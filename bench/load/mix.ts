import type { SubmissionInput } from '@rce/core/submission.ts';
import type { Verdict } from '@rce/core/verdict.ts';

interface Kind {
  readonly submission: SubmissionInput;
  /** What must come out. */
  readonly verdict: Verdict;
  readonly what: string;
}

/** Programs that a mix is made of. */
export const KINDS = {
  python: {
    submission: { language: 'python', code: 'print(sum(range(1, 101)))' },
    verdict: 'ok',
    what: 'a Python print',
  },
  javascript: {
    submission: { language: 'javascript', code: 'console.log([1, 2, 3].map((n) => n * n).join())' },
    verdict: 'ok',
    what: 'a JavaScript print',
  },
  compute: {
    submission: { language: 'python', code: 'print(sum(i * i for i in range(400_000)))' },
    verdict: 'ok',
    what: 'some 50 ms of processor time',
  },
  error: {
    submission: { language: 'python', code: 'raise ValueError("on purpose")' },
    verdict: 'runtime-error',
    what: 'an exception',
  },
  output: {
    submission: { language: 'python', code: 'while True: print("y" * 1000)' },
    verdict: 'output-limit-exceeded',
    what: 'a flood of output',
  },
  loop: {
    submission: { language: 'python', code: 'while True: pass', limits: { wallTimeMs: 1_000 } },
    verdict: 'time-limit-exceeded',
    what: 'an endless loop, stopped after 1 s',
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

export const DEFAULT_MIX = 'python=60,javascript=30,compute=5,error=4,output=1';

/** `python=60,loop=1` → shares by kind. @throws Error that says what is wrong. */
export function parseMix(text: string): ReadonlyMap<KindName, number> {
  const shares = new Map<KindName, number>();
  for (const part of text.split(',')) {
    const [name = '', share = '1'] = part.split('=');
    if (!(name in KINDS))
      throw new Error(`${JSON.stringify(name)} is not one of ${Object.keys(KINDS).join(', ')}.`);
    const number = Number(share);
    if (!(number > 0))
      throw new Error(`The share of ${name} must be a number above 0, not ${JSON.stringify(share)}.`);
    shares.set(name as KindName, number);
  }
  return shares;
}

/** Draws a kind by its share. `random` is in [0, 1). */
export function draw(mix: ReadonlyMap<KindName, number>, random: number): KindName {
  let left = random * [...mix.values()].reduce((sum, share) => sum + share, 0);
  for (const [name, share] of mix) {
    left -= share;
    if (left < 0) return name;
  }
  return [...mix.keys()].at(-1) ?? 'python';
}
