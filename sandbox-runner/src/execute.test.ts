import { describe, expect, it } from '@jest/globals';
import type { Job, RunOutcome } from '@rce/core/job.ts';
import { resolveLimits } from '@rce/core/limits.ts';
import type { Program, RunInput, Sandbox } from '@rce/core/ports/sandbox.ts';
import { Submission, type SubmissionInput } from '@rce/core/submission.ts';
import { findLanguage } from '@rce/languages/find.ts';
import { execute } from './execute.ts';

/** A sandbox whose programs answer as the test says; what a real one does is the contract suite's. */
function scripted(runs: readonly Partial<RunOutcome>[], compilation: Partial<RunOutcome> | null = null) {
  const seen = { programs: [] as Program[], inputs: [] as RunInput[], closed: 0 };
  const outcome = (part: Partial<RunOutcome>): RunOutcome => ({
    verdict: 'ok',
    exitCode: 0,
    signal: null,
    wallTimeMs: 10,
    cpuTimeMs: 5,
    memoryBytes: 1_000,
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
    truncated: { stdout: false, stderr: false },
    ...part,
  });
  const sandbox: Sandbox = {
    driver: 'docker',
    start: async () => undefined,
    languages: () => [],
    warm: () => ({ waiting: 0, wanted: 0 }),
    close: async () => undefined,
    open: async (program) => {
      seen.programs.push(program);
      return {
        compilation: compilation && outcome(compilation),
        runtime: 'Test 1.0',
        run: async (input) => {
          const part = runs[seen.inputs.length] ?? {};
          seen.inputs.push(input);
          return outcome(part);
        },
        close: async () => {
          seen.closed++;
        },
      };
    },
  };
  return { sandbox, seen };
}

function jobOf(input: SubmissionInput): Job {
  return {
    jobId: '6c1f2b9e-0000-4000-8000-000000000000',
    submission: Submission.parse(input),
    limits: resolveLimits(),
    status: 'processing',
    createdAt: 0,
    expiresAt: 1,
    attempts: 1,
    analysis: { state: 'pending' },
  };
}

const python = findLanguage('python');
if (!python) throw new Error('python is missing from the catalog');
const text = (value: string) => Buffer.from(value);

describe('executing a job', () => {
  it('runs a single program with its input and closes the session', async () => {
    const { sandbox, seen } = scripted([{ stdout: text('hi') }]);
    const job = jobOf({ language: 'python', code: 'x', stdin: 'in', args: ['a'], env: { APP: '1' } });
    const { result } = await execute(sandbox, job, python, {});
    expect(result).toMatchObject({ verdict: 'ok', sandbox: { driver: 'docker', runtime: 'Test 1.0' } });
    expect(seen.programs[0]).toMatchObject({
      entry: 'main.py',
      files: [{ path: 'main.py', content: 'x' }],
      runs: 1,
    });
    expect(seen.inputs[0]).toEqual({ stdin: text('in'), args: ['a'], env: { APP: '1' } });
    expect(seen.closed).toBe(1);
  });

  it('gives the messages of a failed compilation as the output and runs nothing', async () => {
    const failed = { verdict: 'runtime-error', exitCode: 1, stdout: text('a'), stderr: text('b') } as const;
    const { sandbox, seen } = scripted([], failed);
    const { result } = await execute(sandbox, jobOf({ language: 'python', code: 'x' }), python, {});
    expect(result.verdict).toBe('compilation-error');
    expect(Buffer.from(result.stdout).toString()).toBe('ab');
    expect(seen).toMatchObject({ inputs: [], closed: 1 });
  });

  it('says why when the compile step hit a limit', async () => {
    const { sandbox } = scripted([], { verdict: 'time-limit-exceeded' });
    const { result, reason } = await execute(sandbox, jobOf({ language: 'python', code: 'x' }), python, {});
    expect(result.verdict).toBe('compilation-error');
    expect(reason).toContain('time-limit-exceeded');
  });

  describe('with tests', () => {
    const tests = [{ expected: '1' }, { expected: '2', args: ['own'] }, { stdin: 'z' }];

    it('judges each, sums times, takes the highest memory and the first verdict that is not ok', async () => {
      const { sandbox, seen } = scripted([
        { stdout: text('1\n'), memoryBytes: 7 },
        { stdout: text('3\n'), memoryBytes: 9 },
        { verdict: 'runtime-error', exitCode: 3, memoryBytes: 8 },
      ]);
      const job = jobOf({ language: 'python', code: 'x', args: ['all'], tests });
      const { result } = await execute(sandbox, job, python, {});
      expect(result.tests?.map((test) => test.verdict)).toEqual(['ok', 'wrong-answer', 'runtime-error']);
      expect(result).toMatchObject({
        verdict: 'wrong-answer',
        wallTimeMs: 30,
        cpuTimeMs: 15,
        memoryBytes: 9,
      });
      expect(seen.inputs.map((input) => input.args)).toEqual([['all'], ['own'], ['all']]);
      expect(seen.programs).toHaveLength(1);
    });

    it('stops at the first failure on request', async () => {
      const { sandbox, seen } = scripted([{ stdout: text('no') }]);
      const job = jobOf({ language: 'python', code: 'x', tests, stopOnFirstFailure: true });
      const { result } = await execute(sandbox, job, python, {});
      expect(result.tests).toHaveLength(1);
      expect(seen.inputs).toHaveLength(1);
    });

    it('judges the whole output but keeps a short one', async () => {
      const long = 'x'.repeat(60_000);
      const { sandbox } = scripted([{ stdout: text(long) }]);
      const job = jobOf({ language: 'python', code: 'x', tests: [{ expected: long }] });
      const { result } = await execute(sandbox, job, python, {});
      expect(result.tests?.[0]).toMatchObject({ verdict: 'ok', truncated: { stdout: true } });
      expect(result.tests?.[0]?.stdout.length).toBe(4_096);
    });

    it('does not know the processor time of all when that of one is unknown', async () => {
      const { sandbox } = scripted([{}, { cpuTimeMs: null }]);
      const { result } = await execute(sandbox, jobOf({ language: 'python', code: 'x', tests }), python, {});
      expect(result.cpuTimeMs).toBeNull();
    });
  });
});
