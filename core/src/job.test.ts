import { describe, expect, it } from '@jest/globals';
import { HOUR, NOW, sampleJob, sampleReport, sampleResult } from './contracts/samples.ts';
import { fitResult } from './fit-result.ts';
import { cutUtf8, decodeOutput, emptyResult, type Job, JobView, type TestOutcome, toView } from './job.ts';
import { RESULT_BYTES, TEST_OUTPUT_BYTES } from './limits.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const queued: Job = { ...sampleJob(), status: 'queued', attempts: 0 };

describe('the view of a job', () => {
  it('of a queued one holds nothing of a result', () => {
    const view = JobView.parse(toView(queued));
    expect(view).toMatchObject({
      status: 'queued',
      verdict: null,
      output: '',
      executionTime: null,
      sandbox: null,
      startedAt: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-02T00:00:00.000Z',
    });
    expect(view).not.toHaveProperty('tests');
  });

  it('of a running one shows its output so far', () => {
    const running: Job = {
      ...queued,
      status: 'processing',
      attempts: 1,
      partial: { stdout: bytes('so far'), stderr: bytes('') },
    };
    expect(toView(running)).toMatchObject({ output: 'so far', verdict: null });
  });

  it('of a finished one has the fields that users script against', () => {
    const view = JobView.parse(
      toView({
        ...queued,
        status: 'completed',
        finishedAt: NOW + HOUR,
        result: sampleResult(),
        analysis: { state: 'done', report: sampleReport() },
      }),
    );
    expect(view).toMatchObject({
      jobId: queued.jobId,
      status: 'completed',
      output: '1\n',
      executionTime: 12.5,
      analysisReport: { score: 0 },
      truncated: { output: false, stderr: true },
    });
  });

  it('tells tests by the names that were submitted', () => {
    const job = sampleJob({}, { tests: [{ name: 'first' }, {}] });
    const { sandbox: _, ...outcome } = sampleResult();
    const tests: TestOutcome[] = [0, 1].map((index) => ({ ...outcome, index }));
    const view = toView({ ...queued, ...job, status: 'completed', result: sampleResult({ tests }) });
    expect(view.tests?.map(({ name, output }) => [name, output])).toEqual([
      ['first', '1\n'],
      [undefined, '1\n'],
    ]);
  });

  it('of one that never ran says so', () => {
    const view = toView({ ...queued, status: 'failed', result: emptyResult('cancelled') });
    expect(JobView.parse(view)).toMatchObject({ verdict: 'cancelled', sandbox: null, output: '' });
  });
});

describe('output', () => {
  it('that is UTF-8 is text; other bytes come exactly as well', () => {
    expect(decodeOutput(bytes('ü😀\0\ufeff'))).toEqual({ text: 'ü😀\0\ufeff' });
    expect(decodeOutput(new Uint8Array([0xff, 0x41]))).toEqual({ text: '\ufffdA', base64: '/0E=' });
    expect(decodeOutput(new Uint8Array())).toEqual({ text: '' });
  });

  it('is cut between characters', () => {
    const text = bytes('aü€😀');
    const cuts = Array.from({ length: text.length + 1 }, (_, limit) =>
      new TextDecoder('utf-8', { fatal: true }).decode(cutUtf8(text, limit)),
    );
    expect(cuts).toEqual(['', 'a', 'a', 'aü', 'aü', 'aü', 'aü€', 'aü€', 'aü€', 'aü€', 'aü€😀']);
  });

  it('that is not UTF-8 is cut at the limit', () => {
    expect(cutUtf8(new Uint8Array(10).fill(0x80), 5)).toHaveLength(5);
    expect(cutUtf8(new Uint8Array(10).fill(0xff), 5)).toHaveLength(5);
  });
});

describe('a result that has to fit', () => {
  const total = (result: ReturnType<typeof sampleResult>) =>
    [result, ...(result.tests ?? [])].reduce((sum, one) => sum + one.stdout.length + one.stderr.length, 0);
  const test = (index: number, stdout: Uint8Array): TestOutcome => {
    const { sandbox: _, ...outcome } = sampleResult({ stdout, truncated: { stdout: false, stderr: false } });
    return { ...outcome, index };
  };

  it('stays as it is when it does', () => {
    const result = sampleResult({ tests: [test(0, bytes('x'))] });
    expect(fitResult(result)).toEqual(result);
  });

  it('keeps the largest output of a program without tests', () => {
    const full = sampleResult({ stdout: new Uint8Array(65_536), stderr: new Uint8Array(65_536) });
    expect(fitResult(full)).toEqual(full);
  });

  it('has the outputs of many tests cut, and marked so; short ones stay whole', () => {
    const tests = Array.from({ length: 100 }, (_, n) =>
      test(n, n === 0 ? bytes('short') : new Uint8Array(TEST_OUTPUT_BYTES)),
    );
    const fitted = fitResult(sampleResult({ tests }));
    expect(total(fitted)).toBeLessThan(RESULT_BYTES);
    expect(fitted.tests?.[0]?.truncated.stdout).toBe(false);
    expect(fitted.tests?.[99]?.truncated.stdout).toBe(true);
    expect(fitted.tests?.[99]?.stdout.length).toBeGreaterThan(500);
  });
});
