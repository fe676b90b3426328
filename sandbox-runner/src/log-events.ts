import type { Job } from '@rce/core/job.ts';
import { traceFields } from '@rce/core/trace-context.ts';
import type { Logger } from '@rce/observability/log.ts';
import type { Emit } from './events.ts';

/** One line per event, with the ids of job and trace, and never with what the submitter sent or the program printed. */
export function logEvents(log: Logger): Emit {
  return (event) => {
    switch (event.type) {
      case 'job-claimed': {
        const { attempts } = event.job;
        return log.debug(
          { ...ids(event.job), attempts, queueWaitMs: Math.round(event.queueWaitMs) },
          'job claimed',
        );
      }
      case 'job-finished': {
        const { job, result } = event;
        const fields = {
          ...ids(job),
          language: job.submission.language,
          verdict: result.verdict,
          wallTimeMs: Math.round(result.wallTimeMs),
          endToEndMs: Math.round(event.endToEndMs),
        };
        return log.info(fields, 'job finished');
      }
      case 'job-retried':
        return log.warn({ ...ids(event.job), err: event.error }, 'job goes back to the queue');
      case 'lease-lost':
        return log.warn({ ...ids(event.job) }, 'another runner has taken the job over');
      case 'redelivered':
        return log.info({ ...ids(event.job), receiveCount: event.receiveCount }, 'message delivered again');
      case 'analysis-finished': {
        const { job, report } = event;
        return log.debug(
          { ...ids(job), score: report.score, durationMs: Math.round(event.durationMs) },
          'job analysed',
        );
      }
      case 'analysis-failed':
        return log.warn({ ...ids(event.job), err: event.error }, 'the analysis brought no report');
      case 'sampled':
        return;
      case 'queue-failed':
        return log.error({ err: event.error }, 'the queue does not answer');
      case 'background-failed':
        return log.warn({ err: event.error }, 'a late write failed');
    }
  };
}

function ids({ jobId, traceparent }: Pick<Job, 'jobId' | 'traceparent'>) {
  return { jobId, ...traceFields(traceparent) };
}
