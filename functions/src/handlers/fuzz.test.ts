import { beforeAll, describe, expect, it } from '@jest/globals';
import { CONTEXT, type Parts, restEvent, useCloud } from '../../test/api.ts';
import type { HttpHandler } from '../http/endpoint.ts';
import { createHandler as createAnalyze, localAnalyzer } from './analyze.ts';
import { createHandler as createSubmit } from './submit.ts';

/** mulberry32: the same numbers in every run, so that a failure can be looked at. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const VALID = JSON.stringify({
  language: 'python',
  code: 'print(input())',
  files: [{ path: 'lib/a.py', content: 'x = 1' }],
  stdin: 'ü😀',
  args: ['a'],
  env: { A: 'b' },
  limits: { wallTimeMs: 1000 },
  tests: [{ stdin: '1', expected: '1', checker: 'floats', tolerance: 0.1 }],
});
const PIECES = [
  'null',
  'true',
  '-1',
  '1e400',
  '0.1',
  '""',
  '[]',
  '{}',
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '{"__proto__":{}}',
  '{"length":1e9}',
  '9007199254740993',
  '"../../x"',
  `"${'x'.repeat(70_000)}"`,
  '[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]',
  ',',
  ':',
  '"',
  '\\',
  '\0',
  '\ufeff',
  '\u2028',
  '}',
  ']',
];

/** A valid body with pieces put in place of values, or of anything. */
function broken(next: () => number): string {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)] as Item;
  let body = VALID;
  for (let changes = 1 + Math.floor(next() * 3); changes > 0; changes--) {
    const values = [...body.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.e+]*|true|false|null/g)];
    if (next() < 0.7 && values.length > 0) {
      const { 0: text, index } = pick(values);
      body = body.slice(0, index) + pick(PIECES) + body.slice(index + text.length);
    } else {
      const at = Math.floor(next() * body.length);
      body = body.slice(0, at) + pick(PIECES) + body.slice(at + Math.floor(next() * 5));
    }
  }
  return body;
}

describe('whatever comes', () => {
  const openParts = useCloud();
  let parts: Parts;
  beforeAll(async () => {
    parts = await openParts();
  });

  it.each([
    ['submit', () => createSubmit(parts)],
    [
      'analyze',
      () =>
        createAnalyze({
          analyzer: localAnalyzer,
          log: parts.log,
          apiKeys: [],
          tracing: parts.tracing,
        }) as HttpHandler,
    ],
  ])('%s accepts it or says what is wrong with it, and never fails', async (_name, create) => {
    const handler = create();
    const next = random(20_261_123);
    const statuses = new Map<number, number>();
    for (let round = 0; round < 400; round++) {
      const body = broken(next);
      const event = restEvent({ headers: { 'content-type': 'application/json' }, body });
      const answer = await handler(event, CONTEXT);
      if (answer.statusCode >= 500) throw new Error(`${answer.body} for ${body.slice(0, 2_000)}`);
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
      if (answer.statusCode >= 400) expect(JSON.parse(answer.body).code).toBeDefined();
    }
    expect(statuses.get(400)).toBeGreaterThan(200);
  });
});
