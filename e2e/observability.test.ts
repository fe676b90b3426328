import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROWS } from '@rce/observability/dashboard.ts';
import { call, finish, runJob, submit } from './support/client.ts';
import { DockerProxy } from './support/docker-proxy.ts';
import { Engine, PATIENCE_MS } from './support/engine.ts';
import { describeLayer, missingDocker, missingPrometheus } from './support/layers.ts';
import { freePort, Prometheus } from './support/prometheus.ts';
import { TraceReceiver } from './support/trace-receiver.ts';

/**
 * One engine, watched by everything there is: a collector of traces, whoever reads its log, and a real
 * Prometheus. Its Docker socket leads through a proxy, so that Docker can be made slow, and broken.
 */

const noDocker = await missingDocker();
const driver = noDocker === undefined ? 'docker' : 'wasm';
const folder = mkdtempSync(join(tmpdir(), 'rce-watched-'));
const read = (path: string) =>
  readFileSync(new URL(`../observability/prometheus/${path}`, import.meta.url), 'utf8');

let receiver: TraceReceiver;
let proxy: DockerProxy | undefined;
let engine: Engine;
let url: string;
let metricsPort: number;

beforeAll(async () => {
  receiver = await TraceReceiver.start();
  const socket = join(folder, 'docker.sock');
  if (driver === 'docker')
    proxy = await DockerProxy.start(process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock', socket);
  metricsPort = await freePort();
  engine = new Engine({
    driver,
    env: {
      ...(proxy ? { DOCKER_HOST: `unix://${socket}` } : {}),
      RCE_LOG_LEVEL: 'debug',
      RCE_SLOTS: '2',
      RCE_METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  url = await engine.ready();
}, PATIENCE_MS);
afterAll(async () => {
  await engine.stop();
  proxy?.stop();
  receiver.stop();
  rmSync(folder, { recursive: true, force: true });
}, PATIENCE_MS);

/** Waits for a condition. @throws Error that says what for. */
async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(50)) if (holds()) return;
  throw new Error(`waited in vain for ${what}`);
}

describe(`a job's trace (${driver})`, () => {
  const traceId = randomBytes(16).toString('hex');
  const caller = randomBytes(8).toString('hex');
  let jobId: string;
  let parts: ReturnType<TraceReceiver['trace']>;

  it('leads from the request to the result, each part below the one that caused it', async () => {
    const job = await submit(
      url,
      { language: 'python', code: 'print(eval("1"))' },
      { traceparent: `00-${traceId}-${caller}-01` },
    );
    jobId = job.jobId;
    expect(await finish(url, jobId)).toMatchObject({ verdict: 'ok' });
    const names = ['POST /api/submit', 'queue', 'job', 'claim', 'run', 'analysis', 'analyze', 'result'];
    await eventually(`the spans ${names}`, () => receiver.trace(traceId).size === names.length);
    parts = receiver.trace(traceId);
    expect([...parts.keys()].toSorted()).toEqual(names.toSorted());
    const parents = [...parts.values()].map((span) => {
      const parent = [...parts.values()].find(({ spanId }) => spanId === span.parentSpanId);
      return [span.name, parent?.name ?? span.parentSpanId];
    });
    expect(Object.fromEntries(parents)).toEqual({
      'POST /api/submit': caller,
      queue: 'POST /api/submit',
      job: 'POST /api/submit',
      claim: 'job',
      run: 'job',
      analysis: 'job',
      analyze: 'analysis',
      result: 'job',
    });
  });

  it('has the order of what happened, and says what became of the job', () => {
    const start = (name: string) => BigInt(parts.get(name)?.startTimeUnixNano ?? 0);
    const order = ['POST /api/submit', 'claim', 'run', 'result'];
    expect(order.toSorted((a, b) => Number(start(a) - start(b)))).toEqual(order);
    expect(parts.get('run')?.attributes).toContainEqual({ key: 'rce.verdict', value: { stringValue: 'ok' } });
    expect(parts.get('job')?.attributes).toContainEqual({ key: 'rce.job.id', value: { stringValue: jobId } });
  });

  it("is named in every line of the job's log", () => {
    const lines = engine.output.split('\n').filter((line) => line.includes(jobId));
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jobId, traceId });
  });
});

describe(`what logs and traces never hold (${driver})`, () => {
  it('is source code, input or output, whatever becomes of a job', async () => {
    const secret = `secret-${randomBytes(8).toString('hex')}`;
    const echo = `import sys\nprint("${secret}", sys.stdin.read(), sys.argv)\nprint("${secret}", file=sys.stderr)`;
    const given = { stdin: secret, args: [secret], env: { SECRET: secret } };
    await runJob(url, { language: 'python', code: echo, ...given });
    await runJob(url, { language: 'python', code: `raise ValueError("${secret}")`, ...given });
    await runJob(url, { language: 'python', code: `${secret} = = 1`, ...given });
    await runJob(url, { language: 'python', code: echo, tests: [{ stdin: secret, expected: secret }] });
    for (const body of [`{"code": "${secret}"`, { language: secret, code: secret }, { [secret]: secret }])
      expect((await call(url, 'POST', '/api/submit', body)).status).toBe(400);
    await call(url, 'POST', '/analysis/analyze', { language: 'python', code: `eval("${secret}")` });

    const { jobId } = await runJob(url, { language: 'python', code: 'print(1)' });
    await eventually('the log and the trace of the last job', () =>
      [engine.output, receiver.received].every((text) => text.includes(jobId)),
    );
    expect(engine.output).not.toContain(secret);
    expect(receiver.received).not.toContain(secret);
  });
});

