import middy from '@middy/core';
import { ApiError, ERRORS } from '@rce/core/errors.ts';
import type { Context } from 'aws-lambda';
import type { Log } from '../log.ts';
import { type HttpRequest, readRequest } from './request.ts';
import { type HttpResponse, problemResponse } from './response.ts';

export type HttpHandler = (event: unknown, context: Context) => Promise<HttpResponse>;

/** Time to answer before Lambda would end the function without an answer. */
const EARLY_MS = 500;

/**
 * A handler of HTTP requests: it reads the event, turns every error into problem+json and writes one line
 * of log per request.
 */
export function endpoint(
  log: Log,
  answer: (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>,
): HttpHandler {
  return middy<unknown, HttpResponse>({
    timeoutEarlyInMillis: EARLY_MS,
    timeoutEarlyResponse: () => {
      throw new ApiError('timeout', '');
    },
  })
    .use(problems(log))
    .handler((event, _context, { signal }) => answer(readRequest(event), signal)) as HttpHandler;
}

/** Answers errors as problem+json. Only those that are ours are logged with what caused them. */
function problems(log: Log): middy.MiddlewareObj<unknown, HttpResponse> {
  return {
    onError: (request) => {
      const { error } = request;
      const requestId = request.context.awsRequestId;
      request.response = problemResponse(error, requestId);
      const code = error instanceof ApiError ? error.code : 'internal';
      if (ERRORS[code].status >= 500) log('error', 'request failed', { requestId, code, error });
      else log('debug', 'request refused', { requestId, code });
    },
  };
}
