import type { Job } from '@rce/core/job.ts';
import { isFinal } from '@rce/core/verdict.ts';

/** How long a finished job is waited on for the report of its analysis, in milliseconds. */
const REPORT_GRACE_MS = 2_000;

/** Nothing of the job will change any more, as far as anyone should wait for it. */
export function isSettled(job: Job, now: number): boolean {
  if (!isFinal(job.status)) return false;
  // Should its runner die in between, the report never comes.
  return job.analysis.state !== 'pending' || now - (job.finishedAt ?? 0) > REPORT_GRACE_MS;
}

/** An entity tag that differs between any two states of a job that a caller could tell apart. */
export function jobTag(job: Job): string {
  const output = job.result ?? job.partial;
  const parts = [
    job.status,
    job.attempts,
    output === undefined ? '' : `${output.stdout.length}.${output.stderr.length}`,
    job.analysis.state,
    job.cancelRequested ? 'cancel' : '',
  ];
  return `"${parts.join('-')}"`;
}
