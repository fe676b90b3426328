import { cutUtf8, type ExecutionResult, type TestOutcome } from './job.ts';
import { RESULT_BYTES, RUN_LIMITS, TEST_OUTPUT_BYTES } from './limits.ts';

/** What one test takes in a stored job beside its outputs: names, numbers and verdict. */
const TEST_OVERHEAD_BYTES = 220;

/**
 * Cuts outputs so that the result keeps within RESULT_BYTES, whatever was run: first the outputs of tests,
 * each to the same length. A cut stream is marked as truncated.
 */
export function fitResult(result: ExecutionResult): ExecutionResult {
  const { tests = [] } = result;
  const room = RESULT_BYTES - tests.length * TEST_OVERHEAD_BYTES;
  const ownCap = Math.min(RUN_LIMITS.outputBytes.ceiling, Math.floor(room / 2));
  const own = cutOutputs(result, ownCap);
  if (result.tests === undefined) return own;
  const left = room - own.stdout.length - own.stderr.length;
  let cap: number = TEST_OUTPUT_BYTES;
  while (cap > 0 && outputBytes(tests, cap) > left) cap = Math.floor(cap / 2);
  return { ...own, tests: tests.map((test) => cutOutputs(test, cap)) };
}

function outputBytes(tests: readonly TestOutcome[], cap: number): number {
  return tests.reduce(
    (sum, test) => sum + Math.min(test.stdout.length, cap) + Math.min(test.stderr.length, cap),
    0,
  );
}

function cutOutputs<Outcome extends ExecutionResult | TestOutcome>(outcome: Outcome, cap: number): Outcome {
  const stdout = cutUtf8(outcome.stdout, cap);
  const stderr = cutUtf8(outcome.stderr, cap);
  return {
    ...outcome,
    stdout,
    stderr,
    truncated: {
      stdout: outcome.truncated.stdout || stdout.length < outcome.stdout.length,
      stderr: outcome.truncated.stderr || stderr.length < outcome.stderr.length,
    },
  };
}
