import { afterAll, beforeAll } from '@jest/globals';
import { createIdempotencyStore } from '@rce/aws/idempotency-store.ts';
import { createJobQueue } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { createRateStore } from '@rce/aws/rate-store.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { systemClock } from '@rce/core/clock.ts';
import { MAX_RUN_LIMITS } from '@rce/core/limits.ts';
import { NO_TRACING } from '@rce/observability/tracing.ts';
import type { Context } from 'aws-lambda';
import { type LocalCloud, startLocalCloud } from '../../aws/test/local-cloud.ts';
import type { HttpHandler } from '../src/http/endpoint.ts';
import type { HttpResponse } from '../src/http/response.ts';
import type { Log } from '../src/log.ts';

/** What one test's engine is made of: a table and queues of its own, on real emulators. */
async function openParts(cloud: LocalCloud) {
  const [tableName, queueUrl, deadLetterUrl] = await Promise.all([
    cloud.createTable(),
    cloud.createQueue(),
    cloud.createQueue(),
  ]);
  const lines: { level: string; message: string }[] = [];
  const log: Log = (level, message) => lines.push({ level, message });
  return {
    store: new DynamoJobStore(cloud.table, tableName),
    queue: createJobQueue(cloud.queue, queueUrl),
    deadLetters: createJobQueue(cloud.queue, deadLetterUrl),
    idempotency: createIdempotencyStore(cloud.table, tableName),
    rate: createRateStore(cloud.table, tableName),
    runners: createRunnerRegistry(cloud.table, tableName),
    clock: systemClock,
    log,
    lines,
    max: MAX_RUN_LIMITS,
    apiKeys: [] as readonly string[],
    perMinute: 0,
    trustedProxies: 0,
    tracing: NO_TRACING,
  };
}
export type Parts = Awaited<ReturnType<typeof openParts>>;

/** Starts a cloud for the tests of a file; each gets parts of its own from what this returns. */
export function useCloud(): () => Promise<Parts> {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud();
  });
  afterAll(() => cloud.stop());
  return () => openParts(cloud);
}

interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly path?: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly sourceIp?: string;
}

/** The event that API Gateway would send. */
export function restEvent(request: RequestParts): unknown {
  const query = Object.entries(request.query ?? {}).map(
    ([name, value]) => [name, Array.isArray(value) ? value : [value]] as const,
  );
  const headers = Object.entries(request.headers ?? {});
  return {
    httpMethod: 'POST',
    headers: Object.fromEntries(headers),
    multiValueHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
    queryStringParameters: Object.fromEntries(query.map(([name, values]) => [name, values.at(-1)])),
    multiValueQueryStringParameters: Object.fromEntries(query),
    pathParameters: request.path ?? null,
    body: request.body ?? null,
    isBase64Encoded: request.isBase64Encoded ?? false,
    requestContext: { requestId: 'request-1', identity: { sourceIp: request.sourceIp ?? '192.0.2.1' } },
  };
}

export const CONTEXT = { awsRequestId: 'request-1' } as Context;

/** Sends a request to a handler. @returns the answer with its body parsed. */
export async function call(handler: HttpHandler, request: RequestParts) {
  return parsed(await handler(restEvent(request), CONTEXT));
}

function parsed({ statusCode, headers, body }: HttpResponse) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they please.
  return { statusCode, headers, body: (body === '' ? undefined : JSON.parse(body)) as any };
}

export function post(handler: HttpHandler, value: unknown, request: RequestParts = {}) {
  const headers = { 'Content-Type': 'application/json', ...request.headers };
  return call(handler, { ...request, headers, body: JSON.stringify(value) });
}
