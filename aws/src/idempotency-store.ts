import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import type { IdempotencyStore } from '@rce/core/ports/job-store.ts';
import { z } from 'zod';
import { attributeNames, conditional } from './expressions.ts';
import { itemKey, timeToLive } from './jobs-table.ts';

const Binding = z.object({ jobId: z.string(), fingerprint: z.string() });

/** Idempotency keys in the jobs table. */
export function createIdempotencyStore(
  table: DynamoDBDocumentClient,
  tableName: string,
  clock: Clock = systemClock,
): IdempotencyStore {
  return {
    async bind(key, jobId, fingerprint, expiresAt) {
      const pk = itemKey.idempotency(key);
      // DynamoDB deletes expired items late: one that is still there counts as gone.
      const free = 'attribute_not_exists(#pk) OR #expiresAt <= :now';
      for (;;) {
        const bound = await conditional(
          table.send(
            new PutCommand({
              TableName: tableName,
              Item: { pk, jobId, fingerprint, expiresAt: timeToLive(expiresAt) },
              ConditionExpression: free,
              ExpressionAttributeNames: attributeNames(free),
              ExpressionAttributeValues: { ':now': Math.floor(clock.now() / 1000) },
            }),
          ),
        );
        if (bound) return { jobId, fingerprint };
        const { Item } = await table.send(
          new GetCommand({ TableName: tableName, Key: { pk }, ConsistentRead: true }),
        );
        // Deleted between the two calls: the key is free now.
        if (Item) return Binding.parse(Item);
      }
    },
  };
}
