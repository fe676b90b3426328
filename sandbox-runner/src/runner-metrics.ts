import type { Driver } from '@rce/core/job.ts';
import type { MetricName } from '@rce/core/metrics.ts';
import { VERDICT_NAMES } from '@rce/core/verdict.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import type { Metrics } from '@rce/observability/metrics.ts';
import type { Emit } from './events.ts';

/** The metrics that the runner has; the others of core's table belong to the function host. */
export const RUNNER_METRICS = [
  'rce_jobs_total',
  'rce_job_queue_wait_seconds',
  'rce_job_pool_wait_seconds',
  'rce_job_execution_seconds',
  'rce_job_overhead_seconds',
  'rce_job_result_write_seconds',
  'rce_job_end_to_end_seconds',
  'rce_job_cpu_seconds',
  'rce_job_memory_peak_bytes',
  'rce_sandbox_starts_total',
  'rce_sandbox_teardown_seconds',
  'rce_sandbox_failures_total',
  'rce_sandboxes',
  'rce_pool_size',
  'rce_pool_target',
  'rce_pool_refill_seconds',
  'rce_slots',
  'rce_slots_free',
  'rce_queue_jobs',
  'rce_queue_oldest_seconds',
  'rce_dead_letter_jobs',
  'rce_leases_lost_total',
  'rce_redeliveries_total',
  'rce_job_retries_total',
  'rce_queue_errors_total',
  'rce_background_errors_total',
  'rce_analysis_seconds',
  'rce_analysis_findings_total',
  'rce_analysis_failures_total',
  'rce_docker_request_seconds',
  'rce_docker_errors_total',
] as const satisfies readonly MetricName[];

/**
 * Shows every series of jobs from the start, at zero: a rate sees the first internal-error only if there was
 * a value before it.
 */
export function declareJobs(metrics: Metrics, driver: Driver): void {
  for (const { id: language } of LANGUAGES) {
    for (const verdict of VERDICT_NAMES) metrics.count('rce_jobs_total', { language, verdict, driver }, 0);
  }
}

const KNOWN = new Set<string>(LANGUAGES.map(({ id }) => id));

/** Unknown languages are refused at submit; whatever comes by another way shares one series. */
export function languageLabel(language: string): { readonly language: string } {
  return { language: KNOWN.has(language) ? language : 'other' };
}

/** Counts what happens in the runner. */
export function countEvents(metrics: Metrics, driver: Driver): Emit {
  return (event) => {
    switch (event.type) {
      case 'job-claimed':
        return metrics.observeMs('rce_job_queue_wait_seconds', {}, event.queueWaitMs);
      case 'job-finished': {
        const { result, job } = event;
        const language = languageLabel(job.submission.language);
        metrics.count('rce_jobs_total', {
          ...language,
          verdict: result.verdict,
          // That of the runner also for jobs that never came into a sandbox: their series began with the others.
          driver,
        });
        metrics.observeMs('rce_job_execution_seconds', language, result.wallTimeMs);
        metrics.observeMs('rce_job_overhead_seconds', {}, Math.max(0, event.endToEndMs - result.wallTimeMs));
        metrics.observeMs('rce_job_result_write_seconds', {}, event.resultWriteMs);
        metrics.observeMs('rce_job_end_to_end_seconds', {}, event.endToEndMs);
        if (result.cpuTimeMs !== null) metrics.observeMs('rce_job_cpu_seconds', language, result.cpuTimeMs);
        if (result.memoryBytes !== null)
          metrics.observe('rce_job_memory_peak_bytes', language, result.memoryBytes);
        return;
      }
      case 'job-retried':
        return metrics.count('rce_job_retries_total', {});
      case 'lease-lost':
        return metrics.count('rce_leases_lost_total', {});
      case 'redelivered':
        return metrics.count('rce_redeliveries_total', {});
      case 'analysis-finished':
        metrics.observeMs('rce_analysis_seconds', {}, event.durationMs);
        for (const finding of event.report.findings) {
          metrics.count('rce_analysis_findings_total', { severity: finding.severity });
        }
        return;
      case 'analysis-failed':
        return metrics.count('rce_analysis_failures_total', {});
      case 'sampled':
        metrics.set('rce_slots', {}, event.slots);
        metrics.set('rce_slots_free', {}, event.slots - event.busy);
        metrics.set('rce_sandboxes', { state: 'waiting' }, event.warm.waiting);
        metrics.set('rce_sandboxes', { state: 'in-use' }, event.busy);
        metrics.set('rce_pool_size', {}, event.warm.waiting);
        return metrics.set('rce_pool_target', {}, event.warm.wanted);
      case 'queue-failed':
        return metrics.count('rce_queue_errors_total', {});
      case 'background-failed':
        return metrics.count('rce_background_errors_total', {});
    }
  };
}
