import type { Clock } from '@rce/core/clock.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import type { Metrics } from '@rce/observability/metrics.ts';

const EVERY_MS = 5_000;

export interface WatchedQueues {
  readonly queue: Pick<JobQueue, 'depth'>;
  readonly deadLetters: Pick<JobQueue, 'depth'>;
  readonly store: Pick<JobStore, 'oldestQueued'>;
}

/** Measures the queues every few seconds until `stop` aborts. Every runner does; the dashboard takes the highest. */
export async function watchQueues(
  { queue, deadLetters, store }: WatchedQueues,
  metrics: Metrics,
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      const [depth, dead, oldest] = await Promise.all([
        queue.depth(),
        deadLetters.depth(),
        store.oldestQueued(),
      ]);
      metrics.set('rce_queue_jobs', { state: 'waiting' }, depth.waiting);
      metrics.set('rce_queue_jobs', { state: 'in-flight' }, depth.inFlight);
      metrics.set('rce_dead_letter_jobs', {}, dead.waiting + dead.inFlight);
      const age = oldest === undefined ? 0 : Math.max(0, clock.now() - oldest) / 1_000;
      metrics.set('rce_queue_oldest_seconds', {}, age);
    } catch {
      metrics.count('rce_queue_errors_total', {});
    }
    await clock.sleep(EVERY_MS, stop);
  }
}
