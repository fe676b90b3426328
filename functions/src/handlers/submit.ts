import { createHash, randomUUID } from 'node:crypto';
import { createQueueClient, createTableClient } from '@rce/aws/clients.ts';
import { createIdempotencyStore } from '@rce/aws/idempotency-store.ts';
import { createJobQueue } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { createRateStore } from '@rce/aws/rate-store.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { ApiError } from '@rce/core/errors.ts';
import { type Job, toView } from '@rce/core/job.ts';
import { maxLimits } from '@rce/core/limit-settings.ts';
import { DELIVERY, type RunLimits, resolveLimits, WAIT } from '@rce/core/limits.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type {
  IdempotencyStore,
  JobStore,
  NewJob,
  RateStore,
  RunnerRegistry,
} from '@rce/core/ports/job-store.ts';
import { isFieldError, sourcesOf } from '@rce/core/program.ts';
import { type Submission, submissionSchema } from '@rce/core/submission.ts';
import { isFinal } from '@rce/core/verdict.ts';
import type { Tracing } from '@rce/observability/tracing.ts';
import { Admission } from '../admission.ts';
import { callerOf } from '../caller.ts';
import { coldStart } from '../cold-start.ts';
import { createApiKeyCheck } from '../http/api-keys.ts';
import { readBody } from '../http/body.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { type HttpRequest, readWait } from '../http/request.ts';
import { jsonResponse } from '../http/response.ts';
import { isSettled, jobTag } from '../job-state.ts';
import { JobWatch } from '../job-watch.ts';
import { knownLanguage } from '../known-language.ts';
import { createLog, type Log } from '../log.ts';
import { countSubmission } from '../rate-limit.ts';
import { readSettings, SETTINGS } from '../settings.ts';
import { traces } from '../traces.ts';

export interface SubmitDependencies {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly idempotency: IdempotencyStore;
  readonly rate: RateStore;
  readonly runners: Pick<RunnerRegistry, 'alive'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly max: RunLimits;
  readonly apiKeys: readonly string[];
  /** Submissions a minute and caller; 0 is no limit. */
  readonly perMinute: number;
  readonly trustedProxies: number;
  readonly tracing: Tracing;
}

/**
 * POST /api/submit. A job is stored before it is queued: a crash in between leaves a queued job without a
 * message, which `reconcile` finds. A message without a job would be lost work that nobody can ask about.
 */
export function createHandler(deps: SubmitDependencies): HttpHandler {
  const { store, queue, clock } = deps;
  const schema = submissionSchema(deps.max);
  const checkKey = createApiKeyCheck(deps.apiKeys);
  const admission = new Admission(store, queue, deps.runners, clock);

  const watch = new JobWatch(store, clock);

  return endpoint(
    deps.log,
    async (request, { signal, waitableMs }) => {
      const since = clock.now();
      const keyHolder = checkKey(request);
      const waitMs = readWait(request.query, WAIT.maxSeconds) * 1000;
      const idempotencyKey = readIdempotencyKey(request);
      const submission = readBody(request, schema);
      const language = knownLanguage(submission.language);
      const sources = sourcesOf(submission, language);
      if (isFieldError(sources))
        throw new ApiError('invalid-input', 'The body has a mistake.', { errors: [sources] });

      const caller = callerOf(request, keyHolder, deps.trustedProxies);
      const headers = await countSubmission(deps.rate, deps.perMinute, caller, clock.now());
      await admission.check(language);

      const job = newJob(deps, { ...submission, language: language.id }, language.analysis, request);
      const owned = idempotencyKey === undefined ? undefined : `${keyHolder ?? ''}/${idempotencyKey}`;
      const accepted = await acceptOnce(deps, job, owned);
      const replayed = accepted.jobId !== job.jobId;
      // A repeated request may come because the message could not be sent the first time.
      if (accepted.status === 'queued') await sendOrTell(queue, accepted);

      const answer = await watch.wait(
        accepted,
        // Storing and queueing took part of the time; a late answer would be none at all.
        Math.min(waitMs - (clock.now() - since), waitableMs()),
        (current) => isSettled(current, clock.now()),
        { signal, endOnly: true },
      );
      return jsonResponse(isFinal(answer.status) ? 200 : 202, toView(answer), {
        ...headers,
        ...(replayed ? { 'idempotency-replayed': 'true' } : {}),
        location: `/api/status/${answer.jobId}`,
        etag: jobTag(answer),
      });
    },
    { name: 'POST /api/submit', tracing: deps.tracing },
  );
}

