import { describe, expect, it } from '@jest/globals';
import { parseJson } from './json.ts';

const parse = (text: string, maxDepth = 4) => parseJson(text, maxDepth);

describe('JSON from strangers', () => {
  it.each([
    ['{}', {}],
    ['[]', []],
    ['null', null],
    [' "a" ', 'a'],
    ['{"a":[1,{"b":null}],"c":"}"}', { a: [1, { b: null }], c: '}' }],
    ['{"a\\"b":1,"a\\\\":2}', { 'a"b': 1, 'a\\': 2 }],
    ['{"a":{"x":1},"b":{"x":1}}', { a: { x: 1 }, b: { x: 1 } }],
    ['["a","a","__proto__"]', ['a', 'a', '__proto__']],
    ['{"a":"b\\":","b":1}', { a: 'b":', b: 1 }],
    ['{"constructor":1,"toString":2}', { constructor: 1, toString: 2 }],
    ['{"a" \n\t: 1}', { a: 1 }],
  ])('reads %s', (text, value) => {
    expect(parse(text)).toEqual({ value });
  });

  it.each(['', '{', '{]', "{'a':1}", '{"a":1,}', 'NaN', '[1,]', '\u00a0{}', '{}\0', '"\n"'])(
    'refuses %j',
    (text) => {
      expect(parse(text)).toHaveProperty('syntax');
    },
  );

  it.each([
    ['{"a":1,"a":1}', 'a', 'twice'],
    ['{"a":1,"\\u0061":1}', 'a', 'twice'],
    ['{"a":[{},{"b":{"c":1,"d":2,"c":3}}]}', 'a[1].b.c', 'twice'],
    ['{"__proto__":1}', '__proto__', 'not known'],
    ['{"a":{"\\u005f_proto__":1}}', 'a.__proto__', 'not known'],
    ['[[[[[1]]]]]', '[0][0][0][0]', 'nested'],
    ['{"a":{"b":{"c":{"d":{}}}}}', 'a.b.c.d', 'nested'],
  ])('names the mistake in %s', (text, path, message) => {
    expect(parse(text)).toEqual({ errors: [{ path, message: expect.stringContaining(message) }] });
  });

  it('takes the deepest that is allowed', () => {
    expect(parse('[[[[1]]]]')).toHaveProperty('value');
  });

  it('needs neither stack nor patience for a megabyte of brackets or keys', () => {
    const depth = 500_000;
    expect(parse('['.repeat(depth) + ']'.repeat(depth))).toHaveProperty('errors');
    const keys = Array.from({ length: 60_000 }, (_, index) => `"key${index}":0`);
    expect(parse(`{"a":{${keys.join(',')}}}`)).toEqual({
      errors: [{ path: 'a', message: 'must have at most 1000 keys' }],
    });
    expect(parse(`{"${'\\\\'.repeat(400_000)}":0}`)).toHaveProperty('value');
  });

  it('cuts a path that a stranger has made endless', () => {
    const key = JSON.stringify('k'.repeat(100_000));
    const result = parse(`{${key}:1,${key}:2}`);
    expect(JSON.stringify(result).length).toBeLessThan(500);
  });
});
