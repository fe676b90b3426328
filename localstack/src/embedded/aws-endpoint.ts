import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FunctionFailure, type Functions } from './function-host.ts';
import type { QueueServer } from './queue-server.ts';
import { BodyTooLarge, readBody } from './read-body.ts';
import type { ServeTable } from './table-server.ts';

/** DynamoDB takes 16 MiB in one request, more than the others do. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export interface Services {
  readonly accessKeyId: string;
  readonly table: ServeTable;
  readonly queues: QueueServer;
  readonly functions: Functions;
  /** Counts the calls of table and queues under way, without receivers that wait for messages. */
  readonly load: { calls: number };
}

/**
 * One endpoint for the AWS services that the engine uses, as AWS_ENDPOINT_URL of the SDK expects it: the
 * service stands in the scope of the signature. Only who knows this run's random access key is served, so
 * neither a page in the user's browser nor another user of the machine can reach the data.
 */
export function createAwsEndpoint(services: Services): Server {
  // Clients keep connections for long; one that closes just as a call is sent would fail the call.
  return createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    serve(services, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof BodyTooLarge) fail(response, 413, 'RequestEntityTooLargeException', error);
      else fail(response, 500, 'InternalFailure', error);
    });
  });
}

async function serve(services: Services, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const scope = /Credential=([^/,\s]+)\/\d{8}\/[a-z0-9-]+\/([a-z]+)\/aws4_request/.exec(
    request.headers.authorization ?? '',
  );
  if (scope?.[1] !== services.accessKeyId) {
    request.resume();
    return fail(response, 403, 'UnrecognizedClientException', new Error('The access key is not valid.'));
  }
  if (scope[2] !== 'lambda' && request.headers['x-amz-target'] !== 'AmazonSQS.ReceiveMessage') {
    services.load.calls++;
    response.once('close', () => services.load.calls--);
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (scope[2] === 'dynamodb') {
    return services.table(body, request.headers, (answer) => {
      response.writeHead(answer.status, {
        'content-type': answer.contentType,
        'content-length': Buffer.byteLength(answer.body),
      });
      response.end(answer.body);
    });
  }
  if (scope[2] === 'sqs') return services.queues.serve(body, request.headers, response);
  if (scope[2] === 'lambda') return invoke(services.functions, request, body, response);
  fail(response, 404, 'UnknownService', new Error(`There is no service ${scope[2]} here.`));
}

/** Lambda's Invoke. Failures of the function are a 200 with a header, as in Lambda. */
async function invoke(
  functions: Functions,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const name = decodeURIComponent(INVOKE_PATH.exec(request.url?.split('?')[0] ?? '')?.[1] ?? '');
  if (!functions.has(name)) {
    return fail(response, 404, 'ResourceNotFoundException', new Error(`Function not found: ${name}`));
  }
  let event: unknown;
  try {
    event = body.length === 0 ? {} : JSON.parse(body.toString());
  } catch (error) {
    return fail(response, 400, 'InvalidRequestContentException', error);
  }
  const running = functions.invoke(name, event);
  if (request.headers['x-amz-invocation-type'] === 'Event') {
    running.catch(() => undefined);
    response.writeHead(202).end();
    return;
  }
  try {
    send(response, 200, await running, { 'x-amz-executed-version': '$LATEST' });
  } catch (error) {
    if (!(error instanceof FunctionFailure)) throw error;
    const failure = { errorType: error.kind, errorMessage: error.message };
    send(response, 200, failure, { 'x-amz-function-error': 'Unhandled' });
  }
}

function fail(response: ServerResponse, status: number, type: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  send(response, status, { __type: type, message }, { 'x-amzn-errortype': type });
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string>,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body ?? null));
}
