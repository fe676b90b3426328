import { describe, expect, it } from '@jest/globals';
import { MAX_SHOWN, parseTerminal } from './parse.ts';

const spans = (text: string) => parseTerminal(text).chunks.flatMap((chunk) => chunk.spans);
const shown = (text: string) =>
  spans(text)
    .map((span) => span.text)
    .join('');
const ESC = '\u001b';

describe('what a program printed', () => {
  it('keeps plain text as it is', () => {
    expect(shown('a\tb\nc  d\n\n')).toBe('a\tb\nc  d\n\n');
    expect(shown('äöü 日本語 👩‍🚀 שלום')).toBe('äöü 日本語 👩‍🚀 שלום');
  });

  it.each([
    ['31', { fg: 1 }],
    ['1;4', { bold: true, underline: true }],
    ['97;44', { fg: 15, bg: 4 }],
    ['38;5;9', { fg: 9 }],
    ['38;5;208', { fg: 'rgb(255 135 0)' }],
    ['38;5;232', { fg: 'rgb(8 8 8)' }],
    ['48;2;1;2;300', { bg: 'rgb(1 2 255)' }],
    ['38;2;;;1', { fg: 'rgb(0 0 1)' }],
    ['31;0', {}],
    ['', {}],
    ['8', {}],
    ['999', {}],
  ])('takes the colours of ESC[%sm', (codes, style) => {
    expect(spans(`${ESC}[${codes}mx`)).toEqual([{ text: 'x', style }]);
  });

  it.each([
    ['clearing the screen', `${ESC}[2J`],
    ['moving the cursor', `${ESC}[10;10H`],
    ['asking for the cursor', `${ESC}[6n`],
    ['the other screen', `${ESC}[?1049h`],
    ['a title', `${ESC}]0;title\u0007`],
    ['a link', `${ESC}]8;;https://evil.example${ESC}\\`],
    ['a device control string', `${ESC}Pq#0;2;0;0;0${ESC}\\`],
    ['a change of character set', `${ESC}(0`],
    ['a reset', `${ESC}c`],
  ])('drops %s', (_, sequence) => {
    expect(shown(`a${sequence}b`)).toBe('ab');
  });

  it('ends an unfinished sequence with its line', () => {
    expect(shown(`a${ESC}]0;title\nb`)).toBe('a\nb');
    expect(shown(`a${ESC}[31\nb`)).toBe('a\nb');
    expect(shown(`a${ESC}`)).toBe('a');
  });

  it('names what would be invisible or turn text around', () => {
    expect(shown('\u0000\u0007\b\u007f\u009b')).toBe('␀␇␈␡‹U+009B›');
    expect(shown('\u202eabc\u2066')).toBe('‹U+202E›abc‹U+2066›');
  });

  it('writes over a line after a carriage return', () => {
    expect(shown('10 %\r100 %\n')).toBe('100 %\n');
    expect(shown('abcdef\rxy\n')).toBe('xycdef\n');
    expect(shown('a\r\nb\r\n')).toBe('a\nb\n');
  });

  it('cuts a line of megabytes into parts that a browser can lay out, and leaves out what is too much', () => {
    const parsed = parseTerminal('x'.repeat(10_000_000));
    expect(parsed.hidden).toBe(10_000_000 - MAX_SHOWN);
    for (const chunk of parsed.chunks) {
      expect(chunk.spans.reduce((sum, span) => sum + span.text.length, 0)).toBeLessThanOrEqual(8_000);
    }
  });

  it('puts many short lines into few chunks', () => {
    const { chunks } = parseTerminal('line\n'.repeat(10_000));
    expect(chunks).toHaveLength(100);
  });

  it('never loses or invents text, whatever is printed', () => {
    const alphabet = ['a', 'é', '\n', '\r', ESC, '[', ']', 'm', '3', ';', '\u0007', '\u202e', '\\', 'P'];
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed;
    };
    for (let round = 0; round < 2_000; round++) {
      const text = Array.from({ length: 30 }, () => alphabet[random() % alphabet.length]).join('');
      const out = shown(text);
      expect(out).not.toContain(ESC);
      expect(out).not.toContain('\u202e');
      expect(out.split('\n').length).toBeLessThanOrEqual(text.split('\n').length);
    }
  });
});
