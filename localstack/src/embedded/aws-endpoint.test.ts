import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { systemClock } from '@rce/core/clock.ts';
import { sampleJob } from '@rce/core/contracts/samples.ts';
import { emptyResult } from '@rce/core/job.ts';
import type { JobHint } from '@rce/functions/job-hints.ts';
import { createAwsEndpoint } from './aws-endpoint.ts';
import { createFunctions, type Functions } from './function-host.ts';
import { hintingTable } from './hinting-table.ts';
import { openQueues, type QueueServer } from './queue-server.ts';
import { runQueueTrigger } from './queue-trigger.ts';
import { createResources, type Resources, resourcesOf } from './resources.ts';
import { sweep } from './sweeper.ts';
import { openTables } from './table-server.ts';

const KEY = 'the-key-of-this-run';
const REGION = 'us-east-1';
const folder = mkdtempSync(join(tmpdir(), 'rce-cloud-'));
const credentials = { accessKeyId: KEY, secretAccessKey: 'x' };

const hints: JobHint[] = [];
let server: Server;
let endpoint: string;
let queues: QueueServer;
let functions: Functions;
let resources: Resources;
let sqs: SQSClient;
let table: DynamoDBDocumentClient;

beforeAll(async () => {
  queues = await openQueues(REGION);
  const file = fileURLToPath(new URL('./fixtures/behaviours.mjs', import.meta.url));
  const spec = { file, memoryMb: 64, timeoutSeconds: 5, env: {}, environments: 1, concurrency: 10 };
  functions = createFunctions(new Map([['f', spec]]));
  server = createAwsEndpoint({
    accessKeyId: KEY,
    table: hintingTable(await openTables(folder), (hint) => hints.push(hint)),
    queues,
    functions,
    load: { calls: 0 },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { region: REGION, endpoint, credentials, maxAttempts: 1 };
  sqs = new SQSClient(client);
  table = DynamoDBDocumentClient.from(new DynamoDBClient(client));
  resources = resourcesOf(endpoint, REGION);
  await createResources(table, sqs, 'jobs', resources);
});
afterAll(async () => {
  sqs.destroy();
  table.destroy();
  server.closeAllConnections();
  server.close();
  await queues.close();
  await functions.close();
  rmSync(folder, { recursive: true, force: true });
});

const openConnections = () =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
const send = (body: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: resources.jobsQueueUrl, MessageBody: body }));
const receive = async (seconds = 1) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: resources.jobsQueueUrl, WaitTimeSeconds: seconds }),
  );
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl: resources.jobsQueueUrl, ReceiptHandle }));
  return Messages.map((message) => message.Body);
};

describe('the AWS endpoint', () => {
  it('keeps items and messages', async () => {
    await table.send(new PutCommand({ TableName: 'jobs', Item: { pk: 'a', bytes: new Uint8Array([1, 2]) } }));
    const { Item } = await table.send(new GetCommand({ TableName: 'jobs', Key: { pk: 'a' } }));
    expect(Item).toEqual({ pk: 'a', bytes: new Uint8Array([1, 2]) });
    await send('hello');
    expect(await receive()).toEqual(['hello']);
  });

  it('hints at each change of a job, once that has been written, and tells an ended one', async () => {
    const job = sampleJob();
    const store = new DynamoJobStore(table, 'jobs', { ...systemClock, now: () => job.createdAt });
    await store.create(job);
    await store.claim(job.jobId, 'me', job.createdAt, 5_000);
    await store.finish(job.jobId, 'somebody else', emptyResult('ok'), Date.now());
    const result = { ...emptyResult('ok'), stdout: new Uint8Array([0, 255]) };
    await store.finish(job.jobId, 'me', result, Date.now());
    const finished = await store.get(job.jobId);
    await store.attachAnalysis(job.jobId, { state: 'unavailable' });
    while (hints.length < 3) await sleep(1);
    const { jobId } = job;
    expect(hints).toEqual([
      { jobId, ends: false },
      { jobId, ends: true, job: finished },
      { jobId, ends: true, job: await store.get(jobId) },
    ]);
    await table.send(new DeleteCommand({ TableName: 'jobs', Key: { pk: `job#${job.jobId}` } }));
  });

  it('creates what is there already without harm', async () => {
    await expect(createResources(table, sqs, 'jobs', resources)).resolves.toBeUndefined();
  });

  it('wakes a receiver that waits', async () => {
    const waiting = receive(20);
    await sleep(100);
    await send('wake');
    expect(await waiting).toEqual(['wake']);
  });

  it('gives a message that went to a dead receiver to the next one at once', async () => {
    const dying = new AbortController();
    const dead = sqs.send(
      new ReceiveMessageCommand({ QueueUrl: resources.jobsQueueUrl, WaitTimeSeconds: 20 }),
      { abortSignal: dying.signal },
    );
    await sleep(100);
    const open = await openConnections();
    dying.abort();
    await expect(dead).rejects.toThrow();
    while ((await openConnections()) >= open) await sleep(5);
    await send('for the living');
    expect(await receive(5)).toEqual(['for the living']);
  });

  it('does not fall over a client that breaks off in the middle of a request', async () => {
    const breaking = new AbortController();
    const half = fetch(endpoint, {
      method: 'POST',
      duplex: 'half',
      signal: breaking.signal,
      headers: { authorization: authorization('dynamodb', KEY), 'content-length': '1000' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) }),
    } as RequestInit);
    await sleep(50);
    breaking.abort();
    await expect(half).rejects.toThrow();
    expect(
      (await table.send(new GetCommand({ TableName: 'jobs', Key: { pk: 'none' } }))).Item,
    ).toBeUndefined();
  });

  it('invokes functions, and reports their failures as Lambda does', async () => {
    const lambda = new LambdaClient({ region: REGION, endpoint, credentials, maxAttempts: 1 });
    const invoke = (name: string, event: object, type?: 'Event') =>
      lambda.send(
        new InvokeCommand({
          FunctionName: name,
          Payload: JSON.stringify(event),
          ...(type ? { InvocationType: type } : {}),
        }),
      );
    const good = await invoke('f', { do: 'echo' });
    expect(JSON.parse(good.Payload?.transformToString() ?? '')).toMatchObject({ functionName: 'f' });
    const bad = await invoke('f', { do: 'throw' });
    expect(bad.FunctionError).toBe('Unhandled');
    expect(bad.Payload?.transformToString()).toContain('thrown on purpose');
    expect((await invoke('f', { do: 'throw' }, 'Event')).StatusCode).toBe(202);
    await expect(invoke('missing', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    lambda.destroy();
  });
});

