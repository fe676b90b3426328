import type { Job } from '@rce/core/job.ts';
import type { Attributes, Tracing } from '@rce/observability/tracing.ts';
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
  const over = async () => {};
  void tracing.span('queue', { parent: job.traceparent, startedAt: job.createdAt }, over);
  return tracing.span(
    'job',
    { parent: job.traceparent, kind: 'consumer', startedAt: receivedAt, attributes },
    (traceparent) => {
      void tracing.span('claim', { parent: traceparent, startedAt: receivedAt }, over);
      return run(traceparent === undefined ? job : { ...job, traceparent });
    },
  );
}

export function describeExecution({ result }: Execution): Attributes {
  return {
    'rce.verdict': result.verdict,
    ...(result.sandbox ? { 'rce.driver': result.sandbox.driver } : {}),
  };
}
