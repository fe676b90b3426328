import middy from '@middy/core';
import { createTableClient } from '@rce/aws/clients.ts';
import { parseMessageBody } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import { traceFields } from '@rce/core/trace-context.ts';
import { isFinal } from '@rce/core/verdict.ts';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { coldStart } from '../cold-start.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';

export interface DeadLetterDependencies {
  readonly store: Pick<JobStore, 'fail' | 'get'>;
  readonly clock: Clock;
  readonly log: Log;
}

const SqsEvent = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** Messages that stay in the queue, to be delivered again. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Ends the jobs whose message was received too often without being removed: each is an error of ours. */
export function createHandler(
  deps: DeadLetterDependencies,
): (event: unknown, context: Context) => Promise<BatchResponse> {
  return middy<unknown, BatchResponse>().handler(async (event) => {
    const { Records } = SqsEvent.parse(event);
    const settled = await Promise.allSettled(Records.map(({ body }) => endJob(deps, body)));
    const batchItemFailures = Records.flatMap(({ messageId }, index) => {
      const outcome = settled[index];
      if (outcome?.status !== 'rejected') return [];
      deps.log('error', 'dead letter not dealt with', { messageId, error: outcome.reason });
      return [{ itemIdentifier: messageId }];
    });
    return { batchItemFailures };
  }) as (event: unknown, context: Context) => Promise<BatchResponse>;
}

async function endJob({ store, clock, log }: DeadLetterDependencies, body: string): Promise<void> {
  const message = parseMessageBody(body);
  if (!message) {
    log('error', 'dropped a message that is not a job', { bytes: body.length });
    return;
  }
  const { jobId } = message;
  const reason = `Its message was delivered ${DELIVERY.maxReceiveCount} times, and no runner finished the job.`;
  if (await store.fail(jobId, reason, clock.now())) {
    const fields = { jobId, ...traceFields(message.traceparent), verdict: 'internal-error', reason };
    log('error', 'job ended as internal-error', fields);
    return;
  }
  const job = await store.get(jobId);
  // Somebody runs it at this moment. Kept, the message comes again after that.
  if (job && !isFinal(job.status)) throw new Error(`The job ${jobId} is leased.`);
}

export const handler = coldStart('dead-letter', () => {
  const settings = readSettings(SETTINGS['dead-letter']);
  return createHandler({
    store: new DynamoJobStore(createTableClient(), settings.RCE_JOBS_TABLE),
    clock: systemClock,
    log: createLog('dead-letter', settings.RCE_LOG_LEVEL),
  });
});
