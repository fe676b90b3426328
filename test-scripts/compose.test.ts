import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeLayer } from '../e2e/support/layers.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PATIENCE_MS = 10 * 60_000;
const PROJECT = `rce-test-${process.pid}`;
const BASE_PORT = 21_000 + (process.pid % 1_000) * 5;
const url = `http://127.0.0.1:${BASE_PORT}`;

/** Its images are built beforehand, by `.ci/build-images` or `make build`: that takes longer than the test. */
function missing(): string | undefined {
  if (spawnSync('docker', ['compose', 'version']).status !== 0) return 'there is no docker compose';
  for (const image of ['nginx', 'localstack', 'deployer', 'sandbox-runner', 'socket-proxy']) {
    if (spawnSync('docker', ['image', 'inspect', `rce/${image}`]).status !== 0) {
      return `the image rce/${image} is not built: run .ci/build-images, or make build`;
    }
  }
  return undefined;
}

interface Inspected {
  readonly Name: string;
  readonly Config: { readonly User: string };
  readonly HostConfig: {
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number;
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[];
    readonly Binds: readonly string[] | null;
    readonly Privileged: boolean;
  };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { HostIp: string }[] | null>>;
  };
}

interface Job {
  readonly jobId: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly output: string;
}

describeLayer('compose', missing(), 'docker compose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rce-compose-'));
  const envFile = join(folder, 'env');
  const compose = (...args: string[]) =>
    promisify(execFile)('docker', ['compose', '--env-file', envFile, ...args], {
      cwd: ROOT,
      maxBuffer: 16 << 20,
    }).then(({ stdout }) => stdout);
  const up = () => compose('up', '--detach', '--no-build', '--wait');
  const submit = (body: object, query = '', headers: Record<string, string> = {}) =>
    fetch(`${url}/api/submit${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  /** As a careful client submits: again, under the same key, when it is refused or not answered in time. */
  async function accepted(code: string): Promise<string> {
    const key = { 'idempotency-key': randomUUID() };
    for (;;) {
      const response = await submit({ language: 'python', code }, '', key);
      if (response.status === 202) return ((await response.json()) as Job).jobId;
      expect([429, 503, 504]).toContain(response.status);
      await sleep(Number(response.headers.get('retry-after') ?? 1) * 1_000);
    }
  }
  const jobOf = async (jobId: string) => (await (await fetch(`${url}/api/status/${jobId}`)).json()) as Job;
  async function finished(jobId: string): Promise<Job> {
    for (;;) {
      const job = await jobOf(jobId);
      if (job.status === 'completed' || job.status === 'failed') return job;
      await sleep(300);
    }
  }
  let kept = '';

  beforeAll(async () => {
    const socket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
    const settings = {
      COMPOSE_PROJECT_NAME: PROJECT,
      RCE_BIND: '127.0.0.1',
      RCE_HTTP_PORT: BASE_PORT,
      RCE_LOCALSTACK_PORT: BASE_PORT + 1,
      RCE_PROMETHEUS_PORT: BASE_PORT + 2,
      RCE_GRAFANA_PORT: BASE_PORT + 3,
      RCE_CADVISOR_PORT: BASE_PORT + 4,
      RCE_DOCKER_SOCKET: socket,
      RCE_DOCKER_GID: statSync(socket).gid,
      RCE_PULL: 'none',
      RCE_RATE_LIMIT: 0,
      RCE_SLOTS: 2,
    };
    writeFileSync(
      envFile,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    await compose('config', '--quiet');
    await up();
  }, PATIENCE_MS);

  afterAll(async () => {
    await compose('down', '--volumes', '--remove-orphans');
    rmSync(folder, { recursive: true, force: true });
  }, PATIENCE_MS);

  it('serves the page with its headers, and the analysis', async () => {
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const report = await fetch(`${url}/analysis/analyze`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ language: 'python', code: 'eval(input())' }),
    });
    expect(report.status).toBe(200);
  });

  it(
    'runs jobs, as its own scripts find',
    async () => {
      const verified = spawnSync('sh', ['test-scripts/verify.sh', url], {
        cwd: ROOT,
        encoding: 'utf8',
        env: {
          ...process.env,
          COMPOSE: `docker compose --env-file ${envFile}`,
          RCE_LOCALSTACK_PORT: String(BASE_PORT + 1),
          RCE_PROMETHEUS_PORT: String(BASE_PORT + 2),
          RCE_GRAFANA_PORT: String(BASE_PORT + 3),
          RCE_CADVISOR_PORT: String(BASE_PORT + 4),
        },
      });
      expect(verified.stdout).not.toContain('FAILED');
      expect(verified.status).toBe(0);
      // Every request that its twin for PowerShell sends.
      const tested = spawnSync('sh', ['test-scripts/run-tests.sh', url], { cwd: ROOT, encoding: 'utf8' });
      expect(tested.stdout).toMatch(/^6 passed, 0 failed$/m);
    },
    PATIENCE_MS,
  );

  it('runs every part without root, with limits, and shows the Docker socket to its two guards alone', async () => {
    const ids = (await compose('ps', '--all', '--quiet')).trim().split('\n');
    const { stdout } = await promisify(execFile)('docker', ['inspect', ...ids]);
    const containers = JSON.parse(stdout) as Inspected[];
    expect(containers.length).toBeGreaterThanOrEqual(9);
    const seeing: string[] = [];
    for (const { Name, Config, HostConfig, NetworkSettings } of containers) {
      expect({ Name, user: Config.User }).toEqual({ Name, user: expect.stringMatching(/^[1-9]\d*:\d+$/) });
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, Privileged: false, CapDrop: ['ALL'] });
      for (const limit of [HostConfig.Memory, HostConfig.NanoCpus, HostConfig.PidsLimit]) {
        expect(limit).toBeGreaterThan(0);
      }
      for (const bindings of Object.values(NetworkSettings.Ports)) {
        for (const { HostIp } of bindings ?? []) expect(HostIp).toBe('127.0.0.1');
      }
      if (HostConfig.Binds?.some((bind) => bind.includes('docker.sock'))) seeing.push(Name);
    }
    expect(seeing.sort()).toEqual([`/${PROJECT}-docker-reader`, `/${PROJECT}-socket-proxy`]);
  });

  it(
    'finishes every job although the runner is killed among them',
    async () => {
      const jobs: string[] = [];
      const client = async () => {
        while (jobs.length < 50) {
          const index = jobs.push('') - 1;
          jobs[index] = await accepted(`import time\ntime.sleep(0.3)\nprint(${index})`);
        }
      };
      await Promise.all(Array.from({ length: 5 }, client));
      kept = jobs[0] ?? '';
      await compose('kill', 'sandbox-runner');
      await compose('up', '--detach', '--no-build', 'sandbox-runner');
      // One after another: a crowd that asks all the time would be held to its rate.
      for (const [index, jobId] of jobs.entries()) expect((await finished(jobId)).output).toBe(`${index}\n`);
    },
    PATIENCE_MS,
  );

  it('holds an address to its rate, with problem+json', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => fetch(`${url}/api/submit`, { method: 'POST', body: '{' })),
    );
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('content-type')).toContain('application/problem+json');
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused?.json()).toMatchObject({ code: 'rate-limited' });
  });

  it(
    'still has its data after down and up',
    async () => {
      const before = await jobOf(kept);
      await compose('down');
      await up();
      expect(await jobOf(kept)).toEqual(before);
    },
    PATIENCE_MS,
  );
});
