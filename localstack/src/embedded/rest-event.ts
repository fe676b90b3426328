import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

export type RestEvent = Omit<APIGatewayProxyEvent, 'requestContext'> & {
  requestContext: Pick<
    APIGatewayProxyEvent['requestContext'],
    'requestId' | 'httpMethod' | 'path' | 'resourcePath' | 'stage' | 'protocol' | 'requestTimeEpoch'
  > & { identity: Pick<APIGatewayProxyEvent['requestContext']['identity'], 'sourceIp' | 'userAgent'> };
};

/** What API Gateway's REST API (proxy integration, version 1) makes of a request. */
export function toRestEvent(
  request: IncomingMessage,
  url: URL,
  route: { readonly path: string; readonly parameters: Readonly<Record<string, string>> },
  body: Buffer,
): RestEvent {
  const query = group([...url.searchParams]);
  const headers = group(pairs(request.rawHeaders));
  const text = isUtf8(body);
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  return {
    resource: route.path,
    path: url.pathname,
    httpMethod: method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(route.parameters),
    stageVariables: null,
    body: body.length === 0 ? null : body.toString(text ? 'utf8' : 'base64'),
    isBase64Encoded: body.length > 0 && !text,
    requestContext: {
      requestId: randomUUID(),
      httpMethod: method,
      path: url.pathname,
      resourcePath: route.path,
      stage: 'embedded',
      protocol: `HTTP/${request.httpVersion}`,
      requestTimeEpoch: Date.now(),
      identity: {
        sourceIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '',
        userAgent: request.headers['user-agent'] ?? null,
      },
    },
  };
}

function* pairs(raw: readonly string[]): Generator<[string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? ''];
}

type Multi = Record<string, string[]>;

function group(entries: Iterable<[string, string]>): Multi {
  // Without a prototype: a parameter may be called __proto__.
  const grouped: Multi = Object.create(null);
  for (const [name, value] of entries) {
    const values = grouped[name];
    if (values) values.push(value);
    else grouped[name] = [value];
  }
  return grouped;
}

function lastOf(values: Multi): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values;
}

/** What goes back to the client. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** @throws Error when a handler answered with something that API Gateway would call malformed. */
export function fromRestResult(result: unknown): RestAnswer {
  if (!isRestResult(result)) throw new Error('The function gave a malformed answer.');
  const plain = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]);
  const multi = Object.entries(result.multiValueHeaders ?? {}).map(([name, values]) => [
    name,
    values.map(String),
  ]);
  return {
    status: result.statusCode,
    headers: Object.fromEntries([...plain, ...multi]),
    body: Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function isRestResult(result: unknown): result is APIGatewayProxyResult {
  return (
    typeof result === 'object' &&
    result !== null &&
    'statusCode' in result &&
    Number.isInteger(result.statusCode) &&
    (!('body' in result) || typeof result.body === 'string' || result.body === undefined)
  );
}
