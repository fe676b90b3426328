import type { Clock } from '@rce/core/clock.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import type { OutputSoFar } from './output-so-far.ts';

/** Why the engine, not the program, ends a run. */
export type StopReason = 'cancelled' | 'lease-lost' | 'draining';

export interface HeartbeatOptions {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly jobId: string;
  readonly owner: string;
  readonly receipt: string;
  readonly output: OutputSoFar;
  /** Called once, when the run must end. */
  readonly stop: (reason: StopReason) => void;
}

/**
 * Keeps a claim alive while its job runs: renews the lease and hides the message, writes partial output
 * and brings back a request to cancel. Short jobs end before the first beat and cost no write.
 * Resolves when `done` aborts or the run must end.
 */
export async function heartbeat(options: HeartbeatOptions, done: AbortSignal): Promise<void> {
  const { store, queue, clock, jobId, owner, receipt, output, stop } = options;
  let leaseUntil = clock.now() + DELIVERY.leaseMs;
  let renewedAt = clock.now();
  let hiddenAt = clock.now();
  for (;;) {
    await clock.sleep(DELIVERY.partialOutputMs, done);
    if (done.aborted) return;
    const now = clock.now();
    const partial = output.take();
    if (!partial && now - renewedAt < DELIVERY.cancelPollMs) continue;
    try {
      const outcome = await store.renew(jobId, owner, now + DELIVERY.leaseMs, partial);
      if (outcome === 'renewed') {
        leaseUntil = now + DELIVERY.leaseMs;
        renewedAt = now;
      } else {
        return stop(outcome === 'lost' ? 'lease-lost' : 'cancelled');
      }
      if (now - hiddenAt >= DELIVERY.heartbeatMs) {
        await queue.extend(receipt, DELIVERY.visibilityMs);
        hiddenAt = now;
      }
    } catch {
      // The store or the queue does not answer. As long as the lease holds nobody else takes the job;
      // once it has lapsed somebody may, and then this run must not go on.
      if (clock.now() >= leaseUntil) return stop('lease-lost');
    }
  }
}
