import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';

export interface QueueTrigger {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** Invokes the function with an SQS event. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

const WAIT_SECONDS = 20;
const BACKOFF_MS = 1_000;

const BatchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).default([]) })
  .nullish();

/**
 * Lambda's event source mapping: hands messages to a function, and removes those that the function does not
 * report as failed (ReportBatchItemFailures). The others come again when their visibility ends.
 */
export async function runQueueTrigger(trigger: QueueTrigger, stop: AbortSignal): Promise<void> {
  const { client, queueUrl, batchSize } = trigger;
  while (!stop.aborted) {
    try {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: batchSize,
          WaitTimeSeconds: WAIT_SECONDS,
          MessageSystemAttributeNames: ['All'],
        }),
        { abortSignal: stop },
      );
      if (Messages.length > 0) await handOver(trigger, Messages);
    } catch (error) {
      if (stop.aborted) return;
      trigger.onError(error);
      await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS));
    }
  }
}

async function handOver(trigger: QueueTrigger, messages: readonly Message[]): Promise<void> {
  const records = messages.map((message) => ({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: {},
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: trigger.queueArn,
    awsRegion: trigger.queueArn.split(':')[3],
  }));
  const answer = BatchResponse.parse(await trigger.invoke({ Records: records }));
  const failed = new Set(answer?.batchItemFailures.map((failure) => failure.itemIdentifier));
  const done = messages.filter(({ MessageId }) => MessageId !== undefined && !failed.has(MessageId));
  if (done.length === 0) return;
  await trigger.client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: trigger.queueUrl,
      Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
}
