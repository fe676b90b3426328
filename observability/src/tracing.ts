/**
 * Traces, as the rest of the engine sees them. Contexts are passed by hand, as W3C traceparents: a job's goes
 * with it through table, queue and functions anyway. OpenTelemetry itself is loaded only where traces are wanted.
 */

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions<Result> {
  /** traceparent of what this is a part of; without it a trace begins. */
  readonly parent: string | undefined;
  /** `server` answers a caller, `consumer` takes from a queue, `client` calls another program. */
  readonly kind?: 'server' | 'consumer' | 'client';
  /** Milliseconds since 1970; now, when it is left out. */
  readonly startedAt?: number;
  /** The same, for what was over before it is put down; when the work is done, when it is left out. */
  readonly endedAt?: number;
  /** Never source code, input or output: they are the submitter's. */
  readonly attributes?: Attributes;
  /** What the result adds. */
  readonly outcome?: (result: Result) => Attributes;
}

export interface Tracing {
  /**
   * Measures a piece of work, which gets the traceparent that parts of it must name as their parent. Whatever
   * the work throws marks the span as failed, unless its `status` says that the caller was wrong.
   */
  span<Result>(
    name: string,
    options: SpanOptions<Result>,
    work: (traceparent: string | undefined) => Promise<Result>,
  ): Promise<Result>;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

/** Passes contexts on, and does nothing else. */
export const NO_TRACING: Tracing = {
  span: (_name, { parent }, work) => work(parent),
  close: async () => {},
};

export interface TracingOptions {
  /** Name of the program among all that are traced. */
  readonly service: string;
  /** Whether each `server` span is sent before its work is over: Lambda stops a function that has answered. */
  readonly sendAtOnce?: boolean;
  /** Told when traces cannot be delivered. */
  readonly onError: (error: unknown) => void;
}

export function createTracing(wanted: boolean, options: TracingOptions): Tracing {
  if (!wanted) return NO_TRACING;
  // A file of its own also among the bundled functions: scripts/bundle.ts.
  const sdk = import('./tracing-sdk.ts').then(({ startTracing }) => startTracing(options));
  return {
    span: async (name, spanOptions, work) => (await sdk).span(name, spanOptions, work),
    close: async () => (await sdk).close(),
  };
}
