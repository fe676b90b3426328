import { ANALYSIS_STATES, type ExecutionResult, type Job } from '@rce/core/job.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import type { NewJob } from '@rce/core/ports/job-store.ts';
import type { Submission } from '@rce/core/submission.ts';
import { STATUSES } from '@rce/core/verdict.ts';
import { z } from 'zod';
import { itemKey, timeToLive } from './jobs-table.ts';
import { packReport, unpackReport } from './stored-report.ts';

const Bytes = z.instanceof(Uint8Array<ArrayBufferLike>);

/** Parts that were checked when they came in, and that only this module writes. */
function trusted<Part>() {
  return z.custom<Part>((value) => typeof value === 'object' && value !== null);
}

const StoredAnalysis = z.object({ state: z.enum(ANALYSIS_STATES), report: Bytes.exactOptional() });

/** A job's item in the table. */
const JobItem = z.object({
  pk: z.string(),
  status: z.enum(STATUSES),
  submission: trusted<Submission>(),
  limits: trusted<RunLimits>(),
  createdAt: z.number(),
  /** In seconds: DynamoDB's TTL reads it. */
  expiresAt: z.number(),
  attempts: z.number(),
  startedAt: z.number().exactOptional(),
  finishedAt: z.number().exactOptional(),
  cancelRequested: z.boolean().exactOptional(),
  leaseOwner: z.string().exactOptional(),
  leaseUntil: z.number().exactOptional(),
  partial: z.object({ stdout: Bytes, stderr: Bytes }).exactOptional(),
  result: trusted<ExecutionResult>().exactOptional(),
  reason: z.string().exactOptional(),
  analysis: StoredAnalysis,
  traceparent: z.string().exactOptional(),
});

/** The item of a job that has just been submitted. */
export function newJobItem(job: NewJob): Record<string, unknown> {
  const { jobId, createdAt, expiresAt, analysis, ...rest } = job;
  return {
    ...rest,
    pk: itemKey.job(jobId),
    status: 'queued',
    state: 'queued',
    at: createdAt,
    createdAt,
    expiresAt: timeToLive(expiresAt),
    attempts: 0,
    analysis: storedAnalysis(analysis),
  };
}

export function storedAnalysis(analysis: Job['analysis']): z.infer<typeof StoredAnalysis> {
  const { state, report } = analysis;
  return { state, ...(report === undefined ? {} : { report: packReport(report) }) };
}

/** @throws ZodError when the item is not a job's. */
export function readJobItem(item: unknown): Job {
  const { pk, expiresAt, leaseOwner, leaseUntil, analysis, ...rest } = JobItem.parse(item);
  return {
    ...rest,
    jobId: pk.slice(itemKey.job('').length),
    expiresAt: expiresAt * 1000,
    analysis: {
      state: analysis.state,
      ...(analysis.report === undefined ? {} : { report: unpackReport(analysis.report) }),
    },
    ...(leaseOwner === undefined || leaseUntil === undefined
      ? {}
      : { lease: { owner: leaseOwner, until: leaseUntil } }),
  };
}
