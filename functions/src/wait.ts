import type { Clock } from '@rce/core/clock.ts';
import { WAIT } from '@rce/core/limits.ts';

/**
 * Polls until a value is as wanted, or the time is over. The pause grows with the time that has passed, so
 * that a wait adds little to short jobs and long waits ask seldom.
 * @returns the last value read.
 */
export async function waitUntil<Value>(
  clock: Clock,
  waitMs: number,
  first: Value,
  read: () => Promise<Value>,
  wanted: (value: Value) => boolean,
  signal?: AbortSignal,
): Promise<Value> {
  const start = clock.now();
  let value = first;
  for (;;) {
    const elapsed = clock.now() - start;
    if (wanted(value) || elapsed >= waitMs || signal?.aborted) return value;
    const pause = Math.min(WAIT.pollMaxMs, Math.max(WAIT.pollMinMs, elapsed / 8), waitMs - elapsed);
    await clock.sleep(pause, signal);
    value = await read();
  }
}
