import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { call, finish, runJob, status, submit, until } from './support/client.ts';
import { describeEngines } from './support/describe-engines.ts';

const endless = {
  language: 'python',
  code: 'print("begun", flush=True)\nwhile True: pass',
  limits: { wallTimeMs: 15_000, cpuTimeMs: 15_000 },
};

describeEngines('jobs', (target) => {
  // Queue and table are the same for both; what a container costs is measured in bench/.
  const crowd = target.driver === 'wasm' ? 500 : 200;
  it(`that come ${crowd} at once all finish, each exactly once, with its own output`, async () => {
    const jobs = await Promise.all(
      Array.from({ length: crowd }, (_, index) =>
        submit(target.url, { language: 'python', code: `print(${index})` }),
      ),
    );
    expect(new Set(jobs.map((job) => job.jobId)).size).toBe(crowd);
    for (const [index, { jobId }] of jobs.entries()) {
      expect(await finish(target.url, jobId)).toMatchObject({
        verdict: 'ok',
        output: `${index}\n`,
        attempts: 1,
      });
    }
  }, 300_000);

  it('with the same Idempotency-Key are one job', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const submission = { language: 'python', code: 'print("once")' };
    const [first, ...others] = await Promise.all(
      Array.from({ length: 10 }, () => submit(target.url, submission, headers)),
    );
    expect(new Set(others.map((job) => job.jobId))).toEqual(new Set([first?.jobId]));
    expect(await finish(target.url, first?.jobId ?? '')).toMatchObject({ attempts: 1 });
    const other = await call(target.url, 'POST', '/api/submit', { ...submission, code: 'print(2)' }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  it('that run can be cancelled; what they printed is kept', async () => {
    const { jobId } = await submit(target.url, endless);
    await until(target.url, jobId, ({ status: state }) => state === 'processing');
    expect((await call(target.url, 'POST', `/api/cancel/${jobId}`)).status).toBeLessThan(300);
    expect(await finish(target.url, jobId)).toMatchObject({ status: 'failed', verdict: 'cancelled' });
    // Asked again, perhaps because the first answer was lost: it is as was asked for.
    expect(await call(target.url, 'POST', `/api/cancel/${jobId}`)).toMatchObject({
      status: 200,
      body: { verdict: 'cancelled' },
    });
  }, 60_000);

  it('that have ended by themselves cannot be cancelled', async () => {
    const { jobId } = await runJob(target.url, { language: 'python', code: 'print(1)' });
    expect(await call(target.url, 'POST', `/api/cancel/${jobId}`)).toMatchObject({
      status: 409,
      body: { code: 'job-finished' },
    });
  });

  it('that wait can be cancelled, and never run', async () => {
    const running = await Promise.all(Array.from({ length: 12 }, () => submit(target.url, endless)));
    const last = running.at(-1)?.jobId ?? '';
    expect(await status(target.url, last)).toMatchObject({ status: 'queued' });
    await call(target.url, 'POST', `/api/cancel/${last}`);
    expect(await finish(target.url, last)).toMatchObject({
      verdict: 'cancelled',
      attempts: 0,
      startedAt: null,
    });
    await Promise.all(running.map(({ jobId }) => call(target.url, 'POST', `/api/cancel/${jobId}`)));
    await Promise.all(running.map(({ jobId }) => finish(target.url, jobId)));
  }, 90_000);

  it('answer at once when asked to wait for them', async () => {
    const { status: code, body } = await call(target.url, 'POST', '/api/submit?wait=10', {
      language: 'python',
      code: 'print("done")',
    });
    expect([code, body]).toEqual([200, expect.objectContaining({ status: 'completed', output: 'done\n' })]);
  });

  it('cannot be read by who does not know their id', async () => {
    const { jobId } = await runJob(target.url, { language: 'python', code: 'print(1)' });
    const other = jobId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await call(target.url, 'GET', `/api/status/${other}`)).status).toBe(404);
  });
});
