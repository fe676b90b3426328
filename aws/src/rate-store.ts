import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RateStore } from '@rce/core/ports/job-store.ts';
import { z } from 'zod';
import { attributeNames } from './expressions.ts';
import { itemKey, timeToLive } from './jobs-table.ts';

const Counter = z.object({ hits: z.number() });

/** Counters of the rate limit in the jobs table, one item per caller and window. */
export function createRateStore(table: DynamoDBDocumentClient, tableName: string): RateStore {
  return {
    async hit(caller, windowStart, windowMs) {
      const update = 'ADD #hits :one SET #expiresAt = :expiresAt';
      const { Attributes } = await table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { pk: itemKey.rate(caller, windowStart) },
          UpdateExpression: update,
          ExpressionAttributeNames: attributeNames(update),
          ExpressionAttributeValues: { ':one': 1, ':expiresAt': timeToLive(windowStart + windowMs) },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Counter.parse(Attributes).hits;
    },
  };
}
