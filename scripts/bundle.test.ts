import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FUNCTIONS, type FunctionName } from '@rce/functions/manifest.ts';
import { type LocalCloud, startLocalCloud } from '../aws/test/local-cloud.ts';
import { TraceReceiver } from '../e2e/support/trace-receiver.ts';
import { restEvent } from '../functions/test/api.ts';
import { bundleFolder, bundleFunctions } from './bundle.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const PROGRAM = JSON.stringify({ language: 'python', code: 'print(eval("1"))' });
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNKNOWN = { path: { jobId: '00000000-0000-4000-8000-000000000000' } };
const message = { messageId: 'm1', body: '{"jobId":"00000000-0000-4000-8000-000000000000"}' };

/** For each function an event, and what its answer holds. */
const EVENTS: Record<FunctionName, readonly [unknown, unknown]> = {
  submit: [restEvent({ headers: JSON_TYPE, body: PROGRAM }), { statusCode: 202 }],
  status: [restEvent(UNKNOWN), { statusCode: 404 }],
  cancel: [restEvent(UNKNOWN), { statusCode: 404 }],
  languages: [restEvent({}), { statusCode: 200, body: expect.stringContaining('"python"') }],
  health: [restEvent({}), { statusCode: 503, body: expect.stringContaining('No runner is alive') }],
  stats: [restEvent({}), { statusCode: 200 }],
  openapi: [restEvent({}), { statusCode: 200, body: expect.stringContaining('"3.1.0"') }],
  analyze: [
    restEvent({ headers: JSON_TYPE, body: PROGRAM }),
    { statusCode: 200, body: expect.stringContaining('eval') },
  ],
  rules: [restEvent({}), { statusCode: 200 }],
  'analysis-health': [restEvent({}), { statusCode: 200 }],
  'dead-letter': [{ Records: [message] }, { batchItemFailures: [] }],
  reconcile: [{}, { requeued: 0, failed: 0 }],
};

/** As Lambda would: a process that has the bundle, the event and the function's own settings, nothing else. */
const INVOKE = `
const { handler } = await import(process.argv[1]);
for (const event of [JSON.parse(process.argv[2])].flat()) {
  const answer = await handler(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 9000 });
  // A long answer fills the pipe, and is all there only when it has been written.
  await new Promise((written) => process.stdout.write('answer ' + JSON.stringify(answer) + '\\n', written));
}
process.exit(0);`;

describe('the bundle of each function', () => {
  let cloud: LocalCloud;
  let folder: string;
  let resources: Record<string, string>;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    folder = await mkdtemp(join(tmpdir(), 'rce-bundles-'));
    resources = {
      RCE_JOBS_TABLE: await cloud.createTable(),
      RCE_JOBS_QUEUE_URL: await cloud.createQueue(),
      RCE_DEAD_LETTER_QUEUE_URL: await cloud.createQueue(),
    };
    await bundleFunctions(folder);
  }, 120_000);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await cloud.stop();
  });

  for (const [name, [event, expected]] of Object.entries(EVENTS) as [FunctionName, [unknown, unknown]][]) {
    it(`${name} loads and answers, far from node_modules and with the settings of the manifest`, async () => {
      const settings = FUNCTIONS[name].settings.map((setting) => [setting, resources[setting] ?? '']);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          INVOKE,
          join(bundleFolder(name, folder), 'index.mjs'),
          JSON.stringify(event),
        ],
        { cwd: folder, env: { ...cloud.environment, ...Object.fromEntries(settings) } },
      );
      const answer = stdout.split('\n').find((line) => line.startsWith('answer '));
      expect(JSON.parse(answer?.slice('answer '.length) ?? 'null')).toMatchObject(expected as object);
    }, 60_000);
  }

  it('in AWS writes metrics into its log, and has delivered its trace when it answers', async () => {
    const receiver = await TraceReceiver.start();
    const asked = { httpMethod: 'POST', resource: '/analysis/analyze' };
    const [event] = EVENTS.analyze;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        INVOKE,
        join(bundleFolder('analyze', folder), 'index.mjs'),
        // The runner's request is traced; the gateway's is counted by its route.
        JSON.stringify([
          { ...(event as object), ...asked },
          { ...JSON.parse(PROGRAM), traceparent: TRACEPARENT },
        ]),
      ],
      {
        cwd: folder,
        env: {
          ...cloud.environment,
          AWS_LAMBDA_FUNCTION_NAME: 'analyze',
          RCE_METRICS_NAMESPACE: 'Rce',
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
        },
      },
    );
    receiver.stop();
    expect([...receiver.trace(TRACEPARENT.split('-')[1] ?? '').keys()]).toEqual(['analyze']);
    const written = stdout.split('\n').filter((line) => line.includes('"_aws"'));
    expect(written.map((line) => JSON.parse(line))).toMatchObject([
      { function: 'analyze', outcome: 'ok', rce_function_duration_seconds: expect.any(Number) },
      { method: 'POST', route: '/analysis/analyze', status: '200' },
      { function: 'analyze', outcome: 'ok' },
    ]);
    expect(written[0]).toContain('"Namespace":"Rce"');
    expect(written.join()).not.toContain('eval');
  }, 60_000);
});
