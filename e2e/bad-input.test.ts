import { expect, it } from '@jest/globals';
import { ERRORS, type ErrorCode } from '@rce/core/errors.ts';
import { call, runJob } from './support/client.ts';
import { describeEngines } from './support/describe-engines.ts';

const good = { language: 'python', code: 'print(1)' };
const nested = (depth: number) =>
  `{"language":"python","code":"1","files":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

interface Bad {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly code: ErrorCode;
  /** Path of the field that must be named. */
  readonly field?: string;
}

const BAD: readonly Bad[] = [
  { name: 'not JSON', body: '{language:', code: 'invalid-json' },
  { name: 'an empty body', body: '', code: 'invalid-json' },
  { name: 'a list', body: [], code: 'invalid-input' },
  { name: 'null', body: 'null', code: 'invalid-input' },
  { name: 'no language', body: { code: 'x' }, code: 'invalid-input', field: 'language' },
  { name: 'no code', body: { language: 'python' }, code: 'invalid-input', field: 'code' },
  { name: 'empty code', body: { ...good, code: '' }, code: 'invalid-input', field: 'code' },
  { name: 'blank code', body: { ...good, code: ' \n\t' }, code: 'invalid-input', field: 'code' },
  { name: 'a number as code', body: { ...good, code: 5 }, code: 'invalid-input', field: 'code' },
  {
    name: 'a list as language',
    body: { ...good, language: ['python'] },
    code: 'invalid-input',
    field: 'language',
  },
  {
    name: 'a language nobody knows',
    body: { ...good, language: 'klingon' },
    code: 'unknown-language',
    field: 'language',
  },
  {
    name: 'a path as language',
    body: { ...good, language: '../../etc' },
    code: 'invalid-input',
    field: 'language',
  },
  {
    name: '__proto__ as language',
    body: { ...good, language: '__proto__' },
    code: 'invalid-input',
    field: 'language',
  },
  {
    name: 'too much code',
    body: { ...good, code: 'x'.repeat(65_537) },
    code: 'invalid-input',
    field: 'code',
  },
  { name: 'an unknown key', body: { ...good, timeout: 5 }, code: 'invalid-input', field: 'timeout' },
  { name: 'a number as stdin', body: { ...good, stdin: 1 }, code: 'invalid-input', field: 'stdin' },
  { name: 'a text as args', body: { ...good, args: 'a b' }, code: 'invalid-input', field: 'args' },
  { name: 'a number among args', body: { ...good, args: ['a', 1] }, code: 'invalid-input', field: 'args[1]' },
  { name: 'NUL in args', body: { ...good, args: ['a\0b'] }, code: 'invalid-input', field: 'args[0]' },
  {
    name: 'too many args',
    body: { ...good, args: Array(65).fill('a') },
    code: 'invalid-input',
    field: 'args',
  },
  {
    name: 'LD_PRELOAD',
    body: { ...good, env: { LD_PRELOAD: 'x' } },
    code: 'invalid-input',
    field: 'env.LD_PRELOAD',
  },
  {
    name: 'a limit that is too high',
    body: { ...good, limits: { wallTimeMs: 1e9 } },
    code: 'invalid-input',
    field: 'limits.wallTimeMs',
  },
  {
    name: 'a negative limit',
    body: { ...good, limits: { memoryBytes: -1 } },
    code: 'invalid-input',
    field: 'limits.memoryBytes',
  },
  {
    name: 'a limit that is no number',
    body: { ...good, limits: { wallTimeMs: '5' } },
    code: 'invalid-input',
    field: 'limits.wallTimeMs',
  },
  {
    name: 'an unknown limit',
    body: { ...good, limits: { cpus: 64 } },
    code: 'invalid-input',
    field: 'limits.cpus',
  },
  {
    name: 'a file outside',
    body: { ...good, files: [{ path: '../x', content: '' }] },
    code: 'invalid-input',
    field: 'files[0].path',
  },
  {
    name: 'an absolute file',
    body: { ...good, files: [{ path: '/etc/passwd', content: '' }] },
    code: 'invalid-input',
    field: 'files[0].path',
  },
  { name: 'no tests at all', body: { ...good, tests: [] }, code: 'invalid-input', field: 'tests' },
  {
    name: 'a lone surrogate',
    body: '{"language":"python","code":"\\ud800"}',
    code: 'invalid-input',
    field: 'code',
  },
  { name: 'too much in all', body: { ...good, stdin: 'x'.repeat(262_145) }, code: 'invalid-input' },
  {
    name: 'a body that is too large',
    body: { ...good, stdin: 'x'.repeat(1_100_000) },
    code: 'payload-too-large',
  },
  { name: 'deep nesting', body: nested(10_000), code: 'invalid-input' },
  {
    name: 'a form',
    body: 'language=python',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    code: 'unsupported-media-type',
  },
  {
    name: 'plain text',
    body: JSON.stringify(good),
    headers: { 'content-type': 'text/plain' },
    code: 'unsupported-media-type',
  },
  {
    name: 'a wait that is no number',
    path: '/api/submit?wait=soon',
    body: good,
    code: 'invalid-input',
    field: 'wait',
  },
  {
    name: 'a wait that is too long',
    path: '/api/submit?wait=1000',
    body: good,
    code: 'invalid-input',
    field: 'wait',
  },
  { name: 'a negative wait', path: '/api/submit?wait=-1', body: good, code: 'invalid-input', field: 'wait' },
  {
    name: 'a bad Idempotency-Key',
    body: good,
    headers: { 'idempotency-key': 'a b' },
    code: 'invalid-input',
    field: 'Idempotency-Key',
  },
  { name: 'a job nobody knows', method: 'GET', path: `/api/status/${UNKNOWN}`, code: 'job-not-found' },
  { name: 'a job id that is none', method: 'GET', path: '/api/status/a%00%20b', code: 'job-not-found' },
  { name: 'cancelling a job nobody knows', path: `/api/cancel/${UNKNOWN}`, code: 'job-not-found' },
  { name: 'the wrong method', method: 'GET', path: '/api/submit', code: 'method-not-allowed' },
  {
    name: 'another wrong method',
    method: 'DELETE',
    path: `/api/status/${UNKNOWN}`,
    code: 'method-not-allowed',
  },
  { name: 'no such route', method: 'GET', path: '/api/nothing', code: 'not-found' },
  {
    name: 'analysis of no code',
    path: '/analysis/analyze',
    body: { language: 'python' },
    code: 'invalid-input',
    field: 'code',
  },
];

describeEngines('bad input', (target) => {
  it.each(BAD)(
    '$name: $code',
    async ({ method = 'POST', path = '/api/submit', body, headers, code, field }) => {
      const answer = await call(target.url, method, path, body, headers);
      expect(answer.body).toMatchObject({ code });
      expect(answer.status).toBe(ERRORS[code].status);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      const {
        errors = [],
        detail,
        title,
      } = answer.body as Record<string, unknown> & { errors?: { path: string }[] };
      expect([typeof detail, typeof title]).toEqual(['string', 'string']);
      if (field !== undefined) expect(errors.map((error) => error.path)).toContain(field);
    },
  );

  it('a job id with encoded slashes: no such path, or no such job', async () => {
    const { status, body } = await call(target.url, 'GET', '/api/status/..%2f..%2fetc');
    expect(status).toBe(404);
    // Gateways differ in whether they decode before they route.
    expect(['job-not-found', 'not-found']).toContain((body as { code: string }).code);
  });

  it('leaves the service as it was', async () => {
    expect((await call(target.url, 'GET', '/api/health')).status).toBe(200);
    expect(await runJob(target.url, good)).toMatchObject({ output: '1\n' });
  });
});
