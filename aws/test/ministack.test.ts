import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeLayer, missingMinistack } from '../../e2e/support/layers.ts';
import { describeAdapters } from './adapters.ts';
import { type LocalCloud, openCloud } from './local-cloud.ts';

/** MiniStack keeps closer to AWS than the embedded cloud: what both take, AWS should. */
async function startMinistack(): Promise<LocalCloud> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'rce-ministack-'));
  const server = spawn('ministack', [], {
    // A group of its own: it starts helpers, which are to end with it.
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      TMPDIR: folder,
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  while (!(await isHealthy(endpoint))) {
    if (server.exitCode !== null) throw new Error(`ministack ended with ${server.exitCode}`);
    await sleep(50);
  }
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
  };
  return openCloud(environment, async () => {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

describeLayer('ministack', missingMinistack(), 'the adapters', () => {
  describeAdapters('on MiniStack', startMinistack);
});
