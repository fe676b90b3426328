import { z } from 'zod';
import { itemKey } from './jobs-table.ts';

/** What is looked at of a DynamoDB UpdateItem, as the job store writes it. */
const Update = z.object({
  Key: z.object({ pk: z.object({ S: z.string().startsWith(itemKey.job('')) }) }),
  ExpressionAttributeNames: z.record(z.string(), z.string()),
});

/** The job that an UpdateItem changes, and whether it gives it its result or its report. */
export interface ChangedJob {
  readonly jobId: string;
  readonly ends: boolean;
}

/** @param request body of an UpdateItem. @returns undefined when it changes no job. */
export function changedJob(request: string): ChangedJob | undefined {
  const { data } = Update.safeParse(JSON.parse(request));
  if (!data) return undefined;
  const names = Object.values(data.ExpressionAttributeNames);
  return {
    jobId: data.Key.pk.S.slice(itemKey.job('').length),
    ends: names.includes('result') || names.includes('analysis'),
  };
}
