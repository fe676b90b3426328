import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { JOBS_TABLE } from '@rce/aws/jobs-table.ts';

/** Items read at a time, and the pause between: reading the table must not hold up requests. */
const PAGE = 100;
const PAUSE_MS = 20;

/**
 * Deletes items whose time has passed, as DynamoDB does by itself and dynalite does not.
 * @returns how many it deleted.
 */
export async function sweep(client: DynamoDBDocumentClient, table: string, now: number): Promise<number> {
  const { hashKey, timeToLive } = JOBS_TABLE;
  const seconds = Math.floor(now / 1000);
  const names = { '#ttl': timeToLive };
  const values = { ':now': seconds };
  let deleted = 0;
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: table,
        Limit: PAGE,
        ProjectionExpression: '#pk',
        FilterExpression: '#ttl < :now',
        ExpressionAttributeNames: { ...names, '#pk': hashKey },
        ExpressionAttributeValues: values,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    for (const item of page.Items ?? []) {
      // Again conditional: the item may have been renewed since it was read.
      const gone = await client
        .send(
          new DeleteCommand({
            TableName: table,
            Key: { [hashKey]: item[hashKey] },
            ConditionExpression: '#ttl < :now',
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: values,
          }),
        )
        .then(
          () => true,
          (error: unknown) => {
            if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
            throw error;
          },
        );
      if (gone) deleted++;
    }
    from = page.LastEvaluatedKey;
    await sleep(PAUSE_MS);
  } while (from);
  return deleted;
}
