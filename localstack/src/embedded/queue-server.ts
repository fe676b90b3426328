import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { buildApp } from 'fauxqs';
import { z } from 'zod';

const Received = z.object({
  QueueUrl: z.string(),
  Messages: z.array(z.object({ ReceiptHandle: z.string() })).optional(),
});

export interface QueueServer {
  serve(body: Buffer, headers: IncomingHttpHeaders, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/**
 * SQS, in memory: what is queued is also in the table, from which `reconcile` fills the queue after a
 * restart. The emulator opens no port of its own.
 */
export async function openQueues(region: string): Promise<QueueServer> {
  const app = buildApp({ logger: false, defaultRegion: region });
  await app.ready();

  const call = (headers: IncomingHttpHeaders, payload: Buffer | string) =>
    app.inject({ method: 'POST', url: '/', headers, payload });

  /** A receiver that died while it waited must not take messages with it for the length of a visibility. */
  async function giveBack(request: Buffer, answer: string, headers: IncomingHttpHeaders): Promise<void> {
    const { QueueUrl } = Received.parse(JSON.parse(request.toString()));
    const { Messages = [] } = Received.parse({ QueueUrl, ...JSON.parse(answer) });
    for (const { ReceiptHandle } of Messages) {
      await call(
        { ...headers, 'x-amz-target': 'AmazonSQS.ChangeMessageVisibility' },
        JSON.stringify({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    }
  }

  return {
    async serve(body, { 'content-length': _, ...headers }, response) {
      const answer = await call(headers, body);
      if (response.destroyed) {
        if (headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage' && answer.statusCode === 200)
          await giveBack(body, answer.payload, headers);
        return;
      }
      const type = answer.headers['content-type'];
      response.writeHead(answer.statusCode, { 'content-type': typeof type === 'string' ? type : '' });
      response.end(answer.rawPayload);
    },
    close: async () => app.close(),
  };
}
