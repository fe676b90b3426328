import { ApiError, toProblem } from '@rce/core/errors.ts';

/** An answer as API Gateway's REST API and the embedded host take it. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers are about the moment, and whoever knows a job's id may read it: nothing is kept in caches. */
const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

export function jsonResponse(
  statusCode: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...COMMON_HEADERS, ...headers },
    body: JSON.stringify(value),
  };
}

/** Any error as problem+json. What is not an ApiError is ours, and its text stays here. */
export function problemResponse(error: unknown, requestId?: string): HttpResponse {
  const known = error instanceof ApiError ? error : new ApiError('internal', '', { cause: error });
  return {
    statusCode: known.status,
    headers: { 'content-type': 'application/problem+json', ...COMMON_HEADERS, ...known.headers },
    body: JSON.stringify(toProblem(known, requestId)),
  };
}
