import { FUNCTION_NAMES, METHODS } from '@rce/functions/manifest.ts';
import { Reconciled } from '@rce/functions/reconciled.ts';
import { Metrics } from '@rce/observability/metrics.ts';
import type { Functions } from './function-host.ts';

/** What became of one request. */
export interface Answered {
  readonly method: string;
  /** The pattern of the route, `page`, or `none` when the request was refused before it reached one. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** The metrics of the function host; those of jobs are the runner's. */
export interface HostMetrics {
  readonly onAnswered: (answered: Answered) => void;
  /** The functions, each invocation of them counted. */
  measured(functions: Functions): Functions;
  /** Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createHostMetrics(): HostMetrics {
  const metrics = new Metrics([
    'http_request_duration_seconds',
    'rce_function_duration_seconds',
    'rce_reconciled_jobs_total',
  ]);
  // A rate sees the first dead letter only if there was a value before it.
  for (const name of FUNCTION_NAMES)
    metrics.declare('rce_function_duration_seconds', { function: name, outcome: 'ok' });
  for (const result of ['requeued', 'failed'] as const)
    metrics.count('rce_reconciled_jobs_total', { result }, 0);
  return {
    onAnswered({ method, route, status, durationMs }) {
      // Whatever methods clients invent, they share one series.
      const known = METHODS.some((name) => name === method) ? method : 'other';
      const labels = { method: known, route, status: String(status) };
      metrics.observeMs('http_request_duration_seconds', labels, durationMs);
    },
    measured: (functions) => ({
      ...functions,
      async invoke(name, event) {
        const startedAt = performance.now();
        let outcome = 'error';
        try {
          const answer = await functions.invoke(name, event);
          outcome = 'ok';
          if (name === 'reconcile')
            for (const [result, jobs] of Object.entries(Reconciled.parse(answer)))
              metrics.count('rce_reconciled_jobs_total', { result }, jobs);
          return answer;
        } finally {
          const durationMs = performance.now() - startedAt;
          metrics.observeMs('rce_function_duration_seconds', { function: name, outcome }, durationMs);
        }
      },
    }),
    text: () => metrics.registry.metrics(),
    contentType: metrics.registry.contentType,
  };
}
