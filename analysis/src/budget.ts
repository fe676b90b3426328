/**
 * Milliseconds of processor time that reading one program may take. Ordinary ones take a few; the first ones
 * in a process take more, while the engine has compiled nothing yet.
 */
export const DEFAULT_BUDGET = { cold: 700, warm: 160 } as const;
const COLD_RUNS = 8;
/** Where other work keeps the processor busy, the clock runs on: this many times the budget ends it too. */
const WALL_FACTOR = 8;

let runs = 0;

/**
 * A function that says whether the time is up. Processor time is counted, not the clock's, so that a busy
 * machine does not make an ordinary program look like an attack on the reader.
 */
export function budget(milliseconds?: number): () => boolean {
  runs += 1;
  const limit = milliseconds ?? (runs <= COLD_RUNS ? DEFAULT_BUDGET.cold : DEFAULT_BUDGET.warm);
  const started = performance.now();
  const used = spent();
  return () => {
    const elapsed = performance.now() - started;
    // No thread uses more processor time than the clock shows.
    return elapsed > limit && (elapsed > limit * WALL_FACTOR || spent() - used > limit);
  };
}

/** Milliseconds of processor time of this thread. */
function spent(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
