import middy from '@middy/core';
import { createQueueClient, createTableClient } from '@rce/aws/clients.ts';
import { createJobQueue } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { ADMISSION, DELIVERY } from '@rce/core/limits.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type { JobStore, StuckJob } from '@rce/core/ports/job-store.ts';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { coldStart } from '../cold-start.ts';
import { createLog, type Log } from '../log.ts';
import type { Reconciled } from '../reconciled.ts';
import { readSettings, SETTINGS } from '../settings.ts';

export interface ReconcileDependencies {
  readonly store: Pick<JobStore, 'findStuck' | 'fail'>;
  readonly queue: Pick<JobQueue, 'send' | 'depth'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A schedule's event has neither field. `queuedGraceMs` 0 is for a queue that has lost its messages: every
 * queued job gets a new one.
 */
const ReconcileEvent = z.object({ queuedGraceMs: z.int().min(0).optional() });

/** Calls to the queue at one time. */
const CONCURRENCY = 20;
/** While messages wait, jobs that are queued longer than this have lost theirs rather than wait behind others. */
const BACKLOG_GRACE_MS = 2 * ADMISSION.backlogMs;

/**
 * Finds jobs that nobody works on: queued ones that seem to have no message (the sender died between table
 * and queue), and processing ones whose lease has lapsed. A message too many does no harm: who takes it finds
 * the job claimed or finished, and drops it.
 */
export function createHandler(
  deps: ReconcileDependencies,
): (event: unknown, context: Context) => Promise<Reconciled> {
  return middy<unknown, Reconciled>().handler((event) => reconcile(deps, ReconcileEvent.parse(event))) as (
    event: unknown,
    context: Context,
  ) => Promise<Reconciled>;
}

async function reconcile(
  deps: ReconcileDependencies,
  { queuedGraceMs }: z.infer<typeof ReconcileEvent>,
): Promise<Reconciled> {
  const { store, queue, clock, log } = deps;
  const now = clock.now();
  const grace = queuedGraceMs ?? (await queuedGrace(queue));
  const stuck = await store.findStuck(now - grace, now, ADMISSION.queueJobs);
  let requeued = 0;
  let failed = 0;
  await eachOf(stuck, CONCURRENCY, async (job) => {
    try {
      if (await settle(deps, job, now)) failed++;
      else requeued++;
    } catch (error) {
      // The next run finds it again.
      log('error', 'stuck job not dealt with', { jobId: job.jobId, error });
    }
  });
  if (stuck.length > 0) log('warn', 'found stuck jobs', { requeued, failed });
  return { requeued, failed };
}

async function queuedGrace(queue: Pick<JobQueue, 'depth'>): Promise<number> {
  const { waiting } = await queue.depth();
  return waiting === 0 ? DELIVERY.queuedGraceMs : BACKLOG_GRACE_MS;
}

/** @returns whether the job has ended; otherwise it has a new message. */
async function settle(
  { store, queue, log }: ReconcileDependencies,
  job: StuckJob,
  now: number,
): Promise<boolean> {
  const { jobId, attempts } = job;
  if (attempts >= DELIVERY.maxAttempts) {
    const reason = `It was started ${attempts} times, and each time its runner was lost.`;
    const ended = await store.fail(jobId, reason, now);
    if (ended) log('error', 'job ended as internal-error', { jobId, verdict: 'internal-error', reason });
    return ended;
  }
  await queue.send(jobId);
  return false;
}

async function eachOf<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

export const handler = coldStart('reconcile', () => {
  const settings = readSettings(SETTINGS.reconcile);
  return createHandler({
    store: new DynamoJobStore(createTableClient(), settings.RCE_JOBS_TABLE),
    queue: createJobQueue(createQueueClient(), settings.RCE_JOBS_QUEUE_URL),
    clock: systemClock,
    log: createLog('reconcile', settings.RCE_LOG_LEVEL),
  });
});
