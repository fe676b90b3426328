import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@rce/core/clock.ts';
import { sampleReport } from '@rce/core/contracts/samples.ts';
import type { Job } from '@rce/core/job.ts';
import { resolveLimits } from '@rce/core/limits.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { Submission } from '@rce/core/submission.ts';
import { Metrics } from '@rce/observability/metrics.ts';
import { createTracing, NO_TRACING } from '@rce/observability/tracing.ts';
import { createDockerSandbox } from '@rce/sandbox-runner/drivers/docker/docker-sandbox.ts';
import { createWasmSandbox } from '@rce/sandbox-runner/drivers/wasm/wasm-sandbox.ts';
import { tellLater } from '@rce/sandbox-runner/events.ts';
import { logEvents } from '@rce/sandbox-runner/log-events.ts';
import { type Dependencies, processMessage } from '@rce/sandbox-runner/process-message.ts';
import { countEvents, RUNNER_METRICS } from '@rce/sandbox-runner/runner-metrics.ts';
import Docker from 'dockerode';
import { pino } from 'pino';
import { missingDocker } from '../e2e/support/machine.ts';
import { type Row, report, sleep, summarize } from './report.ts';

/**
 * What it costs a job to be observed: the runner's whole way with a message, with metrics, a log of every event
 * and traces, and with none of them, by turns. Table and queue answer at once, so that nothing hides the
 * difference; the sandbox is a warm one, and one that answers at once, for the cost alone.
 */

const WARM_JOBS = 60;
const INSTANT_JOBS = 2_000;
/** Between two jobs, so that a warm sandbox waits for each. */
const PAUSE_MS = 400;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const collector = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json').end('{}');
});
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

const instant: Sandbox = {
  driver: 'wasm',
  start: async () => {},
  languages: () => [],
  warm: () => ({ waiting: 0, wanted: 0 }),
  close: async () => {},
  open: async () => ({
    compilation: null,
    runtime: 'none',
    close: async () => {},
    run: async () => ({
      verdict: 'ok',
      exitCode: 0,
      signal: null,
      wallTimeMs: 1,
      cpuTimeMs: 1,
      memoryBytes: 1,
      stdout: new Uint8Array(),
      stderr: new Uint8Array(),
      truncated: { stdout: false, stderr: false },
    }),
  }),
};

function newJob(): Job {
  const createdAt = Date.now();
  return {
    jobId: crypto.randomUUID(),
    submission: Submission.parse({ language: 'python', code: 'print(1)' }),
    limits: resolveLimits(),
    status: 'processing',
    attempts: 1,
    createdAt,
    expiresAt: createdAt + 60_000,
    analysis: { state: 'pending' },
    traceparent: TRACEPARENT,
  };
}

function parts(sandbox: Sandbox): Omit<Dependencies, 'emit' | 'tracing'> {
  const store: Pick<JobStore, 'claim' | 'finish' | 'attachAnalysis'> = {
    claim: async () => ({ kind: 'claimed', job: newJob() }),
    finish: async () => true,
    attachAnalysis: async () => {},
  };
  return {
    runnerId: 'bench',
    store: store as JobStore,
    queue: {
      send: async () => {},
      receive: async () => [],
      extend: async () => {},
      remove: async () => {},
      depth: async () => ({ waiting: 0, inFlight: 0 }),
    },
    sandbox,
    analyzer: { analyze: async () => sampleReport() },
    clock: systemClock,
    background: () => {},
  };
}

const metrics = new Metrics(RUNNER_METRICS);
const log = pino({ level: 'debug' }, pino.destination('/dev/null'));
const tracing = createTracing(true, { service: 'bench', onError: console.error });

async function compare(name: string, sandbox: Sandbox, jobs: number, pauseMs: number): Promise<Row[]> {
  const listeners = [countEvents(metrics, sandbox.driver), logEvents(log)];
  const ways = {
    'not observed': { ...parts(sandbox), emit: () => {}, tracing: NO_TRACING },
    'metrics, log and traces': {
      ...parts(sandbox),
      emit: tellLater(listeners),
      tracing,
    },
  };
  const samples = new Map<string, number[]>(Object.keys(ways).map((way) => [way, []]));
  const { signal } = new AbortController();
  for (let index = -5; index < jobs; index++) {
    // Each way is as often the second, which finds what the first has left behind.
    const turns = Object.entries(ways);
    for (const [way, deps] of index % 2 === 0 ? turns : turns.toReversed()) {
      if (pauseMs > 0) await sleep(pauseMs);
      const startedAt = performance.now();
      await processMessage(deps, { jobId: 'j', receipt: 'r', receiveCount: 1 }, signal);
      // The first do not count.
      if (index >= 0) samples.get(way)?.push(performance.now() - startedAt);
    }
  }
  return [...samples].map(([way, times]) => summarize(`${name}, ${way}`, times));
}

const noDocker = await missingDocker();
const warm: Sandbox = noDocker
  ? createWasmSandbox({ slots: 2, maxMemoryBytes: 128 * 1024 * 1024, warm: true, onWarning: console.error })
  : createDockerSandbox({ docker: new Docker(), images: {}, pull: [], slots: 2, owner: 'bench' });
await warm.start(console.error);
const rows = await compare(`warm job (${warm.driver})`, warm, WARM_JOBS, PAUSE_MS);
await warm.close();
rows.push(...(await compare('job in no time', instant, INSTANT_JOBS, 0)));
await tracing.close();
report(rows);
process.exit(0);
