import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LabelsOf, MetricName } from '@rce/core/metrics.ts';
import { z } from 'zod';
import type { FunctionName } from './manifest.ts';
import { Reconciled } from './reconciled.ts';

/** One invocation of a function, and what came of it. */
export interface Invoked {
  readonly event: unknown;
  readonly answer: unknown;
  readonly outcome: 'ok' | 'error';
  readonly durationMs: number;
}

/** What tells of an HTTP request; events of other kinds lack it. */
const Request = z.object({ httpMethod: z.string(), resource: z.string() });
const Response = z.object({ statusCode: z.int() });

/**
 * The functions' rows of core's table of metrics, as CloudWatch reads them out of the log (its embedded metric
 * format). Where a function host counts them for Prometheus, there is no namespace and nothing is written.
 */
export function createFunctionMetrics(namespace: string, name: FunctionName): (invoked: Invoked) => void {
  const metrics = new Metrics({ namespace });
  const write = <Name extends MetricName>(
    metric: Name,
    labels: LabelsOf<Name>,
    unit: 'Seconds' | 'Count',
    value: number,
  ) => metrics.singleMetric().addDimensions(labels).addMetric(metric, unit, value);

  return ({ event, answer, outcome, durationMs }) => {
    const seconds = durationMs / 1_000;
    const labels = { function: name, outcome };
    write('rce_function_duration_seconds', labels, MetricUnit.Seconds, seconds);
    const [request, response] = [Request.safeParse(event), Response.safeParse(answer)];
    if (request.success && response.success) {
      // The gateway's own names of routes, not what a client asked for.
      const { httpMethod: method, resource: route } = request.data;
      const status = String(response.data.statusCode);
      write('http_request_duration_seconds', { method, route, status }, MetricUnit.Seconds, seconds);
    }
    if (name !== 'reconcile' || outcome === 'error') return;
    for (const [result, jobs] of Object.entries(Reconciled.parse(answer)))
      write('rce_reconciled_jobs_total', { result }, MetricUnit.Count, jobs);
  };
}
