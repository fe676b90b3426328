import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { jobsTableDefinition } from '@rce/aws/jobs-table.ts';
import { DELIVERY } from '@rce/core/limits.ts';

const seconds = (ms: number) => String(Math.round(ms / 1000));

const ACCOUNT = '000000000000';
const QUEUES = { jobs: 'jobs', deadLetter: 'jobs-dead-letter' } as const;

export interface Resources {
  readonly jobsQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly deadLetterQueueArn: string;
}

export function resourcesOf(endpoint: string, region: string): Resources {
  return {
    jobsQueueUrl: `${endpoint}/${ACCOUNT}/${QUEUES.jobs}`,
    deadLetterQueueUrl: `${endpoint}/${ACCOUNT}/${QUEUES.deadLetter}`,
    deadLetterQueueArn: `arn:aws:sqs:${region}:${ACCOUNT}:${QUEUES.deadLetter}`,
  };
}

/** Creates the table and the queues unless they are there: what the CDK app does in AWS. */
export async function createResources(
  tables: DynamoDBClient,
  queues: SQSClient,
  table: string,
  resources: Resources,
): Promise<void> {
  await tables.send(new CreateTableCommand(jobsTableDefinition(table))).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
  // A table that was just made takes queries only once it is active.
  await waitUntilTableExists(
    { client: tables, minDelay: 0.05, maxDelay: 1, maxWaitTime: 30 },
    { TableName: table },
  );
  const retention = { MessageRetentionPeriod: seconds(DELIVERY.messageRetentionMs) };
  await queues.send(new CreateQueueCommand({ QueueName: QUEUES.deadLetter, Attributes: retention }));
  await queues.send(
    new CreateQueueCommand({
      QueueName: QUEUES.jobs,
      Attributes: {
        ...retention,
        VisibilityTimeout: seconds(DELIVERY.visibilityMs),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: resources.deadLetterQueueArn,
          maxReceiveCount: DELIVERY.maxReceiveCount,
        }),
      },
    }),
  );
}
