import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { sampleReport, sampleResult } from '@rce/core/contracts/samples.ts';
import { JobView } from '@rce/core/job.ts';
import { ADMISSION, DEFAULT_RUN_LIMITS, DELIVERY } from '@rce/core/limits.ts';
import type { RunnerAnnouncement } from '@rce/core/ports/job-store.ts';
import { CONTEXT, call, type Parts, post, restEvent, useCloud } from '../../test/api.ts';
import { createHandler } from './submit.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('POST /api/submit', () => {
  const openParts = useCloud();
  let parts: Parts;
  beforeEach(async () => {
    parts = await openParts();
  });

  /** Jobs that a runner would be given, in the order of the queue. */
  async function queuedJobs(): Promise<string[]> {
    const { waiting } = await parts.queue.depth();
    const jobs: string[] = [];
    while (jobs.length < waiting)
      jobs.push(...(await parts.queue.receive(10, 1_000)).map(({ jobId }) => jobId));
    return jobs;
  }
  async function run(jobId: string, analysis?: Parameters<Parts['store']['attachAnalysis']>[1]) {
    await parts.store.claim(jobId, 'runner', Date.now(), 10_000);
    await parts.store.finish(jobId, 'runner', sampleResult(), Date.now(), analysis ? { analysis } : {});
  }

  describe('takes a program', () => {
    it('stores it as a queued job, queues it and answers with it', async () => {
      const answer = await post(createHandler(parts), PROGRAM);
      expect(answer.statusCode).toBe(202);
      expect(JobView.parse(answer.body)).toMatchObject({
        status: 'queued',
        verdict: null,
        source: { code: 'print(1)' },
        limits: DEFAULT_RUN_LIMITS,
        analysisState: 'pending',
      });
      const { jobId } = answer.body;
      expect(answer.headers.location).toBe(`/api/status/${jobId}`);
      expect(await queuedJobs()).toEqual([jobId]);
      expect(await parts.store.get(jobId)).toMatchObject({ status: 'queued', attempts: 0 });
    });

    it('whatever the case of the header, and with a charset', async () => {
      const headers = { 'CONTENT-TYPE': 'Application/JSON; Charset="UTF-8"' };
      const answer = await call(createHandler(parts), { headers, body: JSON.stringify(PROGRAM) });
      expect(answer.statusCode).toBe(202);
    });

    it('in base64, as the gateway sends binary bodies', async () => {
      const body = Buffer.from(JSON.stringify({ ...PROGRAM, code: 'print("ü😀")' })).toString('base64');
      const headers = { 'content-type': 'application/json' };
      const answer = await call(createHandler(parts), { headers, body, isBase64Encoded: true });
      expect(answer.body.source.code).toBe('print("ü😀")');
    });

    it('by an alias of its language', async () => {
      const submit = createHandler(parts);
      expect((await post(submit, { ...PROGRAM, language: 'py' })).body.language).toBe('python');
    });

    it('passes the trace of the request on to the runner, if it is one', async () => {
      const submit = createHandler(parts);
      await post(submit, PROGRAM, { headers: { traceparent: TRACEPARENT } });
      const [message] = await parts.queue.receive(1, 1_000);
      expect(message?.traceparent).toBe(TRACEPARENT);
      const { body } = await post(submit, PROGRAM, { headers: { traceparent: 'x\n' } });
      expect((await parts.store.get(body.jobId))?.traceparent).toBeUndefined();
    });

    it('keeps it for a day, and gives each an id that nobody can guess', async () => {
      const submit = createHandler(parts);
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(submit, PROGRAM)));
      expect(new Set(answers.map(({ body }) => body.jobId)).size).toBe(20);
      const { createdAt, expiresAt } = answers[0]?.body ?? {};
      const kept = Date.parse(expiresAt) - Date.parse(createdAt);
      expect(kept).toBeGreaterThanOrEqual(DELIVERY.retentionMs);
      expect(kept).toBeLessThan(DELIVERY.retentionMs + 1_000);
    });

    it('bounds its limits by the operator', async () => {
      const submit = createHandler({ ...parts, max: { ...parts.max, wallTimeMs: 2_000 } });
      expect((await post(submit, PROGRAM)).body.limits.wallTimeMs).toBe(2_000);
      const over = await post(submit, { ...PROGRAM, limits: { wallTimeMs: 2_001 } });
      expect(over.body.errors).toMatchObject([{ path: 'limits.wallTimeMs' }]);
    });
  });

  describe('with ?wait=', () => {
    it('answers with the finished job and its report', async () => {
      const waiting = post(createHandler(parts), PROGRAM, { query: { wait: '20' } });
      const [message] = await parts.queue.receive(1, 10_000);
      await run(message?.jobId ?? '', { state: 'done', report: sampleReport() });
      const answer = await waiting;
      expect(answer.statusCode).toBe(200);
      expect(JobView.parse(answer.body)).toMatchObject({
        status: 'completed',
        verdict: 'ok',
        output: '1\n',
        executionTime: 12.5,
        analysisReport: { score: 0 },
      });
    });

    it('waits for a report that comes after the result', async () => {
      const waiting = post(createHandler(parts), PROGRAM, { query: { wait: '20' } });
      const [message] = await parts.queue.receive(1, 10_000);
      const jobId = message?.jobId ?? '';
      await run(jobId);
      await parts.store.attachAnalysis(jobId, { state: 'done', report: sampleReport() });
      expect((await waiting).body).toMatchObject({ status: 'completed', analysisReport: { score: 0 } });
    });

    it('does not wait long for a report that never comes', async () => {
      const waiting = post(createHandler(parts), PROGRAM, { query: { wait: '25' } });
      const [message] = await parts.queue.receive(1, 10_000);
      await run(message?.jobId ?? '');
      expect((await waiting).body).toMatchObject({ status: 'completed', analysisState: 'pending' });
    });

    it('answers before the function would be ended, however long the caller wants to wait', async () => {
      const event = restEvent({
        headers: { 'content-type': 'application/json' },
        query: { wait: '25' },
        body: JSON.stringify(PROGRAM),
      });
      // 300 ms more than it takes to answer.
      const end = Date.now() + 2_300;
      const context = { ...CONTEXT, getRemainingTimeInMillis: () => end - Date.now() };
      const answer = await createHandler(parts)(event, context);
      expect(answer.statusCode).toBe(202);
      expect(JSON.parse(answer.body).status).toBe('queued');
    });

    it('answers 202 with the job as it is when the time is over', async () => {
      const answer = await post(createHandler(parts), PROGRAM, { query: { wait: '0.1' } });
      expect(answer.statusCode).toBe(202);
      expect(answer.body.status).toBe('queued');
    });
  });

  describe('with an Idempotency-Key', () => {
    const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

    it('makes one job of the same request sent many times, also at once', async () => {
      const submit = createHandler(parts);
      const key = keyed(randomUUID());
      const answers = await Promise.all(Array.from({ length: 8 }, () => post(submit, PROGRAM, key)));
      const again = await post(submit, PROGRAM, key);
      const ids = new Set([...answers, again].map(({ body }) => body.jobId));
      expect(ids.size).toBe(1);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(answers.filter(({ headers }) => !headers['idempotency-replayed'])).toHaveLength(1);
    });

    it('takes the same submission with its defaults spelled out for the same', async () => {
      const submit = createHandler(parts);
      const first = await post(submit, PROGRAM, keyed('k'));
      const second = await post(submit, { stdin: '', code: 'print(1)', language: 'py' }, keyed('k'));
      expect(second.body.jobId).toBe(first.body.jobId);
    });

    it('answers with the job as it is by now', async () => {
      const submit = createHandler(parts);
      const { body } = await post(submit, PROGRAM, keyed('k'));
      await run(body.jobId);
      const again = await post(submit, PROGRAM, keyed('k'));
      expect(again.statusCode).toBe(200);
      expect(again.body).toMatchObject({ jobId: body.jobId, status: 'completed', output: '1\n' });
    });

    it('refuses the key for another submission', async () => {
      const submit = createHandler(parts);
      await post(submit, PROGRAM, keyed('k'));
      const other = await post(submit, { ...PROGRAM, code: 'print(2)' }, keyed('k'));
      expect(other).toMatchObject({ statusCode: 422, body: { code: 'idempotency-key-reused' } });
    });

    it('completes a job that a crash left with a key alone', async () => {
      const crashed = createHandler({
        ...parts,
        store: Object.assign(Object.create(parts.store), {
          create: () => Promise.reject(new Error('the process died')),
        }),
      });
      expect((await post(crashed, PROGRAM, keyed('k'))).statusCode).toBe(500);
      expect(await queuedJobs()).toEqual([]);
      const retried = await post(createHandler(parts), PROGRAM, keyed('k'));
      expect(retried.statusCode).toBe(202);
      expect(await queuedJobs()).toEqual([retried.body.jobId]);
      expect(await parts.store.get(retried.body.jobId)).toMatchObject({ status: 'queued' });
    });

    it('keeps the keys of different callers apart where callers are known', async () => {
      const [ann, bob] = ['a'.repeat(16), 'b'.repeat(16)];
      const submit = createHandler({ ...parts, apiKeys: [ann, bob] });
      const of = (key: string) => ({ headers: { 'Idempotency-Key': 'k', 'X-Api-Key': key } });
      const first = await post(submit, PROGRAM, of(ann));
      const second = await post(submit, PROGRAM, of(bob));
      expect(second.body.jobId).not.toBe(first.body.jobId);
    });
  });

  describe('when the queue does not answer', () => {
    const broken = (parts: Parts) => ({
      ...parts,
      queue: {
        send: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3')),
        depth: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3')),
      } as unknown as Parts['queue'],
    });

    it('says that the job is stored and how it gets to run, and nothing of our insides', async () => {
      const answer = await post(createHandler(broken(parts)), PROGRAM);
      expect(answer).toMatchObject({ statusCode: 503, body: { code: 'unavailable' } });
      const jobId = answer.headers.location?.split('/').at(-1) ?? '';
      expect(answer.body.detail).toContain(jobId);
      expect(JSON.stringify(answer)).not.toContain('ECONNREFUSED');
      expect(await parts.store.get(jobId)).toMatchObject({ status: 'queued' });
    });

    it('queues that same job when the request is repeated with its key', async () => {
      const key = { headers: { 'Idempotency-Key': 'k' } };
      const failed = await post(createHandler(broken(parts)), PROGRAM, key);
      const retried = await post(createHandler(parts), PROGRAM, key);
      expect(retried.statusCode).toBe(202);
      expect(failed.headers.location).toBe(`/api/status/${retried.body.jobId}`);
      expect(await queuedJobs()).toEqual([retried.body.jobId]);
    });
  });

  describe('under load', () => {
    it('refuses what goes over the rate of one caller, and tells when to come back', async () => {
      const submit = createHandler({ ...parts, perMinute: 2, clock: frozen(60_000 * 30_000_000 + 10_000) });
      const from = (sourceIp: string) => post(submit, PROGRAM, { sourceIp });
      expect((await from('192.0.2.1')).headers).toMatchObject({
        'ratelimit-limit': '2',
        'ratelimit-remaining': '1',
        'ratelimit-reset': '50',
      });
      await from('192.0.2.1');
      const refused = await from('192.0.2.1');
      expect(refused).toMatchObject({ statusCode: 429, body: { code: 'rate-limited' } });
      expect(refused.headers).toMatchObject({ 'retry-after': '50', 'ratelimit-remaining': '0' });
      expect((await from('192.0.2.2')).statusCode).toBe(202);
    });

    it('refuses more jobs than may wait, counting those it took since it looked', async () => {
      let depths = 0;
      const queue = {
        send: async () => undefined,
        depth: async () => {
          depths++;
          return { waiting: ADMISSION.queueJobs - 2, inFlight: 0 };
        },
      } as unknown as Parts['queue'];
      const submit = createHandler({ ...parts, queue });
      expect((await post(submit, PROGRAM)).statusCode).toBe(202);
      expect((await post(submit, PROGRAM)).statusCode).toBe(202);
      const refused = await post(submit, PROGRAM);
      expect(refused).toMatchObject({ statusCode: 503, body: { code: 'queue-full' } });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(depths).toBe(1);
    });

    it.each([
      ['refuses jobs while many wait, and the oldest too long', ADMISSION.backlogJobs, 503],
      ['takes jobs while a few old ones wait, as after a restart', ADMISSION.backlogJobs - 1, 202],
    ])('%s', async (_name, waiting, statusCode) => {
      const store = Object.assign(Object.create(parts.store), {
        oldestQueued: async () => Date.now() - ADMISSION.backlogMs - 1_000,
        create: async () => true,
      });
      const queue = Object.assign(Object.create(parts.queue), {
        send: async () => undefined,
        depth: async () => ({ waiting, inFlight: 0 }),
      });
      const answer = await post(createHandler({ ...parts, store, queue }), PROGRAM);
      expect(answer.statusCode).toBe(statusCode);
      if (statusCode === 503) expect(answer.body.code).toBe('queue-full');
    });
  });

  describe('with runners that cannot run the language', () => {
    const runner = (available: boolean, seenAt = Date.now()): RunnerAnnouncement => ({
      runnerId: randomUUID(),
      driver: 'wasm',
      languages: [{ id: 'python', available, version: null, ...(available ? {} : { reason: 'No image.' }) }],
      slots: 1,
      busy: 0,
      seenAt,
      samples: [],
    });

    it('refuses at once, with their reason, what could only fail later', async () => {
      await parts.runners.announce(runner(false), DELIVERY.runnerTtlMs);
      const refused = await post(createHandler(parts), PROGRAM);
      expect(refused).toMatchObject({
        statusCode: 422,
        body: { code: 'language-unavailable', errors: [{ path: 'language' }] },
      });
      expect(refused.body.detail).toContain('No image.');
    });

    it('takes it when one of them can, or none is alive yet', async () => {
      expect((await post(createHandler(parts), PROGRAM)).statusCode).toBe(202);
      await parts.runners.announce(runner(false), DELIVERY.runnerTtlMs);
      await parts.runners.announce(runner(true), DELIVERY.runnerTtlMs);
      expect((await post(createHandler(parts), PROGRAM)).statusCode).toBe(202);
    });
  });

  describe('with API keys', () => {
    const KEY = 'k'.repeat(32);

    it('lets in who holds one, and nobody else', async () => {
      const submit = createHandler({ ...parts, apiKeys: [KEY] });
      expect((await post(submit, PROGRAM, { headers: { 'x-api-key': KEY } })).statusCode).toBe(202);
      for (const headers of [{}, { 'x-api-key': '' }, { 'x-api-key': 'K'.repeat(32) }]) {
        const refused = await post(submit, PROGRAM, { headers });
        expect(refused).toMatchObject({ statusCode: 401, body: { code: 'unauthorized' } });
        expect(JSON.stringify(refused)).not.toContain(KEY);
      }
    });
  });

  it('keeps the text of an error of ours to the log', async () => {
    const store = Object.assign(Object.create(parts.store), {
      create: () => Promise.reject(new Error('secret-host-name refused')),
    });
    const answer = await post(createHandler({ ...parts, store }), PROGRAM);
    expect(answer).toMatchObject({ statusCode: 500, body: { code: 'internal', instance: 'request-1' } });
    expect(JSON.stringify(answer)).not.toContain('secret-host-name');
    expect(parts.lines).toEqual([{ level: 'error', message: 'request failed' }]);
  });
});

function frozen(now: number) {
  return { now: () => now, sleep: async () => undefined };
}
