import { beforeAll, describe, expect, it } from '@jest/globals';
import { SUBMISSION_LIMITS } from '@rce/core/limits.ts';
import { call, type Parts, useCloud } from '../../test/api.ts';
import type { HttpHandler } from '../http/endpoint.ts';
import { createHandler } from './submit.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };
const OVER_CODE = 'a'.repeat(SUBMISSION_LIMITS.codeBytes + 1);
const json = (value: unknown) => JSON.stringify(value);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const files = (...paths: string[]) => ({
  language: 'python',
  files: paths.map((path) => ({ path, content: 'x' })),
});

/** [what is wrong, body, status, code, path of the field named] */
const BODIES: readonly [string, string | null, number, string, string?][] = [
  ['no body', null, 400, 'invalid-json'],
  ['an empty body', '', 400, 'invalid-json'],
  ['text that is not JSON', 'print(1)', 400, 'invalid-json'],
  ['JSON that ends too early', '{"language":"python"', 400, 'invalid-json'],
  ['something behind the JSON', '{} {}', 400, 'invalid-json'],
  ['a byte order mark and then nothing', '\ufeff', 400, 'invalid-json'],
  ['an array', '[]', 400, 'invalid-input', ''],
  ['null', 'null', 400, 'invalid-input', ''],
  ['a number', '5', 400, 'invalid-input', ''],
  ['a string', '"print(1)"', 400, 'invalid-input', ''],
  ['no field', '{}', 400, 'invalid-input', 'language'],
  ['no code', json({ language: 'python' }), 400, 'invalid-input', 'code'],
  ['code that is null', json({ ...PROGRAM, code: null }), 400, 'invalid-input', 'code'],
  ['code that is a number', json({ ...PROGRAM, code: 1 }), 400, 'invalid-input', 'code'],
  ['code that is a list of lines', json({ ...PROGRAM, code: ['a'] }), 400, 'invalid-input', 'code'],
  ['empty code', json({ ...PROGRAM, code: '' }), 400, 'invalid-input', 'code'],
  ['code of white space', json({ ...PROGRAM, code: ' \n\t' }), 400, 'invalid-input', 'code'],
  ['oversized code', json({ ...PROGRAM, code: OVER_CODE }), 400, 'invalid-input', 'code'],
  ['code with a lone surrogate', '{"language":"python","code":"\\ud800"}', 400, 'invalid-input', 'code'],
  ['a language that is null', json({ ...PROGRAM, language: null }), 400, 'invalid-input', 'language'],
  ['a language that is no id', json({ ...PROGRAM, language: '../../etc' }), 400, 'invalid-input', 'language'],
  [
    'a language of the prototype',
    json({ ...PROGRAM, language: 'constructor' }),
    400,
    'unknown-language',
    'language',
  ],
  ['an unknown language', json({ ...PROGRAM, language: 'cobol' }), 400, 'unknown-language', 'language'],
  ['an unknown key', json({ ...PROGRAM, timeout: 5 }), 400, 'invalid-input', 'timeout'],
  ['a key in another case', json({ ...PROGRAM, Stdin: '' }), 400, 'invalid-input', 'Stdin'],
  [
    'the key __proto__',
    '{"language":"python","code":"1","__proto__":{"stdin":"x"}}',
    400,
    'invalid-input',
    '__proto__',
  ],
  ['the key constructor', json({ ...PROGRAM, constructor: {} }), 400, 'invalid-input', 'constructor'],
  [
    '__proto__ in env',
    '{"language":"python","code":"1","env":{"__proto__":"x"}}',
    400,
    'invalid-input',
    'env.__proto__',
  ],
  ['a key twice', '{"language":"python","code":"1","code":"2"}', 400, 'invalid-input', 'code'],
  [
    'a key twice, once escaped',
    '{"language":"python","code":"1","c\\u006fde":"2"}',
    400,
    'invalid-input',
    'code',
  ],
  [
    'deep nesting',
    `{"language":"python","code":"1","args":${nested(50)}}`,
    400,
    'invalid-input',
    'args[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]',
  ],
  ['very deep nesting', nested(100_000), 400, 'invalid-input', '[0]'.repeat(16)],
  ['stdin that is a number', json({ ...PROGRAM, stdin: 5 }), 400, 'invalid-input', 'stdin'],
  ['args that are a string', json({ ...PROGRAM, args: 'a b' }), 400, 'invalid-input', 'args'],
  ['an argument with NUL', json({ ...PROGRAM, args: ['ok', 'a\0b'] }), 400, 'invalid-input', 'args[1]'],
  ['an oversized argument', json({ ...PROGRAM, args: ['x'.repeat(4097)] }), 400, 'invalid-input', 'args[0]'],
  ['too many arguments', json({ ...PROGRAM, args: Array(65).fill('') }), 400, 'invalid-input', 'args'],
  [
    'a variable that steers the loader',
    json({ ...PROGRAM, env: { LD_PRELOAD: '/x' } }),
    400,
    'invalid-input',
    'env.LD_PRELOAD',
  ],
  [
    'a variable with a strange name',
    json({ ...PROGRAM, env: { 'A=B': '1' } }),
    400,
    'invalid-input',
    'env.A=B',
  ],
  [
    'too many variables',
    json({ ...PROGRAM, env: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`V${n}`, ''])) }),
    400,
    'invalid-input',
    'env',
  ],
  [
    'a limit over the maximum',
    json({ ...PROGRAM, limits: { memoryBytes: 1e12 } }),
    400,
    'invalid-input',
    'limits.memoryBytes',
  ],
  [
    'a negative limit',
    json({ ...PROGRAM, limits: { wallTimeMs: -1 } }),
    400,
    'invalid-input',
    'limits.wallTimeMs',
  ],
  [
    'a fraction of a process',
    json({ ...PROGRAM, limits: { processes: 1.5 } }),
    400,
    'invalid-input',
    'limits.processes',
  ],
  [
    'a limit beyond all numbers',
    '{"language":"python","code":"1","limits":{"wallTimeMs":1e999}}',
    400,
    'invalid-input',
    'limits.wallTimeMs',
  ],
  [
    'a limit as a string',
    json({ ...PROGRAM, limits: { wallTimeMs: '5000' } }),
    400,
    'invalid-input',
    'limits.wallTimeMs',
  ],
  [
    'an unknown limit',
    json({ ...PROGRAM, limits: { network: true } }),
    400,
    'invalid-input',
    'limits.network',
  ],
  ['a path that climbs', json(files('../main.py')), 400, 'invalid-input', 'files[0].path'],
  ['an absolute path', json(files('/etc/passwd')), 400, 'invalid-input', 'files[0].path'],
  ['a path with a backslash', json(files('a\\b.py')), 400, 'invalid-input', 'files[0].path'],
  ['a path with NUL', json(files('a\0.py')), 400, 'invalid-input', 'files[0].path'],
  ['a path twice', json(files('main.py', 'MAIN.py')), 400, 'invalid-input', 'files[1].path'],
  [
    'a file that is a folder too',
    json(files('main.py', 'lib', 'lib/a.py')),
    400,
    'invalid-input',
    'files[2].path',
  ],
  ['no files at all', json({ language: 'python', files: [] }), 400, 'invalid-input', 'files'],
  ['files without the one to start', json(files('a.py', 'b.py')), 400, 'invalid-input', 'entry'],
  ['an entry that is not there', json({ ...files('a.py'), entry: 'b.py' }), 400, 'invalid-input', 'entry'],
  ['an entry beside code', json({ ...PROGRAM, entry: 'main.py' }), 400, 'invalid-input', 'entry'],
  [
    'a file in the place of code',
    json({ ...files('main.py'), code: '1' }),
    400,
    'invalid-input',
    'files[0].path',
  ],
  ['tests that are empty', json({ ...PROGRAM, tests: [] }), 400, 'invalid-input', 'tests'],
  ['too many tests', json({ ...PROGRAM, tests: Array(101).fill({}) }), 400, 'invalid-input', 'tests'],
  [
    'an unknown checker',
    json({ ...PROGRAM, tests: [{ checker: 'regex' }] }),
    400,
    'invalid-input',
    'tests[0].checker',
  ],
  [
    'a tolerance smaller than a table can store',
    json({ ...PROGRAM, tests: [{ tolerance: 5e-324 }] }),
    400,
    'invalid-input',
    'tests[0].tolerance',
  ],
  [
    'too much input in all',
    json({ ...PROGRAM, stdin: 'x'.repeat(SUBMISSION_LIMITS.inputBytes) }),
    400,
    'invalid-input',
    '',
  ],
  [
    'a body over all bounds',
    json({ ...PROGRAM, stdin: 'x'.repeat(SUBMISSION_LIMITS.bodyBytes) }),
    413,
    'payload-too-large',
  ],
];

