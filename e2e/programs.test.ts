import { expect, it } from '@jest/globals';
import type { SubmissionInput } from '@rce/core/submission.ts';
import type { Verdict } from '@rce/core/verdict.ts';
import { runJob, submit, until } from './support/client.ts';
import { describeEngines } from './support/describe-engines.ts';

const python = (code: string, more: Partial<SubmissionInput> = {}) => ({ language: 'python', code, ...more });
const javascript = (code: string, more: Partial<SubmissionInput> = {}) => ({
  language: 'javascript',
  code,
  ...more,
});
const KiB = 1024;
/** Exactly 64 KiB of source. */
const longSource = `print("long")\n${'#'.repeat(64 * KiB - 'print("long")\n'.length)}`;

interface Case {
  readonly name: string;
  readonly submission: SubmissionInput;
  readonly verdict: Verdict;
  readonly output?: string;
  readonly stderr?: RegExp;
  readonly exitCode?: number;
}

const CASES: readonly Case[] = [
  { name: 'a sum', submission: python('print(sum(range(1, 101)))'), verdict: 'ok', output: '5050\n' },
  {
    name: 'a sum in JavaScript',
    submission: javascript(
      'console.log(Array.from({ length: 100 }, (_, i) => i + 1).reduce((a, b) => a + b))',
    ),
    verdict: 'ok',
    output: '5050\n',
  },
  {
    name: 'Unicode in source, input, arguments and output',
    submission: python('import sys; print("ü 漢 🎉", input(), sys.argv[1])', { stdin: 'é\n', args: ['ñ'] }),
    verdict: 'ok',
    output: 'ü 漢 🎉 é ñ\n',
  },
  { name: 'no output', submission: python('pass'), verdict: 'ok', output: '' },
  {
    name: 'no newline at the end',
    submission: python('import sys; sys.stdout.write("x")'),
    verdict: 'ok',
    output: 'x',
  },
  { name: '64 KiB of source', submission: python(longSource), verdict: 'ok', output: 'long\n' },
  {
    name: 'all of its input',
    submission: python('import sys; print(len(sys.stdin.read()))', { stdin: 'x'.repeat(100 * KiB) }),
    verdict: 'ok',
    output: `${100 * KiB}\n`,
  },
  {
    name: 'arguments, as they are',
    submission: python('import sys; print(sys.argv[1:])', { args: ['a b', '', '$HOME', "it's", '--x', '*'] }),
    verdict: 'ok',
    output: `['a b', '', '$HOME', "it's", '--x', '*']\n`,
  },
  {
    name: 'environment',
    submission: python('import os; print(os.environ["GREETING"])', { env: { GREETING: 'a=b' } }),
    verdict: 'ok',
    output: 'a=b\n',
  },
  {
    name: 'further files',
    submission: python('from lib.util import f; print(f())', {
      files: [{ path: 'lib/util.py', content: 'def f(): return 42' }],
    }),
    verdict: 'ok',
    output: '42\n',
  },
  {
    name: 'an exception',
    submission: python('def f():\n    return 1 / 0\nf()'),
    verdict: 'runtime-error',
    exitCode: 1,
    stderr:
      /^Traceback \(most recent call last\):\n {2}File ".*main\.py", line 3, in <module>[\s\S]*line 2, in f[\s\S]*ZeroDivisionError: division by zero\n$/,
  },
  {
    name: 'an exception in JavaScript',
    submission: javascript('throw new TypeError("bad")'),
    verdict: 'runtime-error',
    stderr: /TypeError: bad/,
  },
  {
    name: 'a syntax error',
    submission: python('print('),
    verdict: 'runtime-error',
    exitCode: 1,
    stderr: /SyntaxError/,
  },
  {
    name: 'its own exit code',
    submission: python('import sys; sys.exit(7)'),
    verdict: 'runtime-error',
    exitCode: 7,
  },
  {
    name: 'too much output',
    submission: python('while True: print("x" * 1000)'),
    verdict: 'output-limit-exceeded',
  },
  {
    name: 'too much memory',
    submission: python('x = []\nwhile True: x.append("y" * 10_000_000)'),
    verdict: 'memory-limit-exceeded',
  },
];

