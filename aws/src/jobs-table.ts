import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/**
 * The one table. Its items are told apart by the prefix of their key: jobs, bound idempotency keys,
 * counters of the rate limit, announcements of runners.
 */
export const JOBS_TABLE = {
  hashKey: 'pk',
  /** DynamoDB deletes an item some time after this attribute's second (since 1970) has passed. */
  timeToLive: 'expiresAt',
  /**
   * Sparse: it holds only items that have `state`, which are jobs that are not finished and runners.
   * `at` is when a queued job was created, when a lease ends, when a runner was seen.
   */
  index: {
    name: 'byState',
    hashKey: 'state',
    rangeKey: 'at',
    /** Further attributes that the index carries; never a job's source or output. */
    carries: ['attempts', 'announcement'],
  },
} as const;

export const itemKey = {
  job: (jobId: string) => `job#${jobId}`,
  idempotency: (key: string) => `idempotency#${key}`,
  rate: (caller: string, windowStart: number) => `rate#${caller}#${windowStart}`,
  runner: (runnerId: string) => `runner#${runnerId}`,
} as const;

/** The table as CreateTable takes it; TTL is a call of its own. */
export function jobsTableDefinition(name: string): CreateTableCommandInput {
  const { hashKey, index } = JOBS_TABLE;
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: hashKey, AttributeType: 'S' },
      { AttributeName: index.hashKey, AttributeType: 'S' },
      { AttributeName: index.rangeKey, AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: hashKey, KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: index.name,
        KeySchema: [
          { AttributeName: index.hashKey, KeyType: 'HASH' },
          { AttributeName: index.rangeKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.carries] },
      },
    ],
  };
}

/** Milliseconds to the second in which an item may be deleted; never before its time. */
export function timeToLive(expiresAt: number): number {
  return Math.ceil(expiresAt / 1000);
}
