import type { AnalyzedLanguage } from './languages.ts';

/**
 * Milliseconds of processor time that reading one program may take. Ordinary ones take a few; the first ones of a
 * language in a thread take more, while the engine has compiled nothing yet.
 */
export const DEFAULT_BUDGET = { cold: 450, warm: 150 } as const;
const COLD_RUNS = 3;
/** Where other work keeps the processor busy, the clock runs on: this many times the budget ends it too. */
export const WALL_FACTOR = 8;

const runs = new Map<AnalyzedLanguage, number>();

/** Milliseconds for the next program of a language that is read in this thread. */
export function nextBudget(language: AnalyzedLanguage): number {
  const run = (runs.get(language) ?? 0) + 1;
  runs.set(language, run);
  return run <= COLD_RUNS ? DEFAULT_BUDGET.cold : DEFAULT_BUDGET.warm;
}

/** Says that the engine has compiled by now what it needs for programs of this language. */
export function markWarm(language: AnalyzedLanguage): void {
  runs.set(language, COLD_RUNS);
}

/**
 * A function that says whether the time is up. Processor time is counted, not the clock's, so that a busy
 * machine does not make an ordinary program look like an attack on the reader.
 */
export function budget(limitMs: number): () => boolean {
  const started = performance.now();
  const used = spentMs();
  return () => {
    const elapsed = performance.now() - started;
    // No thread uses more processor time than the clock shows.
    return elapsed > limitMs && (elapsed > limitMs * WALL_FACTOR || spentMs() - used > limitMs);
  };
}

/** Milliseconds of processor time that this thread has used. */
export function spentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
