import { z } from 'zod';
import { itemKey } from './jobs-table.ts';

/** What is looked at of a DynamoDB UpdateItem, as the job store writes it. */
const Update = z.object({
  Key: z.object({ pk: z.object({ S: z.string().startsWith(itemKey.job('')) }) }),
  ExpressionAttributeNames: z.record(z.string(), z.string()),
});

/** Id of the job to which an UpdateItem gives its result or its report; undefined for any other request. */
export function settledJob(request: string): string | undefined {
  const { data } = Update.safeParse(JSON.parse(request));
  const names = Object.values(data?.ExpressionAttributeNames ?? {});
  if (!names.includes('result') && !names.includes('analysis')) return undefined;
  return data?.Key.pk.S.slice(itemKey.job('').length);
}
