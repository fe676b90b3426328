import { once } from 'node:events';
import type { Server } from 'node:http';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';
import { createQueueClient, createTableClient } from '../src/clients.ts';
import { jobsTableDefinition } from '../src/jobs-table.ts';

/**
 * A table service and a queue service in this process, for tests: dynalite and fauxqs on loopback, reached
 * through the very clients that are used against AWS.
 */
export interface LocalCloud {
  readonly table: DynamoDBDocumentClient;
  readonly queue: SQSClient;
  /** Settings that lead a program here. */
  readonly environment: Readonly<Record<string, string>>;
  createTable(): Promise<string>;
  createQueue(): Promise<string>;
  stop(): Promise<void>;
}

export async function startLocalCloud(): Promise<LocalCloud> {
  const database: Server = dynalite({ createTableMs: 0 });
  database.listen(0, '127.0.0.1');
  await once(database, 'listening');
  const queues = buildApp({ logger: false });
  const queueEndpoint = await queues.listen({ port: 0, host: '127.0.0.1' });
  const address = database.address();
  if (address === null || typeof address === 'string') throw new Error('the database has no port');
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${address.port}`,
    AWS_ENDPOINT_URL_SQS: queueEndpoint,
  };
  return openCloud(environment, async () => {
    queues.server.closeAllConnections();
    await queues.close();
    database.closeAllConnections();
    await new Promise((resolve) => database.close(resolve));
  });
}

/** Clients of the cloud that the environment leads to. */
export function openCloud(
  environment: Readonly<Record<string, string>>,
  stop: () => Promise<void>,
): LocalCloud {
  // The SDK reads its endpoints here and nowhere else.
  Object.assign(process.env, environment);
  const table = createTableClient();
  const queue = createQueueClient();
  let created = 0;
  return {
    table,
    queue,
    environment,
    async createTable() {
      const name = `jobs-${created++}`;
      await table.send(new CreateTableCommand(jobsTableDefinition(name)));
      return name;
    },
    async createQueue() {
      const { QueueUrl } = await queue.send(new CreateQueueCommand({ QueueName: `jobs-${created++}` }));
      if (QueueUrl === undefined) throw new Error('the queue has no URL');
      return QueueUrl;
    },
    async stop() {
      table.destroy();
      queue.destroy();
      await stop();
    },
  };
}
