import { describe, expect, it } from '@jest/globals';
import { DEFAULT_MIX, draw, KINDS, parseMix } from './mix.ts';

describe('the mix of a load', () => {
  it('is read from shares', () => {
    expect(parseMix('python=3,loop')).toEqual(
      new Map([
        ['python', 3],
        ['loop', 1],
      ]),
    );
    expect(parseMix(DEFAULT_MIX).size).toBeGreaterThan(1);
  });

  it.each(['cobol=1', 'python=0', 'python=x', ''])('refuses %j', (text) => {
    expect(() => parseMix(text)).toThrow();
  });

  it('draws each kind by its share', () => {
    const mix = parseMix('python=3,loop=1');
    expect([0, 0.74, 0.76, 0.999].map((random) => draw(mix, random))).toEqual([
      'python',
      'python',
      'loop',
      'loop',
    ]);
  });

  it('knows what must come out of each kind', () => {
    expect(Object.values(KINDS).map(({ verdict }) => verdict)).toContain('time-limit-exceeded');
  });
});
