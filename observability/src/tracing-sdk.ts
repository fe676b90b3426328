import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Tracing, TracingOptions } from './tracing.ts';

/** Longest that a caller waits for the delivery of traces, in milliseconds. */
const PATIENCE_MS = 500;
/** At most one complaint in this time: a collector that is away fails every delivery. */
const COMPLAINT_EVERY_MS = 60_000;

const KINDS = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const;

const propagator = new W3CTraceContextPropagator();

/** Traces by OpenTelemetry, whose SDK takes endpoint, headers and sampler from the environment. */
export function startTracing({ service, sendAtOnce = false, onError }: TracingOptions): Tracing {
  let complainedAt = Number.NEGATIVE_INFINITY;
  setGlobalErrorHandler((error) => {
    if (performance.now() - complainedAt < COMPLAINT_EVERY_MS) return;
    complainedAt = performance.now();
    onError(error);
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.namespace': 'rce-engine', 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('rce-engine');
  const send = () => Promise.race([provider.forceFlush().catch(onError), sleep(PATIENCE_MS)]);

  return {
    async span(name, { parent, kind, startedAt, endedAt, attributes, outcome }, work) {
      const span = tracer.startSpan(
        name,
        {
          kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind],
          ...(startedAt === undefined ? {} : { startTime: startedAt }),
          ...(attributes === undefined ? {} : { attributes }),
        },
        contextOf(parent),
      );
      try {
        const result = await work(traceparentOf(span));
        if (outcome) span.setAttributes(outcome(result));
        return result;
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end(endedAt);
        if (sendAtOnce && kind === 'server') await send();
      }
    },
    async close() {
      await send();
    },
  };
}

function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  return propagator.extract(ROOT_CONTEXT, traceparent, { get: (carrier) => carrier, keys: () => [] });
}

function traceparentOf(span: Span): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, {
    set: (into, key, value) => Object.assign(into, { [key]: value }),
  });
  return carrier.traceparent;
}

/** By its name only: the text of an error may quote what a submitter sent. */
function fail(span: Span, error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', name);
  const callers = error instanceof Error && 'status' in error && Number(error.status) < 500;
  if (!callers) span.setStatus({ code: SpanStatusCode.ERROR, message: name });
}
