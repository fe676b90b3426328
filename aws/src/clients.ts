import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * The SDK's clients with this engine's timeouts. Region, credentials and endpoints come from the
 * environment, as the SDK reads them.
 */

/** A call that takes longer has been lost on the way: it is tried again. */
const CALL_TIMEOUT_MS = 5_000;
/** SQS long polls last up to 20 s. */
const LONG_POLL_TIMEOUT_MS = 25_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Once and two retries: callers hold an HTTP request open meanwhile, or try again by themselves. */
const MAX_ATTEMPTS = 3;

function transport(requestTimeout: number) {
  // One set of sockets per client: waiting long polls never hold up short calls.
  const options = { keepAlive: true, maxSockets: 200 };
  return {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout,
    // Without it the SDK only logs that a request took too long.
    throwOnRequestTimeout: true,
    httpAgent: new Agent(options),
    httpsAgent: new SecureAgent(options),
  };
}

export function createTableClient(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: transport(CALL_TIMEOUT_MS),
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

export function createQueueClient(): SQSClient {
  return new SQSClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: transport(LONG_POLL_TIMEOUT_MS),
    // The queue's URL names a host that only AWS and its emulators' own networks can resolve; the
    // endpoint of the settings is the one that answers here.
    useQueueUrlAsEndpoint: false,
  });
}

export function createFunctionClient(): LambdaClient {
  return new LambdaClient({ maxAttempts: MAX_ATTEMPTS, requestHandler: transport(LONG_POLL_TIMEOUT_MS) });
}
