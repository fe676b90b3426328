import { createTableClient } from '@rce/aws/clients.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { ApiError } from '@rce/core/errors.ts';
import { type Job, JobId, toView } from '@rce/core/job.ts';
import { WAIT } from '@rce/core/limits.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import { coldStart } from '../cold-start.ts';
import { createApiKeyCheck } from '../http/api-keys.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { readWait } from '../http/request.ts';
import { jsonResponse } from '../http/response.ts';
import { isSettled, jobTag } from '../job-state.ts';
import { JobWatch } from '../job-watch.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';

export interface StatusDependencies {
  readonly store: Pick<JobStore, 'get' | 'getMany'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly apiKeys: readonly string[];
}

/**
 * GET /api/status/{jobId}. With `?wait=` it answers when the job differs from what the caller knows: from the
 * ETag in If-None-Match, else from what it was when the request came.
 */
export function createHandler(deps: StatusDependencies): HttpHandler {
  const { store, clock } = deps;
  const checkKey = createApiKeyCheck(deps.apiKeys);
  const watch = new JobWatch(store, clock);
  return endpoint(deps.log, async (request, { signal, waitableMs }) => {
    checkKey(request);
    const waitMs = readWait(request.query, WAIT.maxSeconds) * 1000;
    const jobId = readJobId(request.path);
    const first = requireJob(await store.get(jobId), jobId);
    const known = request.header('if-none-match');
    const seen = known ?? jobTag(first);
    const job = await watch.wait(
      first,
      Math.min(waitMs, waitableMs()),
      (current) => jobTag(current) !== seen || isSettled(current, clock.now()),
      { signal },
    );
    const etag = jobTag(job);
    if (etag === known) return { ...jsonResponse(304, undefined, { etag }), body: '' };
    return jsonResponse(200, toView(job), { etag });
  });
}

/** Whatever is no UUID names no job. @throws ApiError job-not-found */
export function readJobId(path: Readonly<Record<string, string>>): string {
  const parsed = JobId.safeParse(path.jobId?.toLowerCase());
  if (parsed.success) return parsed.data;
  throw new ApiError('job-not-found', 'A job id is a UUID.', {
    errors: [{ path: 'jobId', message: 'must be a UUID' }],
  });
}

/** @throws ApiError job-not-found */
export function requireJob(job: Job | undefined, jobId: string): Job {
  if (job) return job;
  throw new ApiError('job-not-found', `The job ${jobId} is not known.`, {
    errors: [{ path: 'jobId', message: 'is not known' }],
  });
}

export const handler = coldStart('status', () => {
  const settings = readSettings(SETTINGS.status);
  return createHandler({
    store: new DynamoJobStore(createTableClient(), settings.RCE_JOBS_TABLE),
    clock: systemClock,
    log: createLog('status', settings.RCE_LOG_LEVEL),
    apiKeys: settings.RCE_API_KEYS,
  });
});