const PRINT = { python: 'print(1)', javascript: 'console.log(1)', typescript: 'console.log(1)' };

/** Expressions that have no data beside `npm start`, and why. Those of alerts have some only when they fire. */
const EMPTY_HERE: readonly (readonly [expression: RegExp, why: string])[] = [
  [/\bcontainer_/, 'cAdvisor measures containers; it comes with docker compose alone'],
];

/** The shipped rules with short windows and no patience, and with limits that a test can reach. */
const IMPATIENT: readonly (readonly [string | RegExp, string])[] = [
  [/\[\d+[mh]\]/g, '[10s]'],
  [/for: \w+/g, 'for: 0s'],
  ['max(rce_queue_oldest_seconds) > 30', 'max(rce_queue_oldest_seconds) > 2'],
  ['/ 1073741824 > 1', '/ 1073741824 > 0.01'],
];
const impatient = (rules: string) => IMPATIENT.reduce((text, [from, to]) => text.replace(from, to), rules);

describeLayer('docker', noDocker, 'watched by Prometheus', () => {
  describeLayer('prometheus', missingPrometheus(), 'under load', () => {
    const [alerts, recording] = [read('rules/alerts.yml'), read('rules/recording.yml')];
    const wanted = [...alerts.matchAll(/- alert: (\w+)[\s\S]*?severity: (\w+)/g)].map(
      ([, name, severity]) => `${name} ${severity}`,
    );
    const fired = 'group by (alertname, severity) (last_over_time(ALERTS{alertstate="firing"}[1h]))';
    const hasFired = (...names: string[]) =>
      prometheus.until(fired, (series) => {
        const now = new Set(series.map(({ alertname, severity }) => `${alertname} ${severity}`));
        return names.every((name) => now.has(name));
      });
    let prometheus: Prometheus;
    beforeAll(async () => {
      prometheus = await Prometheus.start(
        { 'sandbox-runner': `127.0.0.1:${metricsPort}`, 'function-host': new URL(url).host },
        { 'alerts.yml': impatient(alerts), 'recording.yml': impatient(recording) },
      );
    }, PATIENCE_MS);
    afterAll(() => prometheus.stop());

    it('gives data for every panel of the dashboard and every recording rule', async () => {
      const load = fileURLToPath(new URL('../bench/load/main.ts', import.meta.url));
      await promisify(execFile)(process.execPath, [load, '--url', url, '--rate', '4', '--seconds', '6']);
      const expressions = [
        ...ROWS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr))),
        ...[...recording.matchAll(/expr: (.*)/g)].map(([, expr = '']) => expr),
      ];
      expect(expressions.length).toBeGreaterThan(40);
      for (const expression of expressions) {
        if (EMPTY_HERE.some(([pattern]) => pattern.test(expression))) continue;
        await prometheus.until(expression, (series) => series.length > 0);
      }
    }, 90_000);

    /** More of each language than wait in the pool. */
    const submitMany = () =>
      Promise.all(
        Object.entries(PRINT).flatMap(([language, code]) =>
          Array.from({ length: 10 }, () => submit(url, { language, code })),
        ),
      );

    it('tells of a slow Docker: late results, cold starts, a queue that grows', async () => {
      if (proxy) proxy.delayMs = 1_500;
      const jobs = await submitMany();
      await hasFired(
        'DockerSlow ticket',
        'ColdStarts ticket',
        'QueueBacklog page',
        'ErrorBudgetSlowResults page',
        'ErrorBudgetSlowResults ticket',
      );
      if (proxy) proxy.delayMs = 0;
      for (const { jobId } of jobs) expect(await finish(url, jobId)).toMatchObject({ verdict: 'ok' });
    }, 120_000);

    it('tells of a Docker that makes no containers: an empty pool, jobs that fail by our fault', async () => {
      if (proxy) proxy.broken = true;
      await submitMany();
      await hasFired(
        'PoolExhausted ticket',
        'InternalErrors page',
        'ErrorBudgetInternalErrors page',
        'ErrorBudgetInternalErrors ticket',
      );
      if (proxy) proxy.broken = false;
    }, 120_000);

    it('tells of dead letters, of memory, and of a runner that is gone: by now each alert has fired', async () => {
      await poison(engine);
      await hasFired('DeadLetters ticket', 'HighMemoryUsage ticket');
      await engine.stop();
      await hasFired(...wanted);
    }, 120_000);
  });
});

/** Puts what is no job where messages end up that failed three times; the 90 s until then are not waited for. */
async function poison(of: Engine): Promise<void> {
  const environment = readFileSync(`/proc/${of.child('runner')}/environ`, 'utf8').split('\0');
  const setting = (name: string) =>
    environment.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const sqs = new SQSClient({
    endpoint: setting('AWS_ENDPOINT_URL'),
    region: setting('AWS_REGION'),
    credentials: {
      accessKeyId: setting('AWS_ACCESS_KEY_ID'),
      secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
    },
  });
  const QueueUrl = setting('RCE_DEAD_LETTER_QUEUE_URL');
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
  sqs.destroy();
}
