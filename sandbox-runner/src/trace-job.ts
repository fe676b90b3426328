import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Job } from '@rce/core/job.ts';
import type { Attributes, SpanOptions, Tracing } from '@rce/observability/tracing.ts';
import type { Execution } from './execute.ts';

/**
 * The span of a job in the runner, from the delivery of its message on, below that of its submission. `run` gets
 * the job with the context of this span, so that whatever is done for the job shows as a part of it.
 */
export function traceJob(
  tracing: Tracing,
  job: Job,
  receivedAt: number,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const attributes = {
    'rce.job.id': job.jobId,
    'rce.language': job.submission.language,
    'rce.attempt': job.attempts,
  };
  const claimedAt = Date.now();
  const past = (name: string, parent: string | undefined, startedAt: number, endedAt: number) =>
    traceLater(tracing, name, { parent, startedAt, endedAt }, Promise.resolve());
  past('queue', job.traceparent, job.createdAt, receivedAt);
  return tracing.span(
    'job',
    { parent: job.traceparent, kind: 'consumer', startedAt: receivedAt, attributes },
    (traceparent) => {
      past('claim', traceparent, receivedAt, claimedAt);
      return run(traceparent === undefined ? job : { ...job, traceparent });
    },
  );
}

/**
 * The span of work that has begun. It is put down in the next turn of the event loop, so that the work does not wait
 * for it. Returns the work.
 */
export function traceLater<Result>(
  tracing: Tracing,
  name: string,
  options: SpanOptions<Result>,
  work: Promise<Result>,
): Promise<Result> {
  const startedAt = Date.now();
  void nextTurn()
    .then(() => tracing.span(name, { startedAt, ...options }, () => work))
    // Whoever waits for the work hears of its failure.
    .catch(() => {});
  return work;
}

export function describeExecution({ result }: Execution): Attributes {
  return {
    'rce.verdict': result.verdict,
    ...(result.sandbox ? { 'rce.driver': result.sandbox.driver } : {}),
  };
}
