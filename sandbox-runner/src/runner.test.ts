import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createJobQueue } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { type LocalCloud, startLocalCloud } from '@rce/aws/test/local-cloud.ts';
import { systemClock } from '@rce/core/clock.ts';
import { sampleJob, sampleReport } from '@rce/core/contracts/samples.ts';
import type { Job, RunOutcome } from '@rce/core/job.ts';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import { type RunHooks, type Sandbox, SandboxError } from '@rce/core/ports/sandbox.ts';
import { isFinal } from '@rce/core/verdict.ts';
import { NO_TRACING } from '@rce/observability/tracing.ts';
import type { RunnerEvent } from './events.ts';
import { runUntil } from './runner.ts';

/**
 * The loop against a real table and a real queue. Only the sandbox is scripted: by the job's source, so that
 * a test says what the program does.
 */

let cloud: LocalCloud;
let store: JobStore;
let queue: JobQueue;
let tableName: string;
let events: RunnerEvent[];
/** Ends of the programs that wait for the test to let them go. */
let gates: Map<string, () => void>;
let started: string[];
let analyzer: Analyzer;
let running: { stop: () => Promise<void> }[];

beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.stop());

beforeEach(async () => {
  tableName = await cloud.createTable();
  store = new DynamoJobStore(cloud.table, tableName);
  queue = createJobQueue(cloud.queue, await cloud.createQueue());
  events = [];
  gates = new Map();
  started = [];
  running = [];
  analyzer = { analyze: async ({ language }) => sampleReport({ language }) };
});
afterEach(async () => {
  for (const gate of gates.values()) gate();
  await Promise.all(running.map((runner) => runner.stop()));
});

const text = (value: string) => new TextEncoder().encode(value);

function outcome(part: Partial<RunOutcome> = {}): RunOutcome {
  return {
    verdict: 'ok',
    exitCode: 0,
    signal: null,
    wallTimeMs: 1,
    cpuTimeMs: 1,
    memoryBytes: 1_000,
    stdout: text('done'),
    stderr: text(''),
    truncated: { stdout: false, stderr: false },
    ...part,
  };
}

/** `quick` ends at once, `wait` when its gate opens or it is cancelled, `broken` fails in the sandbox. */
const sandbox: Sandbox = {
  driver: 'wasm',
  start: async () => undefined,
  languages: () => [{ id: 'python', available: true, version: '3' }],
  warm: () => ({ waiting: 0, wanted: 0 }),
  close: async () => undefined,
  open: async (program) => ({
    compilation: null,
    runtime: 'Scripted',
    close: async () => undefined,
    run: async (_input, hooks?: RunHooks) => {
      started.push(program.jobId);
      const script = program.files[0]?.content;
      if (script === 'broken') throw new SandboxError('the engine is out of paper');
      if (script === 'quick') return outcome();
      hooks?.onOutput?.('stdout', text('so far'));
      return new Promise<RunOutcome>((resolve) => {
        gates.set(program.jobId, () => resolve(outcome()));
        hooks?.signal?.addEventListener('abort', () => resolve(outcome({ verdict: 'cancelled' })));
      });
    },
  }),
};

