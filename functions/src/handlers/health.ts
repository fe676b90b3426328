import { createQueueClient, createTableClient } from '@rce/aws/clients.ts';
import { createJobQueue } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type { JobStore, RunnerRegistry } from '@rce/core/ports/job-store.ts';
import { coldStart } from '../cold-start.ts';
import { check, type Health } from '../health.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { jsonResponse } from '../http/response.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';

export interface HealthDependencies {
  readonly store: Pick<JobStore, 'oldestQueued'>;
  readonly queue: Pick<JobQueue, 'depth'>;
  readonly deadLetters: Pick<JobQueue, 'depth'>;
  readonly runners: Pick<RunnerRegistry, 'alive'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** GET /api/health: 200, or 503 when jobs are not taken or not run. */
export function createHandler(deps: HealthDependencies): HttpHandler {
  const { store, queue, deadLetters, runners, clock, log } = deps;
  const onError = (error: unknown) => log('error', 'a part fails', { error });
  const ok = 'ok' as const;
  return endpoint(log, async () => {
    const now = clock.now();
    const [table, depth, alive, dead] = await Promise.all([
      check(clock, 'The table', async () => ({ status: ok, oldest: await store.oldestQueued() }), onError),
      check(clock, 'The queue', async () => ({ status: ok, ...(await queue.depth()) }), onError),
      check(clock, 'The table', () => runners.alive(now - DELIVERY.runnerTtlMs), onError),
      check(
        clock,
        'The dead-letter queue',
        async () => ({ status: ok, waiting: (await deadLetters.depth()).waiting }),
        onError,
      ),
    ]);
    const checks: Health['checks'] = {
      table: 'oldest' in table ? { status: ok } : table,
      queue:
        'oldest' in table && 'waiting' in depth
          ? { ...depth, oldestMs: table.oldest === undefined ? null : Math.max(0, now - table.oldest) }
          : depth,
      runners: 'status' in alive ? alive : describeRunners(alive),
      deadLetters: dead,
    };
    const failing = [checks.table, checks.queue, checks.runners].some(({ status }) => status === 'failing');
    const health: Health = { status: failing ? 'failing' : ok, checks };
    return jsonResponse(failing ? 503 : 200, health);
  });
}

function describeRunners(alive: Awaited<ReturnType<RunnerRegistry['alive']>>): Health['checks']['runners'] {
  const sum = (pick: (runner: (typeof alive)[number]) => number) =>
    alive.reduce((total, runner) => total + pick(runner), 0);
  return {
    status: alive.length > 0 ? 'ok' : 'failing',
    ...(alive.length > 0 ? {} : { error: 'No runner is alive: jobs are taken, but wait.' }),
    alive: alive.length,
    slots: sum(({ slots }) => slots),
    busy: sum(({ busy }) => busy),
    drivers: [...new Set(alive.map(({ driver }) => driver))],
  };
}

export const handler = coldStart('health', () => {
  const settings = readSettings(SETTINGS.health);
  const table = createTableClient();
  const queues = createQueueClient();
  return createHandler({
    store: new DynamoJobStore(table, settings.RCE_JOBS_TABLE),
    queue: createJobQueue(queues, settings.RCE_JOBS_QUEUE_URL),
    deadLetters: createJobQueue(queues, settings.RCE_DEAD_LETTER_QUEUE_URL),
    runners: createRunnerRegistry(table, settings.RCE_JOBS_TABLE),
    clock: systemClock,
    log: createLog('health', settings.RCE_LOG_LEVEL),
  });
});
