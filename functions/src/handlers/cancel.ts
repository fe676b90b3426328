import { createTableClient } from '@rce/aws/clients.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { ApiError } from '@rce/core/errors.ts';
import { toView } from '@rce/core/job.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import { isFinal } from '@rce/core/verdict.ts';
import { coldStart } from '../cold-start.ts';
import { createApiKeyCheck } from '../http/api-keys.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { jsonResponse } from '../http/response.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';
import { readJobId, requireJob } from './status.ts';

export interface CancelDependencies {
  readonly store: Pick<JobStore, 'get' | 'requestCancel'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly apiKeys: readonly string[];
}

/** POST /api/cancel/{jobId}. 200: it has ended. 202: it is running, and its runner has been asked to end it. */
export function createHandler(deps: CancelDependencies): HttpHandler {
  const { store, clock } = deps;
  const checkKey = createApiKeyCheck(deps.apiKeys);
  return endpoint(deps.log, async (request) => {
    checkKey(request);
    const jobId = readJobId(request.path);
    const outcome = await store.requestCancel(jobId, clock.now());
    const job = requireJob(outcome === 'missing' ? undefined : await store.get(jobId), jobId);
    // Cancelled before, by this caller's first try perhaps: what is asked for is so.
    if (outcome === 'finished' && job.result?.verdict !== 'cancelled') {
      throw new ApiError(
        'job-finished',
        `The job ended with the verdict ${job.result?.verdict ?? 'unknown'}.`,
      );
    }
    return jsonResponse(isFinal(job.status) ? 200 : 202, toView(job));
  });
}

export const handler = coldStart('cancel', () => {
  const settings = readSettings(SETTINGS.cancel);
  return createHandler({
    store: new DynamoJobStore(createTableClient(), settings.RCE_JOBS_TABLE),
    clock: systemClock,
    log: createLog('cancel', settings.RCE_LOG_LEVEL),
    apiKeys: settings.RCE_API_KEYS,
  });
});
