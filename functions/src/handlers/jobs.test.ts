import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { sampleJob, sampleReport, sampleResult } from '@rce/core/contracts/samples.ts';
import { JobView } from '@rce/core/job.ts';
import { call, type Parts, useCloud } from '../../test/api.ts';
import { createHandler as createCancel } from './cancel.ts';
import { createHandler as createStatus } from './status.ts';

const LEASE = 60_000;

const openParts = useCloud();
let parts: Parts;
beforeEach(async () => {
  parts = await openParts();
});

async function queued(): Promise<string> {
  const now = Date.now();
  const job = sampleJob({ createdAt: now, expiresAt: now + 60_000 });
  await parts.store.create(job);
  return job.jobId;
}
async function processing(): Promise<string> {
  const jobId = await queued();
  await parts.store.claim(jobId, 'runner', Date.now(), LEASE);
  return jobId;
}
const finish = (jobId: string) =>
  parts.store.finish(jobId, 'runner', sampleResult(), Date.now(), {
    analysis: { state: 'done', report: sampleReport() },
  });

/** Paths that name no job, whatever stands in them. */
const NO_JOBS = [
  randomUUID(),
  'x',
  '',
  '..',
  '__proto__',
  'job#x',
  'runner#x',
  `${randomUUID()}/..`,
  '%00',
  'a'.repeat(5_000),
  '\ud800',
];

describe.each([
  ['GET /api/status', (parts: Parts) => createStatus(parts)],
  ['POST /api/cancel', (parts: Parts) => createCancel(parts)],
])('%s', (_route, create) => {
  it.each(NO_JOBS)('answers 404 for a job that is not there: %j', async (jobId) => {
    const answer = await call(create(parts), { path: { jobId } });
    expect(answer).toMatchObject({
      statusCode: 404,
      body: { code: 'job-not-found', errors: [{ path: 'jobId' }] },
    });
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it('asks for an API key where keys are set', async () => {
    const handler = create({ ...parts, apiKeys: ['k'.repeat(16)] });
    expect((await call(handler, { path: { jobId: await queued() } })).statusCode).toBe(401);
  });
});

describe('GET /api/status/{jobId}', () => {
  const status = (jobId: string, request: Parameters<typeof call>[1] = {}) =>
    call(createStatus(parts), { ...request, path: { jobId } });

  it('shows a job in each of its states', async () => {
    const jobId = await queued();
    expect((await status(jobId)).body).toMatchObject({ jobId, status: 'queued', output: '', sandbox: null });
    await parts.store.claim(jobId, 'runner', Date.now(), LEASE);
    const partial = { stdout: new TextEncoder().encode('so far'), stderr: new Uint8Array() };
    await parts.store.renew(jobId, 'runner', Date.now() + LEASE, partial);
    expect((await status(jobId)).body).toMatchObject({
      status: 'processing',
      output: 'so far',
      verdict: null,
    });
    await finish(jobId);
    const answer = await status(jobId);
    expect(answer.statusCode).toBe(200);
    expect(JobView.parse(answer.body)).toMatchObject({
      status: 'completed',
      output: '1\n',
      stderrBase64: '/wD+',
      analysisReport: { score: 0 },
      sandbox: { driver: 'wasm' },
    });
  });

  it('finds a job by its id in capitals', async () => {
    const jobId = await queued();
    expect((await status(jobId.toUpperCase())).body.jobId).toBe(jobId);
  });

  it.each(['-1', '26', 'x', '', '1e9', '0x10', 'Infinity', ' 1'])('refuses wait=%j', async (wait) => {
    const answer = await status(await queued(), { query: { wait } });
    expect(answer).toMatchObject({
      statusCode: 400,
      body: { code: 'invalid-input', errors: [{ path: 'wait' }] },
    });
  });

  it('with wait, answers when the job begins to run', async () => {
    const jobId = await queued();
    const waiting = status(jobId, { query: { wait: '20' } });
    await parts.store.claim(jobId, 'runner', Date.now(), LEASE);
    expect((await waiting).body.status).toBe('processing');
  });

  it('with wait, answers when there is more output', async () => {
    const jobId = await processing();
    const waiting = status(jobId, { query: { wait: '20' } });
    const partial = { stdout: new TextEncoder().encode('x'), stderr: new Uint8Array() };
    await parts.store.renew(jobId, 'runner', Date.now() + LEASE, partial);
    expect((await waiting).body.output).toBe('x');
  });

  it('with wait, answers when the job ends', async () => {
    const jobId = await processing();
    const waiting = status(jobId, { query: { wait: '20' } });
    await finish(jobId);
    expect((await waiting).body.status).toBe('completed');
  });

  it('with wait, answers at once for a finished job', async () => {
    const jobId = await processing();
    await finish(jobId);
    expect((await status(jobId, { query: { wait: '25' } })).body.status).toBe('completed');
  });

  it('with wait and the state that the caller knows, misses no change in between', async () => {
    const jobId = await queued();
    const { etag = '' } = (await status(jobId)).headers;
    await parts.store.claim(jobId, 'runner', Date.now(), LEASE);
    const answer = await status(jobId, { query: { wait: '25' }, headers: { 'If-None-Match': etag } });
    expect(answer.body.status).toBe('processing');
  });

  it('answers 304 while the job is still as the caller knows it', async () => {
    const jobId = await queued();
    const { etag = '' } = (await status(jobId)).headers;
    const answer = await status(jobId, { headers: { 'if-none-match': etag }, query: { wait: '0.05' } });
    expect(answer).toMatchObject({ statusCode: 304, body: undefined, headers: { etag } });
  });
});

describe('POST /api/cancel/{jobId}', () => {
  const cancel = (jobId: string) => call(createCancel(parts), { path: { jobId } });

  it('ends a queued job at once', async () => {
    const jobId = await queued();
    const answer = await cancel(jobId);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toMatchObject({ jobId, status: 'failed', verdict: 'cancelled' });
    expect(answer.body.finishedAt).not.toBeNull();
  });

  it('asks the runner of a running job', async () => {
    const jobId = await processing();
    const answer = await cancel(jobId);
    expect(answer.statusCode).toBe(202);
    expect(answer.body.status).toBe('processing');
    expect(await parts.store.renew(jobId, 'runner', Date.now())).toBe('cancel-requested');
  });

  it('may be repeated', async () => {
    const waiting = await queued();
    const running = await processing();
    await Promise.all([cancel(waiting), cancel(running)]);
    expect((await cancel(waiting)).statusCode).toBe(200);
    expect((await cancel(running)).statusCode).toBe(202);
  });

  it('says so when the job has ended in another way', async () => {
    const jobId = await processing();
    await finish(jobId);
    expect(await cancel(jobId)).toMatchObject({ statusCode: 409, body: { code: 'job-finished' } });
  });
});
