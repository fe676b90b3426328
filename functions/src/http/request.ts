import { ApiError, type FieldError, MAX_PATH_LENGTH } from '@rce/core/errors.ts';
import { readTraceparent } from '@rce/core/trace-context.ts';
import { z } from 'zod';

const Values = z.record(z.string(), z.string()).nullish();
const MultiValues = z.record(z.string(), z.array(z.string())).nullish();

/** What is used of the event that API Gateway's REST API sends; emulators leave some of it out. */
const RestEvent = z.object({
  headers: Values,
  multiValueHeaders: MultiValues,
  queryStringParameters: Values,
  multiValueQueryStringParameters: MultiValues,
  pathParameters: Values,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
  requestContext: z
    .object({
      requestId: z.string().nullish(),
      identity: z.object({ sourceIp: z.string().nullish() }).nullish(),
    })
    .nullish(),
});

/** A request as handlers see it. */
export interface HttpRequest {
  /** By name, in whatever case it was sent; the last where one comes twice. */
  header(name: string): string | undefined;
  /** Every value of each parameter of the query. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly path: Readonly<Record<string, string>>;
  /** The body as it came; undefined when there is none. */
  readonly body: Uint8Array | undefined;
  readonly requestId: string | undefined;
  /** W3C trace context, if the caller sent one that can be read. */
  readonly traceparent: string | undefined;
  /** Address of the peer that the gateway spoke to. */
  readonly sourceIp: string | undefined;
}

/** @throws ApiError when the event is not one of a gateway. */
export function readRequest(event: unknown): HttpRequest {
  const parsed = RestEvent.safeParse(event);
  if (!parsed.success)
    throw new ApiError('internal', 'The event is not an HTTP request.', { cause: parsed.error });
  const rest = parsed.data;
  const headers = lastByName(rest.multiValueHeaders ?? multiple(rest.headers));
  const { body, requestContext } = rest;
  return {
    header: (name) => headers.get(name.toLowerCase()),
    query: new Map(
      Object.entries(rest.multiValueQueryStringParameters ?? multiple(rest.queryStringParameters)),
    ),
    path: rest.pathParameters ?? {},
    body: body == null ? undefined : Buffer.from(body, rest.isBase64Encoded ? 'base64' : 'utf8'),
    requestId: requestContext?.requestId ?? undefined,
    traceparent: readTraceparent(headers.get('traceparent')),
    sourceIp: requestContext?.identity?.sourceIp ?? undefined,
  };
}

function multiple(values: Readonly<Record<string, string>> | null | undefined): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, [value]]));
}

function lastByName(values: Readonly<Record<string, readonly string[]>>): Map<string, string> {
  return new Map(
    Object.entries(values).flatMap(([name, all]) => {
      const last = all.at(-1);
      return last === undefined ? [] : [[name.toLowerCase(), last] as const];
    }),
  );
}

/**
 * `?wait=`: seconds to wait, 0 without it. Any other parameter is refused, as unknown keys of a body are.
 * @throws ApiError invalid-input
 */
export function readWait(query: HttpRequest['query'], maxSeconds: number): number {
  refuseQuery(query, 'wait');
  const [text = '', ...more] = query.get('wait') ?? ['0'];
  const seconds = /^\d{1,4}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (more.length > 0) throw invalidQuery([{ path: 'wait', message: 'must be given once' }]);
  if (seconds <= maxSeconds) return seconds;
  throw invalidQuery([{ path: 'wait', message: `must be a number of seconds from 0 to ${maxSeconds}` }]);
}

/**
 * Refuses every parameter of the query but those named.
 * @throws ApiError invalid-input
 */
export function refuseQuery(query: HttpRequest['query'], ...known: readonly string[]): void {
  const unknown = [...query.keys()].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw invalidQuery(
    unknown.slice(0, 10).map((name) => ({
      path: name.slice(0, MAX_PATH_LENGTH),
      message: 'This query parameter is not known.',
    })),
  );
}

function invalidQuery(errors: readonly FieldError[]): ApiError {
  return new ApiError('invalid-input', 'The query has a mistake.', { errors });
}
