import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@rce/core/clock.ts';
import { HOUR, NOW, sampleJob, sampleReport, sampleResult } from '@rce/core/contracts/samples.ts';
import type { TestOutcome } from '@rce/core/job.ts';
import { MAX_RUN_LIMITS, SUBMISSION_LIMITS, TEST_OUTPUT_BYTES } from '@rce/core/limits.ts';
import type { Finding } from '@rce/core/report.ts';
import { MAX_FINDINGS } from '@rce/core/severities.ts';
import { Submission, type SubmissionInput } from '@rce/core/submission.ts';
import { DynamoJobStore } from '../src/job-store.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';

/** Bytes that no compression makes smaller. */
function noise(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
function randomText(length: number): string {
  return Buffer.from(noise(length)).toString('base64url').slice(0, length);
}

/** Fills up with stdin until one byte more would be refused. */
function filledUp(submission: SubmissionInput): SubmissionInput {
  let [low, high] = [0, SUBMISSION_LIMITS.inputBytes];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Submission.safeParse({ ...submission, stdin: 'x'.repeat(middle) }).success) low = middle;
    else high = middle - 1;
  }
  return { ...submission, stdin: randomText(low) };
}

const all = { limits: { ...MAX_RUN_LIMITS }, stopOnFirstFailure: true };
const manyArgs = Array.from({ length: SUBMISSION_LIMITS.args }, () => 'a');
const LARGEST: Record<string, SubmissionInput> = {
  'one program with much input': filledUp({ language: 'python', code: randomText(60_000), ...all }),
  'as many tests as may be, each with as many arguments': filledUp({
    language: 'typescript',
    code: randomText(1_000),
    args: manyArgs,
    env: Object.fromEntries(Array.from({ length: SUBMISSION_LIMITS.env }, (_, n) => [`A${n}`, 'x'])),
    files: Array.from({ length: SUBMISSION_LIMITS.files }, (_, n) => ({
      path: `${n}${'d'.repeat(120)}`,
      content: '',
    })),
    tests: Array.from({ length: SUBMISSION_LIMITS.tests }, (_, n) => ({
      name: randomText(100),
      stdin: `${n}`,
      args: manyArgs,
      expected: 'x',
      checker: 'trimmed' as const,
      tolerance: 0.123456789012345,
    })),
    ...all,
    limits: { ...MAX_RUN_LIMITS, wallTimeMs: SUBMISSION_LIMITS.jobTimeMs / SUBMISSION_LIMITS.tests },
  }),
};

const FINDING: Finding = {
  rule: 'python-long-rule-name',
  severity: 'critical',
  confidence: 'medium',
  category: 'sandbox-escape',
  cwe: 502,
  message: 'x',
  why: 'y'.repeat(300),
  remedy: 'z'.repeat(300),
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 2,
  share: 0.333_333_333,
  suppressed: false,
};
/** Every finding quotes other names of the program, and so do the imports. */
const largestReport = () =>
  sampleReport({
    score: 100,
    level: 'critical',
    findings: Array.from({ length: MAX_FINDINGS }, () => ({ ...FINDING, message: randomText(1_000) })),
    metrics: {
      lines: 9,
      functions: 9,
      complexity: 9,
      imports: Array.from({ length: 5_000 }, () => randomText(40)),
    },
  });

const largestOutcome = () => ({
  stdout: noise(MAX_RUN_LIMITS.outputBytes),
  stderr: noise(MAX_RUN_LIMITS.outputBytes),
  cpuTimeMs: 1234.567_890_123,
  wallTimeMs: 1234.567_890_123,
  exitCode: null,
  signal: 'SIGSEGV',
  verdict: 'output-limit-exceeded' as const,
});
const largestTests = (): TestOutcome[] =>
  Array.from({ length: SUBMISSION_LIMITS.tests }, (_, index) => {
    const { sandbox: _sandbox, ...outcome } = sampleResult(largestOutcome());
    return { ...outcome, stdout: noise(TEST_OUTPUT_BYTES), stderr: noise(TEST_OUTPUT_BYTES), index };
  });

describe.each(Object.entries(LARGEST))('the largest job: %s', (_name, submission) => {
  let cloud: LocalCloud;
  let store: DynamoJobStore;
  let jobId: string;
  beforeAll(async () => {
    cloud = await startLocalCloud();
  });
  afterAll(() => cloud.stop());
  beforeEach(async () => {
    store = new DynamoJobStore(cloud.table, await cloud.createTable(), { ...systemClock, now: () => NOW });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const job = sampleJob({ traceparent, limits: MAX_RUN_LIMITS, expiresAt: NOW + HOUR }, submission);
    ({ jobId } = job);
    await store.create(job);
    await store.claim(jobId, 'o'.repeat(120), NOW, 1_000);
  });

  it('keeps its output so far within 400 KB, the report beside it', async () => {
    const { stdout, stderr } = largestOutcome();
    expect(await store.renew(jobId, 'o'.repeat(120), NOW, { stdout, stderr })).toBe('renewed');
    await store.attachAnalysis(jobId, { state: 'done', report: largestReport() });
    expect((await store.get(jobId))?.analysis.report?.score).toBe(100);
  });

  it.each(['with tests', 'without tests'])('keeps its result within 400 KB, %s', async (which) => {
    const tests = which === 'with tests' ? { tests: largestTests() } : {};
    const result = sampleResult({ ...largestOutcome(), ...tests });
    const options = {
      reason: 'r'.repeat(5_000),
      analysis: { state: 'done' as const, report: largestReport() },
    };
    expect(await store.finish(jobId, 'o'.repeat(120), result, NOW, options)).toBe(true);
    const stored = await store.get(jobId);
    expect(stored?.result?.tests?.length).toBe(tests.tests?.length);
    // Without tests all that a program may print is kept.
    if (!tests.tests) expect(stored?.result?.stdout).toEqual(result.stdout);
    expect(stored?.analysis.report?.omitted).toBeGreaterThan(0);
  });
});
