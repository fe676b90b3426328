import { type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Job } from '@rce/core/job.ts';
import { z } from 'zod';
import { readJobItem } from './job-item.ts';
import { itemKey } from './jobs-table.ts';

/** What is looked at of a DynamoDB UpdateItem, as the job store writes it. */
const Update = z.looseObject({
  Key: z.object({ pk: z.object({ S: z.string().startsWith(itemKey.job('')) }) }),
  ExpressionAttributeNames: z.record(z.string(), z.string()),
  ReturnValues: z.string().optional(),
});

/** The job that an UpdateItem changes. */
export interface ChangedJob {
  readonly jobId: string;
  /** Whether it gives the job its result or its report. */
  readonly ends: boolean;
  /** The same request, whose answer holds all of the job; where it ends one and asks for no answer of its own. */
  readonly tellingAll: string | undefined;
}

/** @param request body of an UpdateItem. @returns undefined when it changes no job. */
export function changedJob(request: string): ChangedJob | undefined {
  const { data } = Update.safeParse(JSON.parse(request));
  if (!data) return undefined;
  const names = Object.values(data.ExpressionAttributeNames);
  const ends = names.includes('result') || names.includes('analysis');
  const asksNothing = (data.ReturnValues ?? 'NONE') === 'NONE';
  return {
    jobId: data.Key.pk.S.slice(itemKey.job('').length),
    ends,
    tellingAll: ends && asksNothing ? JSON.stringify({ ...data, ReturnValues: 'ALL_NEW' }) : undefined,
  };
}

/** The job in the answer to such a request. */
export function jobInAnswer(answer: string): Job {
  const { Attributes } = JSON.parse(answer, (key, value: unknown) =>
    // Bytes travel as base64. A copy: a Buffer would bring along the memory that it shares with others.
    key === 'B' && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value,
  ) as { Attributes: Record<string, NativeAttributeValue> };
  return readJobItem(unmarshall(Attributes));
}
