import middy from '@middy/core';
import { ApiError, ERRORS } from '@rce/core/errors.ts';
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

/**
 * A handler of HTTP requests: it reads the event, turns every error into problem+json and writes one line
 * of log per request.
 */
export function endpoint(
  log: Log,
  answer: (request: HttpRequest, invocation: Invocation) => Promise<HttpResponse>,
): HttpHandler {
  return middy<unknown, HttpResponse>({
    timeoutEarlyInMillis: EARLY_MS,
    timeoutEarlyResponse: () => {
      throw new ApiError('timeout', '');
    },
  })
    .use(problems(log))
    .handler((event, context, { signal }) =>
      answer(readRequest(event), {
        signal,
        // Emulators of Lambda and tests may leave it out.
        waitableMs: () =>
          (context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY) - EARLY_MS - ANSWER_MS,
      }),
    ) as HttpHandler;
}

/** Answers errors as problem+json. Only those that are ours are logged with what caused them. */
function problems(log: Log): middy.MiddlewareObj<unknown, HttpResponse> {
  return {
    onError: (request) => {
      const { error } = request;
      const requestId = request.context.awsRequestId;
      request.response = problemResponse(error, requestId);
      const code = error instanceof ApiError ? error.code : 'internal';
      if (code === 'queue-full') log('warn', 'request refused', { requestId, code });
      else if (ERRORS[code].status >= 500) log('error', 'request failed', { requestId, code, error });
      else log('debug', 'request refused', { requestId, code });
    },
  };
}