describeEngines('programs', (target) => {
  it.each(CASES)('$name', async ({ submission, verdict, output, stderr, exitCode }) => {
    const job = await runJob(target.url, submission);
    expect(job).toMatchObject({
      verdict,
      status: verdict === 'ok' ? 'completed' : 'failed',
      sandbox: { driver: target.driver },
    });
    if (output !== undefined) expect(job.output).toBe(output);
    if (stderr) expect(job.stderr).toMatch(stderr);
    if (exitCode !== undefined) expect(job.exitCode).toBe(exitCode);
    expect(job.executionTime).toBeGreaterThan(0);
  });

  it('have their analysis with them', async () => {
    const { jobId } = await submit(target.url, python('import os\nos.system("id")'));
    const job = await until(target.url, jobId, ({ analysisState, verdict }) => {
      return verdict !== null && analysisState !== 'pending';
    });
    expect(job.analysisState).toBe('done');
    expect(job.analysisReport?.findings.length).toBeGreaterThan(0);
  });

  it('that print bytes which are not text: both are there', async () => {
    const job = await runJob(target.url, python('import sys; sys.stdout.buffer.write(bytes([255, 0, 65]))'));
    expect(job).toMatchObject({ verdict: 'ok', output: '\ufffd\0A', outputBase64: '/wBB' });
  });

  it('that flood their output: 64 KiB are kept', async () => {
    const job = await runJob(target.url, python('while True: print("x" * 1000)'));
    expect(job.output).toHaveLength(64 * KiB);
    expect(job.truncated.output).toBe(true);
  });

  it('without an end are stopped; what they printed is shown meanwhile and kept; others are served', async () => {
    const endless = await submit(
      target.url,
      python('import time\nprint("begun", flush=True)\nwhile True: pass', { limits: { wallTimeMs: 3_000 } }),
    );
    const running = await until(target.url, endless.jobId, ({ output }) => output !== '');
    expect(running.output).toBe('begun\n');
    expect(await runJob(target.url, python('print("other")'))).toMatchObject({ output: 'other\n' });
    const ended = await until(target.url, endless.jobId, ({ verdict }) => verdict !== null);
    expect(ended).toMatchObject({ verdict: 'time-limit-exceeded', output: 'begun\n', exitCode: null });
    expect(ended.executionTime).toBeGreaterThanOrEqual(3_000);
  });

  it('with tests are run once for each', async () => {
    const job = await runJob(target.url, {
      ...python('print(sum(map(int, input().split())))'),
      tests: [
        { stdin: '1 2', expected: '3' },
        { stdin: '2 2', expected: '5' },
        { stdin: 'x', expected: '' },
      ],
    });
    expect(job.verdict).toBe('wrong-answer');
    expect(job.tests?.map(({ verdict }) => verdict)).toEqual(['ok', 'wrong-answer', 'runtime-error']);
  });
});

/** Each prints `contained` when the sandbox refuses, and is ended otherwise; the engine serves on. */
const ATTACKS = {
  'a fork bomb': `
import os
try:
    while True: os.fork()
except (OSError, AttributeError):
    print("contained", flush=True)
    os._exit(0)
`,
  'a full disk': `
try:
    with open("/tmp/big", "wb") as f:
        while True: f.write(b"x" * 1_000_000)
except OSError:
    print("contained")
`,
  'a socket': `
try:
    import socket
    socket.create_connection(("127.0.0.1", 80), timeout=2).close()
except Exception:
    print("contained")
`,
  'a look at the host': `
import os
try:
    print(len(os.listdir("/proc/1/root/root")), open("/etc/shadow").read())
except Exception:
    print("contained")
`,
};

describeEngines('attacks', (target) => {
  it.each(Object.entries(ATTACKS))('%s is contained', async (_, code) => {
    const job = await runJob(target.url, python(code));
    if (job.verdict === 'ok') expect(job.output).toMatch(/^(contained\n)+$/);
    else expect(['memory-limit-exceeded', 'time-limit-exceeded', 'runtime-error']).toContain(job.verdict);
    expect(await runJob(target.url, python('print("still here")'))).toMatchObject({
      output: 'still here\n',
    });
  });
});
