import type { ExecutionResult, Job } from '@rce/core/job.ts';
import type { AnalysisReport } from '@rce/core/report.ts';

/** Which job, with its trace. */
type JobRef = Pick<Job, 'jobId' | 'traceparent'>;

/** What happens in the runner, for metrics and logs. Durations are in milliseconds. */
export type RunnerEvent =
  | { readonly type: 'job-claimed'; readonly job: Job; readonly queueWaitMs: number }
  | {
      readonly type: 'job-finished';
      readonly job: Job;
      readonly result: ExecutionResult;
      /** From claim to result, without the time it takes to store it. */
      readonly executionMs: number;
      readonly resultWriteMs: number;
      /** From submission to stored result. */
      readonly endToEndMs: number;
    }
  | { readonly type: 'job-retried'; readonly job: JobRef; readonly error: unknown }
  | { readonly type: 'lease-lost'; readonly job: JobRef }
  | { readonly type: 'redelivered'; readonly job: JobRef; readonly receiveCount: number }
  | {
      readonly type: 'analysis-finished';
      readonly job: JobRef;
      readonly report: AnalysisReport;
      readonly durationMs: number;
    }
  | { readonly type: 'analysis-failed'; readonly job: JobRef; readonly error: unknown }
  /** Every few seconds: how much is in use. */
  | {
      readonly type: 'sampled';
      readonly slots: number;
      readonly busy: number;
      readonly warm: { readonly waiting: number; readonly wanted: number };
    }
  | { readonly type: 'queue-failed'; readonly error: unknown }
  /** Removing a message, storing a late analysis or announcing the runner failed; nothing is lost by it. */
  | { readonly type: 'background-failed'; readonly error: unknown };

export type Emit = (event: RunnerEvent) => void;

/** Tells them all, in the next turn of the event loop: no job waits for metrics and logs. */
export function tellLater(listeners: readonly Emit[]): Emit {
  return (event) =>
    void setImmediate(() => {
      for (const listen of listeners) listen(event);
    });
}
