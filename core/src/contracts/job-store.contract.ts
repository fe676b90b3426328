import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobStore } from '../ports/job-store.ts';
import { HOUR, NOW, sampleJob, sampleReport, sampleResult } from './samples.ts';

const LEASE = 15_000;

/** A store whose own clock, by which jobs expire, the suite moves. */
export interface JobStoreUnderTest {
  readonly store: JobStore;
  setClock(now: number): void;
}

/** What every job store must do. `open` gives an empty one. */
export function describeJobStore(name: string, open: () => Promise<JobStoreUnderTest>): void {
  describe(`${name} is a job store`, () => {
    let store: JobStore;
    let setClock: (now: number) => void;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      setClock = (now) => opened.setClock(now);
      setClock(NOW);
    });

    async function queued(createdAt = NOW): Promise<string> {
      const job = sampleJob({ createdAt });
      await store.create(job);
      return job.jobId;
    }
    async function processing(owner = 'a', at = NOW): Promise<string> {
      const jobId = await queued();
      await store.claim(jobId, owner, at, LEASE);
      return jobId;
    }
    async function finished(): Promise<string> {
      const jobId = await processing();
      await store.finish(jobId, 'a', sampleResult(), NOW + 10);
      return jobId;
    }

    describe('create and get', () => {
      it('gives back what was submitted, as a queued job', async () => {
        const job = sampleJob(
          { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
          {
            files: [{ path: 'lib/a.py', content: '' }],
            args: ['', 'ü😀'],
            env: { A: '' },
            stdin: 'line\r\n\0',
            tests: [{ stdin: '1', expected: '', checker: 'floats', tolerance: 1e-9 }, {}],
          },
        );
        expect(await store.create(job)).toBe(true);
        expect(await store.get(job.jobId)).toEqual({ ...job, status: 'queued', attempts: 0 });
      });

      it('does not touch a job whose id exists', async () => {
        const job = sampleJob();
        await store.create(job);
        expect(await store.create({ ...job, createdAt: NOW + 1 })).toBe(false);
        expect((await store.get(job.jobId))?.createdAt).toBe(NOW);
      });

      it('gives many at once, and leaves out those that are missing or have expired', async () => {
        const [a, b] = [await queued(), await finished()];
        const old = sampleJob({ expiresAt: NOW + HOUR });
        await store.create(old);
        setClock(NOW + HOUR);
        const found = await store.getMany([a, b, old.jobId, randomUUID()]);
        expect(found).toEqual(
          new Map([
            [a, await store.get(a)],
            [b, await store.get(b)],
          ]),
        );
        expect(await store.getMany([])).toEqual(new Map());
      });

      it('gives more at once than one answer of the table holds (16 MB)', async () => {
        const jobs = Array.from({ length: 70 }, () => sampleJob({}, { stdin: 'x'.repeat(250_000) }));
        await Promise.all(jobs.map((job) => store.create(job)));
        const found = await store.getMany(jobs.map(({ jobId }) => jobId));
        expect(found.size).toBe(70);
      });

      it('knows no job that was never created', async () => {
        expect(await store.get(randomUUID())).toBeUndefined();
      });

      it('forgets a job when it expires', async () => {
        const jobId = await queued();
        setClock(NOW + 24 * HOUR - 1);
        expect(await store.get(jobId)).toBeDefined();
        setClock(NOW + 24 * HOUR);
        expect(await store.get(jobId)).toBeUndefined();
        expect(await store.claim(jobId, 'a', NOW + 24 * HOUR, LEASE)).toEqual({ kind: 'missing' });
      });
    });

    describe('claim', () => {
      it('takes a queued job, and counts the attempt', async () => {
        const jobId = await queued();
        const claim = await store.claim(jobId, 'a', NOW + 5, LEASE);
        expect(claim).toMatchObject({
          kind: 'claimed',
          job: {
            jobId,
            status: 'processing',
            attempts: 1,
            startedAt: NOW + 5,
            lease: { owner: 'a', until: NOW + 5 + LEASE },
          },
        });
      });

      it('lets nobody else in while the lease lasts', async () => {
        const jobId = await processing();
        expect(await store.claim(jobId, 'b', NOW + LEASE, LEASE)).toEqual({
          kind: 'leased',
          until: NOW + LEASE,
        });
      });

      it('takes over a job whose lease has lapsed, without the output of before', async () => {
        const jobId = await processing();
        await store.renew(jobId, 'a', NOW + LEASE, { stdout: new Uint8Array([1]), stderr: new Uint8Array() });
        const claim = await store.claim(jobId, 'b', NOW + LEASE + 1, LEASE);
        expect(claim).toMatchObject({ kind: 'claimed', job: { attempts: 2, lease: { owner: 'b' } } });
        expect((await store.get(jobId))?.partial).toBeUndefined();
      });

      it('is answered again the same way when the same owner asks again', async () => {
        const jobId = await processing('a');
        expect(await store.claim(jobId, 'a', NOW, LEASE)).toMatchObject({
          kind: 'claimed',
          job: { attempts: 1 },
        });
      });

      it('knows finished and missing jobs', async () => {
        expect(await store.claim(await finished(), 'b', NOW + HOUR, LEASE)).toEqual({ kind: 'finished' });
        expect(await store.claim(randomUUID(), 'b', NOW, LEASE)).toEqual({ kind: 'missing' });
      });

      it('gives a job to exactly one of many at once', async () => {
        const jobId = await queued();
        const owners = Array.from({ length: 12 }, (_, index) => `owner-${index}`);
        const claims = await Promise.all(owners.map((owner) => store.claim(jobId, owner, NOW, LEASE)));
        expect(claims.filter((claim) => claim.kind === 'claimed')).toHaveLength(1);
        expect(claims.filter((claim) => claim.kind === 'leased')).toHaveLength(11);
      });
    });

    describe('renew', () => {
      it('moves the lease and keeps the output so far', async () => {
        const jobId = await processing();
        const partial = { stdout: new Uint8Array([0xff, 0]), stderr: new Uint8Array() };
        expect(await store.renew(jobId, 'a', NOW + 2 * LEASE, partial)).toBe('renewed');
        expect(await store.renew(jobId, 'a', NOW + 3 * LEASE)).toBe('renewed');
        const job = await store.get(jobId);
        expect(job?.lease).toEqual({ owner: 'a', until: NOW + 3 * LEASE });
        expect(job?.partial).toEqual(partial);
      });

      it('is lost on another owner, and on jobs that are queued, finished or missing', async () => {
        expect(await store.renew(await processing(), 'b', NOW + HOUR)).toBe('lost');
        expect(await store.renew(await queued(), 'a', NOW + HOUR)).toBe('lost');
        expect(await store.renew(await finished(), 'a', NOW + HOUR)).toBe('lost');
        const missing = randomUUID();
        expect(await store.renew(missing, 'a', NOW + HOUR)).toBe('lost');
        expect(await store.get(missing)).toBeUndefined();
      });

      it('brings back a request to cancel, each time', async () => {
        const jobId = await processing();
        expect(await store.requestCancel(jobId, NOW)).toBe('requested');
        expect(await store.renew(jobId, 'a', NOW + LEASE)).toBe('cancel-requested');
        expect(await store.renew(jobId, 'a', NOW + LEASE)).toBe('cancel-requested');
      });
    });

    describe('release', () => {
      it('queues the job again without counting an attempt that was given up', async () => {
        const jobId = await processing();
        expect(await store.release(jobId, 'a', 'uncounted')).toBe(true);
        const job = await store.get(jobId);
        expect(job).toMatchObject({ status: 'queued', attempts: 0 });
        expect(job?.lease).toBeUndefined();
        expect(await store.claim(jobId, 'b', NOW, LEASE)).toMatchObject({ job: { attempts: 1 } });
      });

      it('counts an attempt that failed', async () => {
        const jobId = await processing();
        await store.release(jobId, 'a', 'counted');
        expect(await store.get(jobId)).toMatchObject({ status: 'queued', attempts: 1 });
      });

      it('is refused to others', async () => {
        const jobId = await processing();
        expect(await store.release(jobId, 'b', 'counted')).toBe(false);
        expect(await store.release(randomUUID(), 'b', 'counted')).toBe(false);
        expect((await store.get(jobId))?.status).toBe('processing');
      });
    });

    describe('finish', () => {
      it('stores the result with its bytes, and completes or fails the job by its verdict', async () => {
        const jobId = await processing();
        const result = sampleResult({
          tests: [{ ...sampleTest(0) }, { ...sampleTest(1), verdict: 'wrong-answer' }],
        });
        expect(await store.finish(jobId, 'a', result, NOW + 10)).toBe(true);
        const job = await store.get(jobId);
        expect(job).toMatchObject({ status: 'completed', finishedAt: NOW + 10 });
        expect(job?.result).toEqual(result);
        expect(job?.lease).toBeUndefined();

        const other = await processing();
        await store.finish(other, 'a', sampleResult({ verdict: 'time-limit-exceeded', exitCode: null }), NOW);
        expect((await store.get(other))?.status).toBe('failed');
      });

      it('takes the place of the output so far, and brings reason and analysis along', async () => {
        const jobId = await processing();
        await store.renew(jobId, 'a', NOW + LEASE, { stdout: new Uint8Array([1]), stderr: new Uint8Array() });
        const analysis = { state: 'done', report: sampleReport() } as const;
        await store.finish(jobId, 'a', sampleResult(), NOW, { reason: 'because', analysis });
        const job = await store.get(jobId);
        expect(job?.partial).toBeUndefined();
        expect(job).toMatchObject({ reason: 'because', analysis });
      });

      it('is refused once another owner has the job', async () => {
        const jobId = await processing('a');
        await store.claim(jobId, 'b', NOW + LEASE + 1, LEASE);
        expect(await store.finish(jobId, 'a', sampleResult(), NOW)).toBe(false);
        expect((await store.get(jobId))?.result).toBeUndefined();
      });

      it('happens once', async () => {
        const jobId = await finished();
        const second = sampleResult({ stdout: new Uint8Array([0x32]) });
        expect(await store.finish(jobId, 'a', second, NOW + 99)).toBe(false);
        expect((await store.get(jobId))?.finishedAt).toBe(NOW + 10);
      });

      it('is accepted from the owner after its lease has lapsed, if nobody took over', async () => {
        const jobId = await processing('a', NOW);
        expect(await store.finish(jobId, 'a', sampleResult(), NOW + 10 * LEASE)).toBe(true);
      });
    });

    describe('attachAnalysis', () => {
      const analysis = { state: 'done', report: sampleReport({ score: 12.5, level: 'low' }) } as const;

      it('adds the report to a job before and after its end, and changes nothing else', async () => {
        for (const jobId of [await queued(), await finished()]) {
          const before = await store.get(jobId);
          await store.attachAnalysis(jobId, analysis);
          expect(await store.get(jobId)).toEqual({ ...before, analysis });
        }
      });

      it('creates nothing for a job that is gone', async () => {
        const jobId = randomUUID();
        await store.attachAnalysis(jobId, analysis);
        expect(await store.get(jobId)).toBeUndefined();
      });
    });

    describe('requestCancel', () => {
      it('ends a queued job at once, so that it never runs', async () => {
        const jobId = await queued();
        expect(await store.requestCancel(jobId, NOW + 3)).toBe('cancelled');
        expect(await store.get(jobId)).toMatchObject({
          status: 'failed',
          finishedAt: NOW + 3,
          result: { verdict: 'cancelled', sandbox: null },
        });
        expect(await store.claim(jobId, 'a', NOW, LEASE)).toEqual({ kind: 'finished' });
      });

      it('asks the runner of a running job', async () => {
        const jobId = await processing();
        expect(await store.requestCancel(jobId, NOW)).toBe('requested');
        expect(await store.get(jobId)).toMatchObject({ status: 'processing', cancelRequested: true });
      });

      it('ends a job whose runner is gone', async () => {
        const jobId = await processing();
        expect(await store.requestCancel(jobId, NOW + LEASE + 1)).toBe('cancelled');
        expect(await store.renew(jobId, 'a', NOW + HOUR)).toBe('lost');
      });

      it('leaves finished jobs alone and knows missing ones', async () => {
        const jobId = await finished();
        expect(await store.requestCancel(jobId, NOW)).toBe('finished');
        expect((await store.get(jobId))?.result?.verdict).toBe('ok');
        expect(await store.requestCancel(randomUUID(), NOW)).toBe('missing');
      });
    });

    describe('fail', () => {
      it('ends jobs that nobody works on as internal-error', async () => {
        const waiting = await queued();
        const lapsed = await processing();
        for (const jobId of [waiting, lapsed]) {
          expect(await store.fail(jobId, 'gave up', NOW + LEASE + 1)).toBe(true);
          expect(await store.get(jobId)).toMatchObject({
            status: 'failed',
            reason: 'gave up',
            result: { verdict: 'internal-error', sandbox: null },
          });
        }
      });

      it('leaves leased, finished and missing jobs alone', async () => {
        const leased = await processing();
        expect(await store.fail(leased, 'x', NOW + LEASE)).toBe(false);
        expect(await store.fail(await finished(), 'x', NOW + HOUR)).toBe(false);
        const missing = randomUUID();
        expect(await store.fail(missing, 'x', NOW)).toBe(false);
        expect(await store.get(missing)).toBeUndefined();
      });
    });

    describe('findStuck and oldestQueued', () => {
      it('finds queued jobs by age and processing jobs by the end of their lease', async () => {
        const old = await queued(NOW - HOUR);
        await queued(NOW);
        const lapsed = await processing('a', NOW - LEASE - 1);
        await processing('b', NOW);
        await finished();
        const stuck = await store.findStuck(NOW - HOUR / 2, NOW, 100);
        expect(stuck).toHaveLength(2);
        expect(stuck).toEqual(
          expect.arrayContaining([
            { jobId: old, status: 'queued', attempts: 0 },
            { jobId: lapsed, status: 'processing', attempts: 1 },
          ]),
        );
      });

      it('finds no more than the limit', async () => {
        await Promise.all([queued(NOW - 3), queued(NOW - 2), queued(NOW - 1)]);
        expect(await store.findStuck(NOW, NOW, 2)).toHaveLength(2);
        expect(await store.findStuck(NOW, NOW, 3)).toHaveLength(3);
      });

      it('tells when the oldest queued job was created, a released one included', async () => {
        expect(await store.oldestQueued()).toBeUndefined();
        const jobId = await queued(NOW - 5);
        await queued(NOW - 2);
        expect(await store.oldestQueued()).toBe(NOW - 5);
        await store.claim(jobId, 'a', NOW, LEASE);
        expect(await store.oldestQueued()).toBe(NOW - 2);
        await store.release(jobId, 'a', 'uncounted');
        expect(await store.oldestQueued()).toBe(NOW - 5);
      });
    });
  });
}

function sampleTest(index: number) {
  const { sandbox: _, ...outcome } = sampleResult();
  return { ...outcome, index };
}
