import type { Checker, TestCase } from '@rce/core/submission.ts';

/** Compares the output of a program with what a test expects. Outputs are bytes: a program may print anything. */
type Compare = (output: string, expected: string, tolerance: number) => boolean;

const COMPARE = {
  exact: (output, expected) => output === expected,
  trimmed: (output, expected) => trimLines(output) === trimLines(expected),
  tokens: (output, expected) => sameTokens(output, expected, (a, b) => a === b),
  floats: (output, expected, tolerance) =>
    sameTokens(output, expected, (a, b) => a === b || isClose(a, b, tolerance)),
} as const satisfies Record<Checker, Compare>;

/** Whether `stdout` is what the test expects; a test that expects nothing is content with anything. */
export function passes(
  test: Pick<TestCase, 'expected' | 'checker' | 'tolerance'>,
  stdout: Uint8Array,
): boolean {
  if (test.expected === undefined) return true;
  // latin1 maps bytes to characters one to one, so that invalid UTF-8 never equals U+FFFD.
  const output = Buffer.from(stdout).toString('latin1');
  const expected = Buffer.from(test.expected, 'utf8').toString('latin1');
  return COMPARE[test.checker](output, expected, test.tolerance);
}

/** Without white space at the end of each line and of the whole; \r\n counts as \n. */
function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => trimEndAscii(line))
    .join('\n')
    .replace(/\n+$/, '');
}

/** String.trimEnd would take the bytes 0x85 and 0xA0 for white space, which are halves of characters here. */
function trimEndAscii(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r\v\f'.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

function tokensOf(text: string): string[] {
  return text.split(/[ \t\r\n\v\f]+/).filter((token) => token !== '');
}

function sameTokens(output: string, expected: string, same: (a: string, b: string) => boolean): boolean {
  const left = tokensOf(output);
  const right = tokensOf(expected);
  return left.length === right.length && left.every((token, index) => same(token, right[index] ?? ''));
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function isClose(a: string, b: string, tolerance: number): boolean {
  if (!NUMBER.test(a) || !NUMBER.test(b)) return false;
  const [x, y] = [Number(a), Number(b)];
  if (x === y) return true;
  return Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y));
}
