import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EMULATED_ACCOUNT, emulatedApiUrl, emulatorSettings } from '@rce/aws/fixed-names.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import { describeLayer, missingMinistack } from '../../../e2e/support/layers.ts';
import { emulatorEnvironment, ROOT } from './cdk.ts';
import { deploy, destroy, waitForEmulator } from './deploy.ts';

/** The real cdk command and the real runner; generous, since the machine may be busy with other tests. */
const PATIENCE_MS = 5 * 60_000;

describeLayer('ministack', missingMinistack(), 'an emulated cloud', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rce-ministack-'));
  const children: ChildProcess[] = [];
  let settings = { AWS_ENDPOINT_URL: '', AWS_REGION: 'us-east-1' };
  let api = '';
  let runner: ChildProcess | undefined;

  beforeAll(async () => {
    const port = await freePort();
    settings = { ...settings, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    api = emulatedApiUrl(settings.AWS_ENDPOINT_URL);
    // Node asks the nearest package.json how to read the emulator's own worker.
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
    const emulator = spawn('ministack', [], {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      env: {
        ...process.env,
        // It runs the functions by the first node that it finds.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
        TMPDIR: folder,
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        MINISTACK_HOST: '127.0.0.1',
        LAMBDA_EXECUTOR: 'local',
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
        AWS_ENDPOINT_URL: settings.AWS_ENDPOINT_URL,
      },
    });
    children.push(emulator);
    await waitForEmulator(settings.AWS_ENDPOINT_URL, 60_000);
    await deploy(settings, { ...process.env, RCE_RATE_LIMIT: '0' }, () => {});
  }, PATIENCE_MS);

  afterAll(() => {
    // The emulator's children are of its process group.
    for (const { pid } of children) if (pid !== undefined) kill(-pid);
    rmSync(folder, { recursive: true, force: true });
  });

  const submit = (body: object, query = '') =>
    fetch(`${api}/api/submit${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const until = async <Value>(ask: () => Promise<Value>, done: (value: Value) => boolean): Promise<Value> => {
    for (;;) {
      const value = await ask();
      if (done(value)) return value;
      await sleep(200);
    }
  };
  const jobOf = async (jobId: string) => (await (await fetch(`${api}/api/status/${jobId}`)).json()) as Job;

  it(
    'gives up a message that is delivered too often, and its job ends as internal-error',
    async () => {
      const { jobId } = (await (await submit({ language: 'python', code: 'print(1)' })).json()) as Job;
      const sqs = new SQSClient({
        endpoint: settings.AWS_ENDPOINT_URL,
        region: settings.AWS_REGION,
        credentials: { accessKeyId: EMULATED_ACCOUNT, secretAccessKey: 'emulated' },
        useQueueUrlAsEndpoint: false,
      });
      const queue = { QueueUrl: emulatorSettings(settings.AWS_ENDPOINT_URL, '').RCE_JOBS_QUEUE_URL };
      for (let delivery = 0; delivery < DELIVERY.maxReceiveCount; delivery++) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...queue, WaitTimeSeconds: 5 }));
        expect(Messages).toHaveLength(1);
        await sqs.send(
          new ChangeMessageVisibilityCommand({
            ...queue,
            ReceiptHandle: Messages[0]?.ReceiptHandle,
            VisibilityTimeout: 0,
          }),
        );
      }
      // SQS moves a message aside when somebody asks for it once more.
      await sqs.send(new ReceiveMessageCommand({ ...queue, WaitTimeSeconds: 1 }));
      const job = await until(
        () => jobOf(jobId),
        ({ status }) => status === 'failed',
      );
      expect(job.verdict).toBe('internal-error');
    },
    PATIENCE_MS,
  );

  it(
    'runs jobs with the runner as it is',
    async () => {
      runner = spawn(process.execPath, ['sandbox-runner/src/main.ts'], {
        cwd: ROOT,
        stdio: 'ignore',
        detached: true,
        env: {
          ...emulatorEnvironment(settings, process.env),
          ...emulatorSettings(settings.AWS_ENDPOINT_URL, settings.AWS_REGION),
          RCE_PULL: 'none',
          RCE_METRICS_PORT: '0',
          RCE_SLOTS: '2',
        },
      });
      children.push(runner);
      const { jobId } = (await (
        await submit({ language: 'python', code: 'print(sum(range(1, 101)))' })
      ).json()) as Job;
      const job = await until(
        () => jobOf(jobId),
        ({ status }) => status === 'completed' || status === 'failed',
      );
      expect(job).toMatchObject({ status: 'completed', verdict: 'ok', output: '5050\n' });
    },
    PATIENCE_MS,
  );

  it(
    'passes the tests that the engine of npm start passes',
    async () => {
      const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--maxWorkers=1'];
      const { stderr } = await promisify(execFile)(
        process.execPath,
        [...jest, 'e2e/programs', 'e2e/bad-input'],
        { cwd: ROOT, env: { ...process.env, RCE_URL: api } },
      ).catch((error: { stderr: string }) => error);
      expect(stderr).toMatch(/^Tests: +\d+ passed, \d+ total$/m);
    },
    PATIENCE_MS,
  );

  it(
    'deploys what has changed in a second run',
    async () => {
      await deploy(settings, { ...process.env, RCE_RATE_LIMIT: '2' }, () => {});
      const statuses = [];
      for (let request = 0; request < 3; request++) {
        statuses.push((await submit({ language: 'python', code: 'print(1)' })).status);
      }
      expect(statuses).toContain(429);
    },
    PATIENCE_MS,
  );

  it(
    'is removed without a trace',
    async () => {
      await destroy(settings, process.env);
      const response = await fetch(`${api}/api/health`);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toContain('checks');
    },
    PATIENCE_MS,
  );
});

interface Job {
  readonly jobId: string;
  readonly status: string;
  readonly verdict: string | null;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
