import { FIXED_NAMES } from '@rce/aws/fixed-names.ts';
import { JOBS_TABLE } from '@rce/aws/jobs-table.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';

/** What is remembered: the table of jobs, and the queue that says which are to be run. */
export class StateStack extends Stack {
  readonly jobs: Table;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: StackProps & { config: Config }) {
    super(scope, id, props);
    const { keepData, fixedNames } = props.config;

    this.jobs = new Table(this, 'Jobs', {
      ...(fixedNames ? { tableName: FIXED_NAMES.table } : {}),
      partitionKey: { name: JOBS_TABLE.hashKey, type: AttributeType.STRING },
      timeToLiveAttribute: JOBS_TABLE.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepData,
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const { index } = JOBS_TABLE;
    this.jobs.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: { name: index.hashKey, type: AttributeType.STRING },
      sortKey: { name: index.rangeKey, type: AttributeType.NUMBER },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...index.carries],
    });

    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...(fixedNames ? { queueName: FIXED_NAMES.deadLetterQueue } : {}),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest SQS allows: what nobody could handle is evidence.
      retentionPeriod: Duration.days(14),
      // SQS wants it at least as long as the function that reads the queue may run, better six times.
      visibilityTimeout: Duration.minutes(3),
    });
    this.queue = new Queue(this, 'JobsQueue', {
      ...(fixedNames ? { queueName: FIXED_NAMES.queue } : {}),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.millis(DELIVERY.messageRetentionMs),
      visibilityTimeout: Duration.millis(DELIVERY.visibilityMs),
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: DELIVERY.maxReceiveCount },
    });
  }
}
