import middy from '@middy/core';
import { ApiError, ERRORS } from '@rce/core/errors.ts';
import { traceFields } from '@rce/core/trace-context.ts';
import { NO_TRACING, type Tracing } from '@rce/observability/tracing.ts';
import type { Context } from 'aws-lambda';
import type { Log } from '../log.ts';
import { type HttpRequest, readRequest } from './request.ts';
import { type HttpResponse, problemResponse } from './response.ts';

export type HttpHandler = (event: unknown, context: Context) => Promise<HttpResponse>;

/** Time to answer before Lambda would end the function without an answer. */
const EARLY_MS = 500;
/** What is left for writing an answer after a wait, before the function would have to give up. */
const ANSWER_MS = 1_500;

/** The invocation that a request came by. */
export interface Invocation {
  /** Aborts when the function must give up. */
  readonly signal: AbortSignal;
  /** Milliseconds that may be waited from now on. A caller who asks for more is answered sooner. */
  waitableMs(): number;
}

/** Traceparents of the requests under way, by their events. */
type Traceparents = WeakMap<object, string>;

/**
 * A handler of HTTP requests: it reads the event, turns every error into problem+json and logs those that
 * are ours. With `tracing` each request is a span called `name`, whose context `answer` gets in its request.
 */
export function endpoint(
  log: Log,
  answer: (request: HttpRequest, invocation: Invocation) => Promise<HttpResponse>,
  { name, tracing }: { name: string; tracing: Tracing } = { name: '', tracing: NO_TRACING },
): HttpHandler {
  const traceparents: Traceparents = new WeakMap();
  return middy<unknown, HttpResponse>({
    timeoutEarlyInMillis: EARLY_MS,
    timeoutEarlyResponse: () => {
      throw new ApiError('timeout', '');
    },
  })
    .use(problems(log, traceparents))
    .handler((event, context, { signal }) => {
      const request = readRequest(event);
      const invocation = {
        signal,
        // Emulators of Lambda and tests may leave it out.
        waitableMs: () =>
          (context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY) - EARLY_MS - ANSWER_MS,
      };
      return tracing.span(
        name,
        {
          parent: request.traceparent,
          kind: 'server',
          outcome: ({ statusCode }) => ({ 'http.response.status_code': statusCode }),
        },
        (traceparent) => {
          if (traceparent !== undefined && isObject(event)) traceparents.set(event, traceparent);
          return answer({ ...request, traceparent }, invocation);
        },
      );
    }) as HttpHandler;
}

/** Answers errors as problem+json. Only those that are ours are logged with what caused them. */
function problems(log: Log, traceparents: Traceparents): middy.MiddlewareObj<unknown, HttpResponse> {
  return {
    onError: (request) => {
      const { error } = request;
      const requestId = request.context.awsRequestId;
      const trace = traceFields(isObject(request.event) ? traceparents.get(request.event) : undefined);
      request.response = problemResponse(error, requestId);
      const code = error instanceof ApiError ? error.code : 'internal';
      if (code === 'queue-full') log('warn', 'request refused', { requestId, ...trace, code });
      else if (ERRORS[code].status >= 500)
        log('error', 'request failed', { requestId, ...trace, code, error });
      else log('debug', 'request refused', { requestId, ...trace, code });
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