function readIdempotencyKey(request: HttpRequest): string | undefined {
  const key = request.header('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new ApiError('invalid-input', 'A header is not right.', {
    errors: [
      { path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters without spaces' },
    ],
  });
}

function newJob(
  deps: SubmitDependencies,
  submission: Submission,
  analysed: boolean,
  request: HttpRequest,
): NewJob {
  const createdAt = deps.clock.now();
  const { traceparent } = request;
  return {
    jobId: randomUUID(),
    submission,
    limits: resolveLimits(submission.limits, deps.max),
    createdAt,
    // Stores expire jobs by whole seconds.
    expiresAt: Math.ceil((createdAt + DELIVERY.retentionMs) / 1000) * 1000,
    analysis: { state: analysed ? 'pending' : 'unsupported' },
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/**
 * Stores the job; with an idempotency key, once per key. The key is bound to the job's id before the job
 * exists: whoever repeats the request after a crash in between completes it under the same id.
 */
async function acceptOnce(deps: SubmitDependencies, job: NewJob, key: string | undefined): Promise<Job> {
  const { store, idempotency } = deps;
  const queued: Job = { ...job, status: 'queued', attempts: 0 };
  if (key === undefined) {
    // A random id exists already only when the client's own retry finds its first write.
    await store.create(job);
    return queued;
  }
  const bound = await idempotency.bind(sha256(key), job.jobId, fingerprintOf(job.submission), job.expiresAt);
  if (bound.fingerprint !== fingerprintOf(job.submission)) {
    throw new ApiError('idempotency-key-reused', 'The key came with another submission before.');
  }
  const { jobId } = bound;
  if (await store.create({ ...job, jobId })) return { ...queued, jobId };
  return (await store.get(jobId)) ?? { ...queued, jobId };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Tells whether two submissions are the same, defaults filled in. */
function fingerprintOf(submission: Submission): string {
  return sha256(JSON.stringify(submission));
}

/** The job is stored: whatever becomes of the message, `reconcile` will see to it. The caller is told so. */
async function sendOrTell(queue: JobQueue, job: Job): Promise<void> {
  try {
    await queue.send(job.jobId, job.traceparent);
  } catch (cause) {
    const minutes = Math.ceil((DELIVERY.queuedGraceMs + DELIVERY.reconcileEveryMs) / 60_000);
    throw new ApiError(
      'unavailable',
      `The job is stored as ${job.jobId}, but could not be queued. It will run within about ${minutes} minutes; ` +
        'to run it sooner, repeat the request with the same Idempotency-Key. Without one, a repeated request ' +
        `is a second job: read GET /api/status/${job.jobId} instead.`,
      { cause, headers: { 'retry-after': '5', location: `/api/status/${job.jobId}` } },
    );
  }
}

export const handler = coldStart('submit', () => {
  const settings = readSettings(SETTINGS.submit);
  const table = createTableClient();
  const tableName = settings.RCE_JOBS_TABLE;
  const log = createLog('submit', settings.RCE_LOG_LEVEL);
  return createHandler({
    store: new DynamoJobStore(table, tableName),
    queue: createJobQueue(createQueueClient(), settings.RCE_JOBS_QUEUE_URL),
    idempotency: createIdempotencyStore(table, tableName),
    rate: createRateStore(table, tableName),
    runners: createRunnerRegistry(table, tableName),
    clock: systemClock,
    log,
    max: maxLimits(settings),
    apiKeys: settings.RCE_API_KEYS,
    perMinute: settings.RCE_RATE_LIMIT,
    trustedProxies: settings.RCE_TRUSTED_PROXIES,
    tracing: traces('submit', settings, log),
  });
});
