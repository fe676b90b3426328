import { createQueueClient, createTableClient } from '@rce/aws/clients.ts';
import { createJobQueue } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type { JobStore, RunnerRegistry } from '@rce/core/ports/job-store.ts';
import { type EngineStats, STATS } from '@rce/core/stats.ts';
import { coldStart } from '../cold-start.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { jsonResponse } from '../http/response.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';

export interface StatsDependencies {
  readonly store: Pick<JobStore, 'oldestQueued'>;
  readonly queue: Pick<JobQueue, 'depth'>;
  readonly runners: Pick<RunnerRegistry, 'alive'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** GET /api/stats: the last minutes, as queue and runners tell them. */
export function createHandler({ store, queue, runners, clock, log }: StatsDependencies): HttpHandler {
  return endpoint(log, async () => {
    const now = clock.now();
    const [depth, oldest, alive] = await Promise.all([
      queue.depth(),
      store.oldestQueued(),
      runners.alive(now - DELIVERY.runnerTtlMs),
    ]);
    const stats: EngineStats = {
      now,
      sampleSeconds: STATS.sampleMs / 1000,
      queue: { ...depth, oldestSeconds: oldest === undefined ? 0 : Math.max(0, now - oldest) / 1000 },
      runners: alive.map(({ runnerId, driver, slots, busy, samples }) => ({
        runnerId,
        driver,
        slots,
        busy,
        samples: [...samples],
      })),
    };
    return jsonResponse(200, stats);
  });
}

export const handler = coldStart('stats', () => {
  const settings = readSettings(SETTINGS.stats);
  const table = createTableClient();
  return createHandler({
    store: new DynamoJobStore(table, settings.RCE_JOBS_TABLE),
    queue: createJobQueue(createQueueClient(), settings.RCE_JOBS_QUEUE_URL),
    runners: createRunnerRegistry(table, settings.RCE_JOBS_TABLE),
    clock: systemClock,
    log: createLog('stats', settings.RCE_LOG_LEVEL),
  });
});