const BODY = json(PROGRAM);
type Request = Parameters<typeof call>[1];
const JSON_TYPE = { 'content-type': 'application/json' };

/** [what is wrong, request, status, code, path of the field named] */
const REQUESTS: readonly [string, Request, number, string, string?][] = [
  ['no content type', { headers: {}, body: BODY }, 415, 'unsupported-media-type'],
  [
    'the content type of a form',
    { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: BODY },
    415,
    'unsupported-media-type',
  ],
  ['plain text', { headers: { 'Content-Type': 'text/plain' }, body: BODY }, 415, 'unsupported-media-type'],
  [
    'another charset',
    { headers: { 'Content-Type': 'application/json; charset=utf-16' }, body: BODY },
    415,
    'unsupported-media-type',
  ],
  [
    'a body that is not UTF-8',
    { headers: JSON_TYPE, body: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), isBase64Encoded: true },
    400,
    'invalid-json',
  ],
  [
    'a wait that is no number',
    { headers: JSON_TYPE, body: BODY, query: { wait: 'yes' } },
    400,
    'invalid-input',
    'wait',
  ],
  ['an empty wait', { headers: JSON_TYPE, body: BODY, query: { wait: '' } }, 400, 'invalid-input', 'wait'],
  [
    'a negative wait',
    { headers: JSON_TYPE, body: BODY, query: { wait: '-1' } },
    400,
    'invalid-input',
    'wait',
  ],
  [
    'a wait too long',
    { headers: JSON_TYPE, body: BODY, query: { wait: '25.5' } },
    400,
    'invalid-input',
    'wait',
  ],
  ['an exponent', { headers: JSON_TYPE, body: BODY, query: { wait: '1e1' } }, 400, 'invalid-input', 'wait'],
  [
    'two waits',
    { headers: JSON_TYPE, body: BODY, query: { wait: ['1', '2'] } },
    400,
    'invalid-input',
    'wait',
  ],
  [
    'an unknown parameter',
    { headers: JSON_TYPE, body: BODY, query: { base64_encoded: 'true' } },
    400,
    'invalid-input',
    'base64_encoded',
  ],
  [
    'an empty idempotency key',
    { headers: { ...JSON_TYPE, 'Idempotency-Key': '' }, body: BODY },
    400,
    'invalid-input',
    'Idempotency-Key',
  ],
  [
    'an oversized idempotency key',
    { headers: { ...JSON_TYPE, 'Idempotency-Key': 'k'.repeat(256) }, body: BODY },
    400,
    'invalid-input',
    'Idempotency-Key',
  ],
];

