import { beforeEach, describe, expect, it } from '@jest/globals';
import { sampleJob, sampleResult } from '@rce/core/contracts/samples.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import { CONTEXT, type Parts, useCloud } from '../../test/api.ts';
import { createHandler as createDeadLetter } from './dead-letter.ts';
import { createHandler as createReconcile } from './reconcile.ts';

const MINUTE = 60_000;

const openParts = useCloud();
let parts: Parts;
beforeEach(async () => {
  parts = await openParts();
});

async function queued(ageMs = 0): Promise<string> {
  const createdAt = Date.now() - ageMs;
  const job = sampleJob({ createdAt, expiresAt: createdAt + 24 * 60 * MINUTE });
  await parts.store.create(job);
  return job.jobId;
}
/** A job that was started `attempts` times, and whose last runner is gone unless `leaseMs` is given. */
async function processing({ attempts = 1, leaseMs = -1 } = {}): Promise<string> {
  const jobId = await queued();
  for (let attempt = 1; attempt < attempts; attempt++)
    await parts.store.claim(jobId, `o${attempt}`, Date.now() - 1_000, 1);
  await parts.store.claim(jobId, 'last', Date.now() - 10, 10 + leaseMs);
  return jobId;
}
async function messages(): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const received = await parts.queue.receive(10, 0);
    if (received.length === 0) return found.toSorted();
    found.push(...received.map(({ jobId }) => jobId));
  }
}

describe('reconcile', () => {
  const reconcile = (event: unknown = { source: 'aws.events', time: '2026-01-01T00:00:00Z' }) =>
    createReconcile(parts)(event, CONTEXT);

  it('gives queued jobs that nobody came for, and those of lost runners, a new message', async () => {
    const lost = await queued(DELIVERY.queuedGraceMs + 1_000);
    const lapsed = await processing();
    await queued();
    await processing({ leaseMs: MINUTE });
    expect(await reconcile()).toEqual({ requeued: 2, failed: 0 });
    expect(await messages()).toEqual([lapsed, lost].toSorted());
  });

  it('ends a job that was started as often as it may be', async () => {
    const jobId = await processing({ attempts: DELIVERY.maxAttempts });
    expect(await reconcile()).toEqual({ requeued: 0, failed: 1 });
    expect(await parts.store.get(jobId)).toMatchObject({
      status: 'failed',
      result: { verdict: 'internal-error' },
      reason: expect.stringContaining('3 times'),
    });
    expect(await messages()).toEqual([]);
  });

  it('leaves jobs alone that wait their turn behind a backlog', async () => {
    await queued(2 * MINUTE);
    await parts.queue.send('somebody else');
    expect(await reconcile()).toEqual({ requeued: 0, failed: 0 });
  });

  it('gives every queued job a message when the queue has lost them all', async () => {
    const jobs = await Promise.all(Array.from({ length: 30 }, () => queued(1)));
    expect(await reconcile({ queuedGraceMs: 0 })).toEqual({ requeued: 30, failed: 0 });
    expect(await messages()).toEqual(jobs.toSorted());
  });

  it('deals with the others when one cannot be dealt with', async () => {
    const bad = await queued(2 * MINUTE);
    const good = await queued(2 * MINUTE);
    const queue = {
      depth: () => parts.queue.depth(),
      send: (jobId: string) => (jobId === bad ? Promise.reject(new Error('x')) : parts.queue.send(jobId)),
    };
    expect(await createReconcile({ ...parts, queue })({}, CONTEXT)).toEqual({ requeued: 1, failed: 0 });
    expect(await messages()).toEqual([good]);
  });

  it('finds nothing in a healthy engine, nor in finished jobs', async () => {
    const jobId = await processing({ leaseMs: MINUTE });
    await parts.store.finish(jobId, 'last', sampleResult(), Date.now());
    expect(await reconcile()).toEqual({ requeued: 0, failed: 0 });
  });

  it('refuses an event that it does not understand', async () => {
    await expect(reconcile({ queuedGraceMs: -1 })).rejects.toThrow();
  });
});

describe('dead letters', () => {
  const deadLetter = (...bodies: string[]) =>
    createDeadLetter(parts)(
      { Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) },
      CONTEXT,
    );
  const body = (jobId: string) => JSON.stringify({ jobId });

  it('end their jobs as internal-error', async () => {
    const jobs = [await queued(), await processing()];
    expect(await deadLetter(...jobs.map(body))).toEqual({ batchItemFailures: [] });
    for (const jobId of jobs) {
      expect(await parts.store.get(jobId)).toMatchObject({
        status: 'failed',
        result: { verdict: 'internal-error' },
        reason: expect.any(String),
      });
    }
  });

  it('of a job that somebody runs at this moment come again later', async () => {
    const running = await processing({ leaseMs: MINUTE });
    const other = await queued();
    expect(await deadLetter(body(running), body(other))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
    expect((await parts.store.get(running))?.status).toBe('processing');
    expect((await parts.store.get(other))?.status).toBe('failed');
  });

  it('of finished and forgotten jobs are dropped, as is what is no job at all', async () => {
    const jobId = await processing({ leaseMs: MINUTE });
    await parts.store.finish(jobId, 'last', sampleResult(), Date.now());
    const answer = await deadLetter(body(jobId), body('gone'), 'not JSON', '{"jobId":5}', 'null');
    expect(answer).toEqual({ batchItemFailures: [] });
    expect((await parts.store.get(jobId))?.result?.verdict).toBe('ok');
  });
});
