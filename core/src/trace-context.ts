import { z } from 'zod';

/** W3C trace context: what ties the parts of one job together, in traces and in logs. */

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The header if it is one; whatever else clients send counts as none. */
export function readTraceparent(header: string | undefined): string | undefined {
  return header !== undefined && TRACEPARENT.test(header) ? header : undefined;
}

/** What a line of log says of the trace, beside the job's id. */
export function traceFields(traceparent: string | undefined): { readonly traceId?: string } {
  const traceId = TRACEPARENT.exec(traceparent ?? '')?.[1];
  return traceId === undefined ? {} : { traceId };
}

/** Settings of OpenTelemetry, by its own names. Its SDK reads them; ours is only whether there are traces. */
export const TRACE_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe('where traces go by OTLP over HTTP, for example http://127.0.0.1:4318; none without it'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .url()
    .optional()
    .describe('the same for traces alone, with the path, for example http://127.0.0.1:4318/v1/traces'),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .optional()
    .describe('headers for the collector, name=value by comma'),
  OTEL_TRACES_SAMPLER: z.string().optional().describe('which jobs are traced, for example traceidratio'),
  OTEL_TRACES_SAMPLER_ARG: z.string().optional().describe('what the sampler takes, for example 0.1'),
  OTEL_BSP_SCHEDULE_DELAY: z.string().optional().describe('milliseconds between two deliveries'),
};

export function wantsTraces(settings: {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
}): boolean {
  return (settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) !== undefined;
}
