import { setTimeout as sleep } from 'node:timers/promises';
import { JobView } from '@rce/core/job.ts';
import type { SubmissionInput } from '@rce/core/submission.ts';

/** Long enough for any job of these tests, in milliseconds. */
const FINISH_MS = 150_000;
const POLL_MS = 50;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.status, headers: response.headers, body: parsed };
}

/** @throws Error when it is not accepted. */
export async function submit(
  url: string,
  submission: SubmissionInput,
  headers?: Record<string, string>,
): Promise<JobView> {
  const { status, body } = await call(url, 'POST', '/api/submit', submission, headers);
  if (status !== 200 && status !== 202) throw new Error(`submit: ${status} ${JSON.stringify(body)}`);
  return JobView.parse(body);
}

export async function status(url: string, jobId: string, waitSeconds = 0): Promise<JobView> {
  const { status: code, body } = await call(url, 'GET', `/api/status/${jobId}?wait=${waitSeconds}`);
  if (code !== 200) throw new Error(`status: ${code} ${JSON.stringify(body)}`);
  return JobView.parse(body);
}

/** Waits until a job is as wanted; a server that is away meanwhile is asked again. */
export async function until(url: string, jobId: string, wanted: (job: JobView) => boolean): Promise<JobView> {
  let last: unknown;
  for (const deadline = Date.now() + FINISH_MS; Date.now() < deadline; ) {
    try {
      // Not `?wait=`: that answers at a change, which may come before the first look.
      const job = await status(url, jobId);
      if (wanted(job)) return job;
      last = JSON.stringify(job);
    } catch (error) {
      last = error;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`The job ${jobId} did not become as wanted: ${last}`);
}

export const finish = (url: string, jobId: string) => until(url, jobId, (job) => job.verdict !== null);

/** Submits and waits for the end. */
export async function runJob(url: string, submission: SubmissionInput): Promise<JobView> {
  const job = await submit(url, submission);
  return job.verdict === null ? finish(url, job.jobId) : job;
}
