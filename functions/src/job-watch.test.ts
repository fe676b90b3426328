import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@rce/core/clock.ts';
import { sampleJob } from '@rce/core/contracts/samples.ts';
import type { Job } from '@rce/core/job.ts';
import { WAIT } from '@rce/core/limits.ts';
import { isFinal } from '@rce/core/verdict.ts';
import { jobHinter } from './job-hints.ts';
import { JobWatch } from './job-watch.ts';

/** A store in memory that counts how often it is read. */
function memory() {
  const jobs = new Map<string, Job>();
  const reads: number[] = [];
  let failure: Error | undefined;
  return {
    reads,
    add(status: Job['status'] = 'queued'): Job {
      const job: Job = { ...sampleJob(), status, attempts: 0 };
      jobs.set(job.jobId, job);
      return job;
    },
    finish(job: Job) {
      jobs.set(job.jobId, { ...job, status: 'completed' });
    },
    remove(job: Job) {
      jobs.delete(job.jobId);
    },
    fail(error: Error | undefined) {
      failure = error;
    },
    async getMany(ids: readonly string[]) {
      if (failure) throw failure;
      reads.push(ids.length);
      return new Map(ids.flatMap((id) => [...(jobs.has(id) ? [[id, jobs.get(id) as Job] as const] : [])]));
    },
  };
}

const done = (job: Job) => isFinal(job.status);

describe('waiting for jobs', () => {
  it('answers at once, without reading, when the job is as wanted or nobody wants to wait', async () => {
    const store = memory();
    const watch = new JobWatch(store, systemClock);
    expect(await watch.wait(store.add('completed'), 5_000, done)).toMatchObject({ status: 'completed' });
    expect(await watch.wait(store.add(), 0, done)).toMatchObject({ status: 'queued' });
    expect(store.reads).toEqual([]);
  });

  it('answers when the job is as wanted', async () => {
    const store = memory();
    const watch = new JobWatch(store, systemClock);
    const job = store.add();
    const waiting = watch.wait(job, 20_000, done);
    store.finish(job);
    expect(await waiting).toMatchObject({ jobId: job.jobId, status: 'completed' });
  });

  it('reads at once a job that a hint only names, and believes what it reads', async () => {
    const store = memory();
    // Time stands still: without a hint nothing would ever be read.
    const stopped = { now: () => 0, sleep: () => new Promise<void>(() => {}) };
    const watch = new JobWatch(store, stopped);
    const hint = jobHinter();
    const job = store.add();
    const waiting = watch.wait(job, 20_000, done, { endOnly: true });
    hint({ jobId: 'another job', ends: true });
    hint({ jobId: job.jobId, ends: false });
    hint({ jobId: job.jobId, ends: true });
    while (store.reads.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    store.finish(job);
    hint({ jobId: job.jobId, ends: true });
    expect(await waiting).toMatchObject({ status: 'completed' });
    expect(store.reads).toEqual([1, 1]);
  });

  it('answers with the job that a hint tells, without reading', async () => {
    const store = memory();
    const watch = new JobWatch(store, systemClock);
    const job = store.add();
    const waiting = watch.wait(job, 20_000, done, { endOnly: true });
    jobHinter()({ jobId: job.jobId, ends: true, job: { ...job, status: 'completed' } });
    expect(await waiting).toMatchObject({ jobId: job.jobId, status: 'completed' });
    expect(store.reads).toEqual([]);
  });

  it('asks seldom where hints come', async () => {
    const pauses: number[] = [];
    const clock = {
      now: () => 0,
      // Time stands still: a pause ends only when it is cut short.
      sleep: (ms: number, signal?: AbortSignal) => {
        pauses.push(ms);
        return new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      },
    };
    const store = memory();
    const watch = new JobWatch(store, clock);
    const job = store.add('completed');
    const waiting = watch.wait({ ...job, status: 'queued' }, 20_000, done);
    expect(pauses).toEqual([20_000, WAIT.pollFirstMs]);
    jobHinter()({ jobId: job.jobId, ends: true });
    await waiting;
    void watch.wait(store.add(), 20_000, done);
    while (pauses.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(pauses.slice(2)).toEqual([20_000, WAIT.pollHintedMs]);
  });

  it('answers with the job as it is when the time is over, even when it is gone', async () => {
    const store = memory();
    const watch = new JobWatch(store, systemClock);
    const job = store.add();
    const gone = store.add();
    store.remove(gone);
    expect(await watch.wait(job, 40, done)).toMatchObject({ status: 'queued' });
    expect(await watch.wait(gone, 40, done)).toMatchObject({ jobId: gone.jobId });
  });

  it('answers in time though the store does not', async () => {
    const store = { getMany: () => new Promise<never>(() => {}) };
    const job = memory().add();
    expect(await new JobWatch(store, systemClock).wait(job, 40, done)).toBe(job);
  });

  it('ends the wait when it is aborted', async () => {
    const store = memory();
    const abort = new AbortController();
    const waiting = new JobWatch(store, systemClock).wait(store.add(), 20_000, done, {
      signal: abort.signal,
    });
    abort.abort();
    expect(await waiting).toMatchObject({ status: 'queued' });
  });

  it('reads for hundreds together, a hundred at a time', async () => {
    const store = memory();
    // Time passes only in pauses, so that all have come at the same moment on however busy a machine.
    let now = 0;
    const sleep = async (ms: number, signal?: AbortSignal) => {
      await systemClock.sleep(ms, signal);
      if (!signal?.aborted) now += ms;
    };
    const watch = new JobWatch(store, { now: () => now, sleep });
    const jobs = Array.from({ length: 250 }, () => store.add());
    const waiting = jobs.map((job) => watch.wait(job, 20_000, done));
    for (const job of jobs) store.finish(job);
    const answers = await Promise.all(waiting);
    expect(answers.map(({ jobId }) => jobId)).toEqual(jobs.map(({ jobId }) => jobId));
    expect(store.reads).toEqual([100, 100, 50]);
  });

  it('does not let one who came late wait for the pause of one who waits long', async () => {
    const store = memory();
    let pauses = 0;
    // The first pause between reads lasts until it is woken.
    const clock = {
      now: systemClock.now,
      sleep: (ms: number, signal?: AbortSignal) =>
        systemClock.sleep(ms < 1_000 && pauses++ === 0 ? 60_000 : ms, signal),
    };
    const watch = new JobWatch(store, clock);
    const early = store.add();
    const late = store.add();
    const waiting = watch.wait(early, 20_000, done);
    const second = watch.wait(late, 20_000, done);
    store.finish(early);
    store.finish(late);
    expect(await Promise.all([waiting, second])).toHaveLength(2);
  });

  it('passes an error of the store on to all who wait, and works again afterwards', async () => {
    const store = memory();
    const watch = new JobWatch(store, systemClock);
    const failing = watch.wait(store.add(), 20_000, done);
    store.fail(new Error('no table'));
    await expect(failing).rejects.toThrow('no table');
    store.fail(undefined);
    const job = store.add();
    const waiting = watch.wait(job, 20_000, done);
    store.finish(job);
    expect(await waiting).toMatchObject({ status: 'completed' });
  });
});
