import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Driver } from '@rce/core/job.ts';
import type { RunnerAnnouncement, RunnerRegistry } from '@rce/core/ports/job-store.ts';
import { StatsSample } from '@rce/core/stats.ts';
import { z } from 'zod';
import { attributeNames } from './expressions.ts';
import { itemKey, JOBS_TABLE, timeToLive } from './jobs-table.ts';

const Announcement = z.object({
  runnerId: z.string(),
  driver: Driver,
  languages: z.array(
    z.object({
      id: z.string(),
      available: z.boolean(),
      version: z.string().nullable(),
      reason: z.string().exactOptional(),
    }),
  ),
  slots: z.number(),
  busy: z.number(),
  seenAt: z.number(),
  samples: z.array(StatsSample).default([]),
});

/** Announcements of runners in the jobs table. */
export function createRunnerRegistry(table: DynamoDBDocumentClient, tableName: string): RunnerRegistry {
  return {
    async announce(runner: RunnerAnnouncement, ttlMs: number) {
      await table.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            pk: itemKey.runner(runner.runnerId),
            state: 'runner',
            at: runner.seenAt,
            announcement: runner,
            expiresAt: timeToLive(runner.seenAt + ttlMs),
          },
        }),
      );
    },

    async alive(since: number) {
      const runners: RunnerAnnouncement[] = [];
      const condition = '#state = :runner AND #at >= :since';
      let from: Record<string, unknown> | undefined;
      do {
        const page = await table.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: JOBS_TABLE.index.name,
            KeyConditionExpression: condition,
            ExpressionAttributeNames: attributeNames(condition),
            ExpressionAttributeValues: { ':runner': 'runner', ':since': since },
            ExclusiveStartKey: from,
          }),
        );
        for (const item of page.Items ?? []) runners.push(Announcement.parse(item.announcement));
        from = page.LastEvaluatedKey;
      } while (from);
      return runners;
    },

    async withdraw(runnerId: string) {
      await table.send(new DeleteCommand({ TableName: tableName, Key: { pk: itemKey.runner(runnerId) } }));
    },
  };
}