describe('who does not know the access key', () => {
  it.each([
    ['without a signature', {}],
    ['with the key of another run', { authorization: authorization('dynamodb', 'other') }],
    ['as a page in a browser', { origin: 'https://attacker.example', 'content-type': 'text/plain' }],
  ])('%s gets nothing', async (_, headers) => {
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      const response = await fetch(endpoint, { method, headers: headers as Record<string, string> });
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  it('from elsewhere in the network does not even reach it', () => {
    expect((server.address() as AddressInfo).address).toBe('127.0.0.1');
  });
});

describe('the data folder', () => {
  it('belongs to one engine at a time', async () => {
    await expect(openTables(folder)).rejects.toThrow(/Another engine uses the data folder/);
  });
});

describe('items whose time has passed', () => {
  it('are deleted, and only those', async () => {
    const now = 1_800_000_000_000;
    for (let index = 0; index < 250; index++) {
      await table.send(
        new PutCommand({
          TableName: 'jobs',
          Item: { pk: `ttl${index}`, expiresAt: now / 1000 + (index % 2 ? -1 : 1) },
        }),
      );
    }
    await table.send(new PutCommand({ TableName: 'jobs', Item: { pk: 'for ever' } }));
    expect(await sweep(table, 'jobs', now)).toBe(125);
    expect(await sweep(table, 'jobs', now)).toBe(0);
  });
});

describe('a queue trigger', () => {
  it('removes what the function handled and leaves the rest', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const trigger = runQueueTrigger(
      {
        client: sqs,
        queueUrl: resources.jobsQueueUrl,
        queueArn: `arn:aws:sqs:${REGION}:000000000000:jobs`,
        batchSize: 10,
        onError: () => {},
        invoke: async (event) => {
          const { Records } = event as { Records: { messageId: string; body: string }[] };
          seen.push(...Records.map((record) => record.body));
          const failed = Records.filter((record) => record.body === 'bad');
          return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
        },
      },
      stop.signal,
    );
    await send('good');
    await send('bad');
    while (seen.length < 2) await sleep(20);
    stop.abort();
    await trigger;
    expect(seen.toSorted()).toEqual(['bad', 'good']);
    // The failed one is hidden, not gone.
    const inspected = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: authorization('sqs', KEY),
        'x-amz-target': 'AmazonSQS.GetQueueAttributes',
        'content-type': 'application/x-amz-json-1.0',
      },
      body: JSON.stringify({ QueueUrl: resources.jobsQueueUrl, AttributeNames: ['All'] }),
    });
    expect(await inspected.json()).toMatchObject({
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' },
    });
  });
});

function authorization(service: string, key: string): string {
  return `AWS4-HMAC-SHA256 Credential=${key}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=00`;
}
