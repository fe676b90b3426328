/**
 * Every metric of the engine. The runner, the function host, the dashboard's tests and docs/metrics.md are
 * all made from this table. Label values are bounded by tables of ours, never by what a user sends.
 */

interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: readonly string[];
  readonly buckets?: readonly number[];
}

/** Seconds; resolves 1 ms to 60 s. */
const DURATION = [
  0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15,
  30, 60,
] as const;
const MiB = 1024 * 1024;

export const METRICS = {
  rce_jobs_total: {
    type: 'counter',
    help: 'Jobs that ended, by verdict.',
    labels: ['language', 'verdict', 'driver'],
  },
  rce_job_queue_wait_seconds: { type: 'histogram', help: 'From submission to claim.', buckets: DURATION },
  rce_job_pool_wait_seconds: {
    type: 'histogram',
    help: 'From the request for a sandbox to one that is ready.',
    labels: ['language', 'start'],
    buckets: DURATION,
  },
  rce_job_execution_seconds: {
    type: 'histogram',
    help: 'Wall-clock time of the program itself.',
    labels: ['language'],
    buckets: DURATION,
  },
  rce_job_overhead_seconds: {
    type: 'histogram',
    help: 'From submission to stored result, less the time of the program itself.',
    buckets: DURATION,
  },
  rce_job_result_write_seconds: { type: 'histogram', help: 'Storing a result.', buckets: DURATION },
  rce_job_end_to_end_seconds: {
    type: 'histogram',
    help: 'From submission to stored result.',
    buckets: DURATION,
  },
  rce_job_cpu_seconds: {
    type: 'histogram',
    help: 'Processor time of the program, where it is known.',
    labels: ['language'],
    buckets: DURATION,
  },
  rce_job_memory_peak_bytes: {
    type: 'histogram',
    help: 'Peak memory of the program, where it is known.',
    labels: ['language'],
    buckets: [4 * MiB, 8 * MiB, 16 * MiB, 32 * MiB, 64 * MiB, 96 * MiB, 128 * MiB, 256 * MiB, 512 * MiB],
  },
  rce_sandbox_starts_total: {
    type: 'counter',
    help: 'Sandboxes handed to jobs: warm ones waited ready, cold ones were started for the job.',
    labels: ['language', 'start'],
  },
  rce_sandbox_teardown_seconds: {
    type: 'histogram',
    help: 'Removing a used sandbox, behind the result.',
    buckets: DURATION,
  },
  rce_sandbox_failures_total: {
    type: 'counter',
    help: 'Sandboxes that could not be made or used, by our fault.',
  },
  rce_sandboxes: { type: 'gauge', help: 'Sandboxes by state.', labels: ['state'] },
  rce_pool_size: { type: 'gauge', help: 'Warm sandboxes that wait.' },
  rce_pool_target: { type: 'gauge', help: 'Warm sandboxes that should wait.' },
  rce_pool_refill_seconds: {
    type: 'histogram',
    help: 'Starting a sandbox, by the harness that waits in it.',
    labels: ['harness'],
    buckets: DURATION,
  },
  rce_slots: { type: 'gauge', help: 'Jobs the runner can run at once.' },
  rce_slots_free: { type: 'gauge', help: 'Slots without a job.' },
  rce_queue_jobs: { type: 'gauge', help: 'Messages in the queue, as SQS estimates.', labels: ['state'] },
  rce_queue_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest job that is still queued; 0 when there is none.',
  },
  rce_dead_letter_jobs: { type: 'gauge', help: 'Messages in the dead-letter queue.' },
  rce_leases_lost_total: {
    type: 'counter',
    help: 'Runs given up because another runner had taken the job over.',
  },
  rce_redeliveries_total: { type: 'counter', help: 'Messages that were delivered more than once.' },
  rce_job_retries_total: {
    type: 'counter',
    help: 'Runs that failed by our fault and were given back to the queue.',
  },
  rce_reconciled_jobs_total: {
    type: 'counter',
    help: 'Jobs that nobody worked on: given a new message (requeued), or ended as internal-error (failed).',
    labels: ['result'],
  },
  rce_queue_errors_total: { type: 'counter', help: 'Receives that failed.' },
  rce_background_errors_total: {
    type: 'counter',
    help: 'Late writes and announcements that failed; nothing is lost by them.',
  },
  rce_analysis_seconds: {
    type: 'histogram',
    help: 'Static analysis of a job, as the runner waits for it.',
    buckets: DURATION,
  },
  rce_analysis_findings_total: {
    type: 'counter',
    help: 'Findings of the static analysis.',
    labels: ['severity'],
  },
  rce_analysis_failures_total: { type: 'counter', help: 'Analyses that gave no report.' },
  rce_docker_request_seconds: {
    type: 'histogram',
    help: 'Requests to the Docker API.',
    labels: ['operation'],
    buckets: DURATION,
  },
  rce_docker_errors_total: {
    type: 'counter',
    help: 'Requests to the Docker API that failed.',
    labels: ['operation'],
  },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'HTTP requests to the API, by route.',
    labels: ['method', 'route', 'status'],
    buckets: DURATION,
  },
  rce_function_duration_seconds: {
    type: 'histogram',
    help: 'Invocations of functions.',
    labels: ['function', 'outcome'],
    buckets: DURATION,
  },
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof METRICS;
export type MetricsOfType<Type extends MetricRow['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];
/** The labels that a metric takes, all of them required. */
export type LabelsOf<Name extends MetricName> = (typeof METRICS)[Name] extends {
  labels: infer Labels extends readonly string[];
}
  ? Readonly<Record<Labels[number], string>>
  : Readonly<Record<never, string>>;
