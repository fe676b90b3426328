import createClient from 'openapi-fetch';
import { readApiKey } from './api-key.ts';
import type { components, paths } from './schema.ts';

export type Job = components['schemas']['Job'];
export type TestResult = components['schemas']['TestResult'];
export type Language = components['schemas']['Language'];
export type Problem = components['schemas']['Problem'];
export type AnalysisReport = components['schemas']['AnalysisReport'];
export type Finding = components['schemas']['Finding'];
export type EngineStats = components['schemas']['EngineStats'];
export type SubmissionInput = components['schemas']['Submission'];
export type Verdict = NonNullable<Job['verdict']>;

/** `offline`: the browser has no network; `unreachable`: nothing that speaks our protocol answered. */
export type FailureCode = Problem['code'] | 'offline' | 'unreachable';

/** A request that did not bring what it asked for. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly code: FailureCode;
  /** Milliseconds that the server asks us to wait, or null. */
  readonly retryAfterMs: number | null;
  readonly problem: Problem | null;

  constructor(code: FailureCode, problem: Problem | null, retryAfterMs: number | null) {
    super(problem?.detail ?? code);
    this.code = code;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed a little later. */
  get isTemporary(): boolean {
    return TEMPORARY.has(this.code);
  }
}

const TEMPORARY: ReadonlySet<FailureCode> = new Set([
  'offline',
  'unreachable',
  'unavailable',
  'timeout',
  'internal',
  'rate-limited',
  'queue-full',
]);

const client = createClient<paths>({ baseUrl: '' });
client.use({
  onRequest({ request }) {
    const key = readApiKey();
    if (key !== '') request.headers.set('X-Api-Key', key);
    return request;
  },
});

/** A job, and the tag of its state, with which a long poll knows what we have. */
export interface JobState {
  readonly job: Job;
  readonly etag: string | null;
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

const NOT_MODIFIED = 304;

async function take<Data>(request: Promise<Answer<Data>>, signal?: AbortSignal): Promise<Data> {
  return (await exchange(request, signal)).data;
}

/** What an answer brought. @throws RequestFailure for everything else but an abort. */
async function exchange<Data>(
  request: Promise<Answer<Data>>,
  signal?: AbortSignal,
): Promise<{ data: Data; status: number; etag: string | null }> {
  let answer: Answer<Data>;
  try {
    answer = await request;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestFailure(navigator.onLine ? 'unreachable' : 'offline', null, null);
  }
  const { response } = answer;
  const etag = response.headers.get('etag');
  if (answer.data !== undefined || response.status === NOT_MODIFIED) {
    return { data: answer.data as Data, status: response.status, etag };
  }
  const problem = asProblem(answer.error);
  throw new RequestFailure(problem?.code ?? 'unreachable', problem, retryAfterMs(response));
}

/** A proxy in between may answer with a page of its own: then there is no problem document. */
function asProblem(error: unknown): Problem | null {
  if (typeof error !== 'object' || error === null) return null;
  return 'code' in error && 'detail' in error && typeof error.code === 'string' ? (error as Problem) : null;
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : null;
}

export async function fetchLanguages(signal: AbortSignal): Promise<Language[]> {
  const { languages } = await take(client.GET('/api/languages', { signal }), signal);
  return languages;
}

/** @param key makes it safe to send the same submission again after a lost answer. */
export async function submit(submission: SubmissionInput, key: string): Promise<JobState> {
  const { data, etag } = await exchange(
    client.POST('/api/submit', { body: submission, params: { header: { 'Idempotency-Key': key } } }),
  );
  return { job: data, etag };
}

export function fetchJob(jobId: string, signal: AbortSignal): Promise<Job> {
  return take(client.GET('/api/status/{jobId}', { params: { path: { jobId } }, signal }), signal);
}

/**
 * Waits for the job to become other than `etag` says.
 * @returns null when it has not changed in that time.
 */
export async function waitForChange(
  jobId: string,
  etag: string | null,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<JobState | null> {
  const answer = await exchange(
    client.GET('/api/status/{jobId}', {
      params: { path: { jobId }, query: { wait: waitSeconds } },
      headers: etag === null ? {} : { 'If-None-Match': etag },
      // Else the browser answers a 304 itself, out of its cache.
      cache: 'no-store',
      signal,
    }),
    signal,
  );
  return answer.status === NOT_MODIFIED ? null : { job: answer.data, etag: answer.etag };
}

export async function cancel(jobId: string): Promise<void> {
  try {
    await take(client.POST('/api/cancel/{jobId}', { params: { path: { jobId } } }));
  } catch (error) {
    // It ended before we could stop it: what the submitter wanted.
    if (error instanceof RequestFailure && error.code === 'job-finished') return;
    throw error;
  }
}

export function fetchStats(signal: AbortSignal): Promise<EngineStats> {
  return take(client.GET('/api/stats', { signal }), signal);
}

export async function analyze(language: string, code: string, signal: AbortSignal): Promise<AnalysisReport> {
  const report = await take(client.POST('/analysis/analyze', { body: { language, code }, signal }), signal);
  // The other form, SARIF, is sent to those alone who ask for it.
  return report as AnalysisReport;
}
