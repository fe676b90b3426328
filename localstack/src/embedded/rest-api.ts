import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiError, ERRORS, toProblem } from '@rce/core/errors.ts';
import { SUBMISSION_LIMITS } from '@rce/core/limits.ts';
import { FunctionFailure, type Functions } from './function-host.ts';
import { refusal } from './guard.ts';
import type { HostMetrics } from './host-metrics.ts';
import { BodyTooLarge, readBody } from './read-body.ts';
import { fromRestResult, type RestAnswer, toRestEvent } from './rest-event.ts';
import { matchRoute, type RoutePattern } from './router.ts';
import type { StaticSite } from './static-site.ts';

export interface RestApiOptions {
  readonly routes: readonly RoutePattern[];
  readonly functions: Functions;
  readonly site: StaticSite;
  readonly allowedHosts: readonly string[];
  readonly metrics: HostMetrics;
  /** Told of errors that are ours. */
  readonly onError: (error: unknown) => void;
}

/** Requests at one time; each holds a body of up to a megabyte. */
const MAX_REQUESTS = 2_000;
/** Bodies being read at one time, in bytes, over all requests. */
const MAX_BODIES_BYTES = 128 * 1024 * 1024;

/** API Gateway's part: routes requests to functions, and serves the page beside them. */
export function createRestApi(options: RestApiOptions): Server {
  let requests = 0;
  let bodyBytes = 0;

  const answerTo = async (request: IncomingMessage, seen: { route: string }): Promise<RestAnswer> => {
    const refused = refusal(request, options.allowedHosts);
    if (refused) throw new ApiError('forbidden', refused);
    const url = parseUrl(request.url);
    const match = matchRoute(options.routes, request.method ?? 'GET', url.pathname);
    if (match.kind === 'wrong-method') {
      throw new ApiError('method-not-allowed', `${request.method} is not a method of ${url.pathname}.`, {
        headers: { allow: match.allow.join(', ') },
      });
    }
    if (match.kind === 'none') {
      seen.route = 'page';
      return url.pathname === '/metrics'
        ? metricsAnswer(options.metrics)
        : options.site.answer(request, url.pathname);
    }
    seen.route = match.route.path;

    const announced = Number(request.headers['content-length'] ?? SUBMISSION_LIMITS.bodyBytes);
    const reserved = request.method === 'POST' ? Math.min(announced, SUBMISSION_LIMITS.bodyBytes) : 0;
    if (requests > MAX_REQUESTS || bodyBytes + reserved > MAX_BODIES_BYTES) {
      throw new ApiError('unavailable', 'Too many requests at one time.', {
        headers: { 'retry-after': '1' },
      });
    }
    bodyBytes += reserved;
    try {
      const body = await readBody(request, SUBMISSION_LIMITS.bodyBytes);
      const { route, parameters } = match;
      const event = toRestEvent(request, url, { path: route.path, parameters }, body);
      return fromRestResult(await options.functions.invoke(route.name, event));
    } finally {
      bodyBytes -= reserved;
    }
  };

  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    async (request, response) => {
      requests++;
      const startedAt = performance.now();
      const seen = { route: 'none' };
      response.once('close', () => {
        requests--;
        const durationMs = performance.now() - startedAt;
        const { statusCode: status } = response;
        options.metrics.onAnswered({ method: request.method ?? '', ...seen, status, durationMs });
      });
      try {
        send(request, response, await answerTo(request, seen));
      } catch (error) {
        if (request.socket.destroyed) return;
        const problem = toApiError(error);
        if (problem.code === 'internal') options.onError(error);
        send(request, response, problemAnswer(problem));
      }
    },
  );
  server.maxConnections = MAX_REQUESTS + 500;
  return server;
}

function parseUrl(target = '/'): URL {
  // `//x` would be read as a host, and a target may be a whole URL.
  const url = URL.parse(target.startsWith('/') ? `http://host${target.replace(/^\/+/, '/')}` : target);
  if (!url) throw new ApiError('not-found', 'The path cannot be read.');
  return url;
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof BodyTooLarge) return new ApiError('payload-too-large', error.message);
  if (error instanceof FunctionFailure) {
    if (error.kind === 'timeout') return new ApiError('timeout', '', { cause: error });
    if (error.kind === 'busy')
      return new ApiError('unavailable', 'Too many requests wait.', { headers: { 'retry-after': '1' } });
  }
  return new ApiError('internal', '', { cause: error });
}

async function metricsAnswer(metrics: HostMetrics): Promise<RestAnswer> {
  const headers = { 'content-type': metrics.contentType, 'cache-control': 'no-store' };
  return { status: 200, headers, body: Buffer.from(await metrics.text()) };
}

export function problemAnswer(error: ApiError): RestAnswer {
  return {
    status: ERRORS[error.code].status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...error.headers },
    body: Buffer.from(JSON.stringify(toProblem(error))),
  };
}

function send(request: IncomingMessage, response: ServerResponse, answer: RestAnswer): void {
  // A body that nobody read is in the way of the next request on this connection.
  if (!request.complete) {
    response.setHeader('connection', 'close');
    request.resume();
  }
  response.setHeader('x-content-type-options', 'nosniff');
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('content-length', answer.body.length);
  response.writeHead(answer.status);
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