describe('POST /api/submit refuses', () => {
  const openParts = useCloud();
  let parts: Parts;
  let submit: HttpHandler;
  beforeAll(async () => {
    parts = await openParts();
    submit = createHandler(parts);
  });

  async function expectProblem(request: Request, status: number, code: string, path?: string) {
    const answer = await call(submit, request);
    expect(answer.body).toMatchObject({
      type: `urn:rce:error:${code}`,
      code,
      status,
      title: expect.any(String),
      detail: expect.any(String),
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    if (path !== undefined) {
      const paths = answer.body.errors.map((error: { path: string }) => error.path);
      expect(paths).toContain(path);
    }
    expect(await parts.queue.depth()).toEqual({ waiting: 0, inFlight: 0 });
  }

  for (const [name, body, status, code, path] of BODIES) {
    it(name, () => expectProblem({ headers: JSON_TYPE, body }, status, code, path));
  }
  for (const [name, request, status, code, path] of REQUESTS) {
    it(name, () => expectProblem(request, status, code, path));
  }

  it('tells of all mistakes at once, but not of endlessly many', async () => {
    const wrong = { language: 5, code: '', stdin: 1, limits: { wallTimeMs: 1 } };
    const answer = await call(submit, { headers: JSON_TYPE, body: json(wrong) });
    const paths = answer.body.errors.map((error: { path: string }) => error.path);
    expect(paths.toSorted()).toEqual(['code', 'language', 'limits.wallTimeMs', 'stdin']);

    const flood = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, 1]));
    const flooded = await call(submit, { headers: JSON_TYPE, body: json(flood) });
    expect(flooded.body.errors.length).toBeLessThanOrEqual(50);
    const long = await call(submit, { headers: JSON_TYPE, body: json({ ['k'.repeat(500_000)]: 1 }) });
    expect(JSON.stringify(long.body).length).toBeLessThan(2_000);
  });

  it('lives on', async () => {
    const answer = await call(submit, { headers: JSON_TYPE, body: BODY });
    expect(answer.statusCode).toBe(202);
  });
});
