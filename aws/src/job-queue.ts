import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DELIVERY } from '@rce/core/limits.ts';
import type { JobQueue, Message } from '@rce/core/ports/job-queue.ts';
import { z } from 'zod';

/** The body of a message. The job itself is in the table. */
export const MessageBody = z.object({
  jobId: z.string(),
  traceparent: z.string().exactOptional(),
});
export type MessageBody = z.infer<typeof MessageBody>;

/** Reads a message's body; undefined when it is not one of ours. */
export function parseMessageBody(text: string | undefined): MessageBody | undefined {
  try {
    return MessageBody.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

/** The job queue on SQS. */
export function createJobQueue(sqs: SQSClient, queueUrl: string): JobQueue {
  return {
    async send(jobId, traceparent) {
      const body: MessageBody = { jobId, ...(traceparent === undefined ? {} : { traceparent }) };
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }));
    },

    async receive(max, waitMs, signal) {
      try {
        const { Messages } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: max,
            // SQS waits whole seconds, 20 at most.
            WaitTimeSeconds: Math.min(20, Math.ceil(waitMs / 1000)),
            VisibilityTimeout: DELIVERY.visibilityMs / 1000,
            MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          }),
          signal ? { abortSignal: signal } : {},
        );
        return (Messages ?? []).flatMap((message): Message[] => {
          const body = parseMessageBody(message.Body);
          // What is not ours comes again until it lands in the dead-letter queue, where people see it.
          if (!body || message.ReceiptHandle === undefined) return [];
          return [
            {
              ...body,
              receipt: message.ReceiptHandle,
              receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
            },
          ];
        });
      } catch (error) {
        if (signal?.aborted) return [];
        throw error;
      }
    },

    async extend(receipt, visibilityMs) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receipt,
          VisibilityTimeout: Math.ceil(visibilityMs / 1000),
        }),
      );
    },

    async remove(receipt) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
    },

    async depth() {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return {
        waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    },
  };
}