function startRunner(options: { slots?: number; drainMs?: number } = {}) {
  const stopping = new AbortController();
  const ended = runUntil(stopping.signal, {
    runnerId: `runner-${randomUUID()}`,
    store,
    queue,
    sandbox,
    analyzer,
    registry: createRunnerRegistry(cloud.table, tableName),
    clock: systemClock,
    tracing: NO_TRACING,
    emit: (event) => events.push(event),
    slots: options.slots ?? 2,
    drainMs: options.drainMs ?? 0,
  });
  const runner = {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
  running.push(runner);
  return runner;
}

async function submit(script: 'quick' | 'wait' | 'broken'): Promise<string> {
  const now = Date.now();
  const job = sampleJob({ createdAt: now, expiresAt: now + 3_600_000 }, { code: script });
  await store.create(job);
  await queue.send(job.jobId);
  return job.jobId;
}

async function eventually<T>(what: string, probe: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    await systemClock.sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}

const jobWhen = (jobId: string, wanted: (job: Job) => boolean) =>
  eventually('the job', async () => {
    const job = await store.get(jobId);
    return job && wanted(job) ? job : undefined;
  });
const finished = (jobId: string) => jobWhen(jobId, (job) => isFinal(job.status));
const queueIsEmpty = () =>
  eventually('an empty queue', async () => {
    const { waiting, inFlight } = await queue.depth();
    return waiting + inFlight === 0;
  });

describe('the runner', () => {
  it('runs a job, stores its result with the analysis, and removes the message', async () => {
    startRunner();
    const job = await finished(await submit('quick'));
    expect(job).toMatchObject({ status: 'completed', attempts: 1, result: { verdict: 'ok' } });
    const analysed = await jobWhen(job.jobId, (now) => now.analysis.state === 'done');
    expect(analysed.analysis.report?.language).toBe('python');
    await queueIsEmpty();
  });

  it('runs no more jobs at once than it has slots, and takes the next when one ends', async () => {
    startRunner({ slots: 2 });
    const ids = [await submit('wait'), await submit('wait'), await submit('wait')];
    await eventually('two runs', () => gates.size === 2);
    expect((await queue.depth()).waiting).toBe(1);
    for (const gate of gates.values()) gate();
    await eventually('the third run', () => gates.size === 3);
    for (const gate of gates.values()) gate();
    await Promise.all(ids.map(finished));
    expect(started.toSorted()).toEqual(ids.toSorted());
  });

  it('reports a job once, however often its message is delivered', async () => {
    startRunner();
    const jobId = await submit('quick');
    await Promise.all([queue.send(jobId), queue.send(jobId)]);
    await finished(jobId);
    await queueIsEmpty();
    expect(started).toEqual([jobId]);
    expect(events.filter((event) => event.type === 'job-finished')).toHaveLength(1);
  });

  it('leaves a job to the runner that has it', async () => {
    startRunner();
    const jobId = await submit('wait');
    await eventually('the run', () => gates.size === 1);
    await queue.send(jobId);
    await eventually('both deliveries', async () => (await queue.depth()).waiting === 0);
    gates.get(jobId)?.();
    await finished(jobId);
    expect(started).toEqual([jobId]);
  });

  it('shows output while the program runs', async () => {
    startRunner();
    const jobId = await submit('wait');
    const job = await jobWhen(jobId, (now) => now.partial !== undefined);
    expect(job.status).toBe('processing');
    expect(Buffer.from(job.partial?.stdout ?? []).toString()).toBe('so far');
  });

  it('ends a running program that is to be cancelled', async () => {
    startRunner();
    const jobId = await submit('wait');
    await eventually('the run', () => gates.size === 1);
    expect(await store.requestCancel(jobId, Date.now())).toBe('requested');
    expect(await finished(jobId)).toMatchObject({ status: 'failed', result: { verdict: 'cancelled' } });
  });

  it('tries a job again when the sandbox fails, and says so in the end', async () => {
    startRunner();
    const jobId = await submit('broken');
    const job = await finished(jobId);
    expect(job).toMatchObject({ attempts: 3, result: { verdict: 'internal-error' } });
    expect(job.reason).toContain('the engine is out of paper');
    expect(started).toHaveLength(3);
    await queueIsEmpty();
  });

  it('takes over a job whose runner died', async () => {
    const jobId = await submit('quick');
    const longAgo = Date.now() - 60_000;
    expect(await store.claim(jobId, 'dead-runner', longAgo, 15_000)).toMatchObject({ kind: 'claimed' });
    startRunner();
    expect(await finished(jobId)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(await store.finish(jobId, 'dead-runner', { ...outcome(), sandbox: null }, 1)).toBe(false);
  });

  it('gives up a job that has killed its runner each time', async () => {
    const jobId = await submit('quick');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await store.claim(jobId, `dead-${attempt}`, Date.now() - 100_000 + attempt * 20_000, 15_000);
    }
    startRunner();
    expect(await finished(jobId)).toMatchObject({ result: { verdict: 'internal-error' } });
    expect(started).toEqual([]);
  });

  it('lets running jobs end when it is told to stop', async () => {
    const runner = startRunner({ drainMs: 20_000 });
    const jobId = await submit('wait');
    await eventually('the run', () => gates.size === 1);
    const stopped = runner.stop();
    const late = await submit('quick');
    gates.get(jobId)?.();
    await stopped;
    expect(await store.get(jobId)).toMatchObject({ status: 'completed' });
    expect(await store.get(late)).toMatchObject({ status: 'queued' });
  });

  it('gives back what it cannot finish before it stops, and the next runner has it at once', async () => {
    // With its one slot taken it has no receive under way, which could swallow the message.
    const runner = startRunner({ slots: 1, drainMs: 0 });
    const jobId = await submit('wait');
    await eventually('the run', () => gates.size === 1);
    await runner.stop();
    expect(await store.get(jobId)).toMatchObject({ status: 'queued', attempts: 0 });
    startRunner();
    await eventually('the second run', () => started.length === 2);
    gates.get(jobId)?.();
    expect(await finished(jobId)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('does not let an analysis delay or fail the run', async () => {
    analyzer = { analyze: () => new Promise(() => undefined) };
    const runner = startRunner({ slots: 1 });
    const first = await finished(await submit('quick'));
    expect(first.analysis.state).toBe('pending');
    // The only slot is free again although the analysis goes on.
    await finished(await submit('quick'));
    await runner.stop();
    expect((await store.get(first.jobId))?.analysis.state).toBe('unavailable');
  });

  it('announces itself while it runs and withdraws when it stops', async () => {
    const registry = createRunnerRegistry(cloud.table, tableName);
    const runner = startRunner();
    await eventually(
      'the announcement',
      async () => (await registry.alive(Date.now() - 10_000)).length === 1,
    );
    await runner.stop();
    expect(await registry.alive(Date.now() - 10_000)).toEqual([]);
  });
});
