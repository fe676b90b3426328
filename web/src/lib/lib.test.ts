import { describe, expect, it } from '@jest/globals';
import { splitArgs } from './args.ts';
import { createFormats } from './format.ts';
import { detectIndentation } from './indentation.ts';

describe('a line of arguments', () => {
  it.each([
    ['', []],
    ['  one   two ', ['one', 'two']],
    ['"two words" x', ['two words', 'x']],
    [`'a "b"' "c 'd'"`, ['a "b"', "c 'd'"]],
    ['a\\ b "\\"" \'\\\'', ['a b', '"', '\\']],
    ['"" x', ['', 'x']],
    ['pre"fix"ed', ['prefixed']],
    ['$HOME `id` *', ['$HOME', '`id`', '*']],
    ['"open', ['open']],
  ])('splits %j', (line, args) => {
    expect(splitArgs(line)).toEqual(args);
  });
});

describe('indentation', () => {
  it.each([
    ['two spaces', 'a\n  b\n    c\n  d', { tabs: false, size: 2 }],
    ['four spaces', 'def f():\n    if x:\n        y', { tabs: false, size: 4 }],
    ['tabs', 'if (x) {\n\ty\n\t\tz\n}', { tabs: true, size: 4 }],
    ['nothing yet', 'x = 1', { tabs: false, size: 4 }],
  ])('is found: %s', (_, text, indentation) => {
    expect(detectIndentation(text)).toEqual(indentation);
  });
});

describe('numbers', () => {
  it.each([
    [0.5, '0.5 ms'],
    [12.3, '12 ms'],
    [1234, '1.23 s'],
    [12_345, '12.3 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(createFormats('en').duration(ms)).toBe(text);
  });

  it('are written as the reader writes them', () => {
    expect(createFormats('de').bytes(1.5 * 1024 ** 2)).toBe('1,5 MiB');
  });
});
