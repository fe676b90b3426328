import { describe, expect, it } from '@jest/globals';
import type { Checker } from '@rce/core/submission.ts';
import { passes } from './checkers.ts';

const cases: [checker: Checker, output: string | Uint8Array, expected: string, passes: boolean][] = [
  ['exact', '42\n', '42\n', true],
  ['exact', '42', '42\n', false],
  ['exact', Buffer.from([0xff]), '\ufffd', false],
  ['trimmed', '42', '42\n', true],
  ['trimmed', 'a  \r\nb\n\n\n', 'a\nb', true],
  ['trimmed', '  a', 'a', false],
  ['trimmed', 'a\n\nb', 'a\nb', false],
  ['trimmed', Buffer.from([0x61, 0xa0]), 'a', false],
  ['tokens', ' 1\t2\n\n3 ', '1 2 3', true],
  ['tokens', '12 3', '1 2 3', false],
  ['tokens', '1 2', '1 2 3', false],
  ['tokens', 'größe 1', 'größe  1', true],
  ['floats', '0.3333333', '0.33333331', true],
  ['floats', '1000000.5', '1000000', true],
  ['floats', '0.34', '0.33', false],
  ['floats', 'nan', '0', false],
  ['floats', '1e3 ok', '1000 ok', true],
  ['floats', '0x10', '16', false],
  ['floats', 'Infinity', '1e308', false],
];

describe('a checker', () => {
  it.each(cases)('%s: %j against %j → %s', (checker, output, expected, passed) => {
    expect(passes({ checker, expected, tolerance: 1e-6 }, Buffer.from(output))).toBe(passed);
  });

  it('is content with anything when nothing is expected', () => {
    expect(passes({ expected: undefined, checker: 'exact', tolerance: 1e-6 }, Buffer.from('x'))).toBe(true);
  });
});
