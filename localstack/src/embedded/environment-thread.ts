import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** The inside of an execution environment: loads the handler once, then hands it one event after another. */

export interface EnvironmentEvent {
  readonly id: number;
  readonly event: unknown;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

export type EnvironmentAnswer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };

const { file, name, memoryMb }: { file: string; name: string; memoryMb: number } = workerData;
const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread.');

// Kept as a promise, so that events which come while the module loads wait for it.
const loading: Promise<{ handler(event: unknown, context: unknown): Promise<unknown> }> = import(
  pathToFileURL(file).href
);

port.on('message', async ({ id, event, deadline }: EnvironmentEvent) => {
  const answer = await run(event, deadline).then(
    (result): EnvironmentAnswer => ({ id, ok: true, result }),
    (error: unknown): EnvironmentAnswer => {
      console.error(error);
      return { id, ok: false, message: error instanceof Error ? error.message : String(error) };
    },
  );
  port.postMessage(answer);
});

async function run(event: unknown, deadline: number): Promise<unknown> {
  const { handler } = await loading;
  return handler(event, {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${name}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'embedded',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  });
}
