import {
  cutUtf8,
  type ExecutionResult,
  emptyResult,
  type Job,
  type RunOutcome,
  type TestOutcome,
} from '@rce/core/job.ts';
import type { Language } from '@rce/core/language.ts';
import { TEST_OUTPUT_BYTES } from '@rce/core/limits.ts';
import type { RunHooks, RunInput, Sandbox, Session } from '@rce/core/ports/sandbox.ts';
import { SandboxError } from '@rce/core/ports/sandbox.ts';
import { isFieldError, sourcesOf } from '@rce/core/program.ts';
import type { Submission, TestCase } from '@rce/core/submission.ts';
import { passes } from './checkers.ts';

export interface Execution {
  readonly result: ExecutionResult;
  /** For people, where the verdict alone does not say what happened. */
  readonly reason?: string;
}

/**
 * Runs one job in a sandbox: compiles it where the language asks for it, then runs it once, or once per test.
 * @throws SandboxError when the sandbox, not the program, failed.
 */
export async function execute(
  sandbox: Sandbox,
  job: Job,
  language: Language,
  hooks: RunHooks,
): Promise<Execution> {
  const { submission } = job;
  const sources = sourcesOf(submission, language);
  if (isFieldError(sources)) throw new SandboxError(`${sources.path} ${sources.message}`);
  const session = await sandbox.open(
    {
      jobId: job.jobId,
      language: language.id,
      ...sources,
      limits: job.limits,
      runs: submission.tests?.length ?? 1,
    },
    hooks,
  );
  try {
    const { compilation } = session;
    if (compilation && compilation.verdict !== 'ok') return failedCompilation(sandbox, session, compilation);
    if (submission.tests)
      return { result: await runTests(sandbox, session, submission, submission.tests, hooks) };
    const outcome = await session.run(inputOf(submission), hooks);
    return { result: { ...outcome, sandbox: infoOf(sandbox, session) } };
  } finally {
    await session.close();
  }
}

function inputOf(submission: Submission, test?: TestCase): RunInput {
  return {
    stdin: Buffer.from(test?.stdin ?? submission.stdin, 'utf8'),
    args: test?.args ?? submission.args,
    env: submission.env,
  };
}

function infoOf(sandbox: Sandbox, session: Session) {
  return { driver: sandbox.driver, runtime: session.runtime };
}

function failedCompilation(sandbox: Sandbox, session: Session, compilation: RunOutcome): Execution {
  const sandboxInfo = infoOf(sandbox, session);
  if (compilation.verdict === 'cancelled') return { result: emptyResult('cancelled', sandboxInfo) };
  const reason =
    compilation.verdict === 'runtime-error' || compilation.verdict === 'compilation-error'
      ? {}
      : { reason: `The compile step ended with ${compilation.verdict}.` };
  return {
    // Compilers print to either stream; the messages are the output of such a job.
    result: {
      ...compilation,
      verdict: 'compilation-error',
      stdout: Buffer.concat([compilation.stdout, compilation.stderr]),
      stderr: new Uint8Array(),
      truncated: { stdout: compilation.truncated.stdout || compilation.truncated.stderr, stderr: false },
      sandbox: sandboxInfo,
    },
    ...reason,
  };
}

async function runTests(
  sandbox: Sandbox,
  session: Session,
  submission: Submission,
  tests: readonly TestCase[],
  hooks: RunHooks,
): Promise<ExecutionResult> {
  const done = new Map<number, TestOutcome>();
  let stopped = false;
  let next = 0;
  const lane = async () => {
    while (!stopped) {
      const index = next++;
      const test = tests[index];
      if (!test) return;
      // Output so far is of no use among many tests, so only cancelling reaches through.
      const run = await session.run(inputOf(submission, test), hooks.signal ? { signal: hooks.signal } : {});
      const outcome = { ...shorten(run, TEST_OUTPUT_BYTES), index, verdict: judge(run, test) };
      done.set(index, outcome);
      stopped ||= outcome.verdict === 'cancelled';
      stopped ||= submission.stopOnFirstFailure && outcome.verdict !== 'ok';
    }
  };
  // Tests behind the first failure must not even be started where the submitter says so.
  const lanes = submission.stopOnFirstFailure ? 1 : (session.lanes ?? 1);
  await Promise.all(Array.from({ length: lanes }, lane));
  const outcomes = [...done.values()].toSorted((a, b) => a.index - b.index);
  const deciding = outcomes.find((outcome) => outcome.verdict !== 'ok') ?? outcomes.at(-1);
  if (!deciding) throw new SandboxError('A submission with tests ran none of them.');
  return {
    ...emptyResult(deciding.verdict, infoOf(sandbox, session)),
    exitCode: deciding.exitCode,
    signal: deciding.signal,
    wallTimeMs: outcomes.reduce((sum, outcome) => sum + outcome.wallTimeMs, 0),
    cpuTimeMs: fold(
      outcomes,
      (outcome) => outcome.cpuTimeMs,
      (a, b) => a + b,
    ),
    memoryBytes: fold(outcomes, (outcome) => outcome.memoryBytes, Math.max),
    tests: outcomes,
  };
}

function judge(run: RunOutcome, test: TestCase): RunOutcome['verdict'] {
  if (run.verdict !== 'ok') return run.verdict;
  return passes(test, run.stdout) ? 'ok' : 'wrong-answer';
}

function shorten(run: RunOutcome, bytes: number): RunOutcome {
  return {
    ...run,
    stdout: cutUtf8(run.stdout, bytes),
    stderr: cutUtf8(run.stderr, bytes),
    truncated: {
      stdout: run.truncated.stdout || run.stdout.length > bytes,
      stderr: run.truncated.stderr || run.stderr.length > bytes,
    },
  };
}

/** Folds a measure over all tests; null as soon as one of them could not be measured. */
function fold(
  outcomes: readonly TestOutcome[],
  pick: (outcome: TestOutcome) => number | null,
  combine: (a: number, b: number) => number,
): number | null {
  return outcomes.map(pick).reduce((a, b) => (a === null || b === null ? null : combine(a, b)));
}
