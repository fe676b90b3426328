import { describe, expect, it } from '@jest/globals';
import { fieldErrors } from './errors.ts';
import { MAX_RUN_LIMITS, SUBMISSION_LIMITS } from './limits.ts';
import { byteLength, Submission, submissionSchema } from './submission.ts';

const PROGRAM = { language: 'python', code: 'print(1)' };

function mistakes(input: unknown) {
  const parsed = Submission.safeParse(input);
  return parsed.success ? [] : [...new Set(fieldErrors(parsed.error).map(({ path }) => path))];
}

describe('a submission', () => {
  it('needs a language and code; the rest has defaults', () => {
    expect(Submission.parse(PROGRAM)).toEqual({
      ...PROGRAM,
      stdin: '',
      args: [],
      env: {},
      limits: {},
      stopOnFirstFailure: false,
    });
  });

  it('counts bytes of UTF-8, not characters', () => {
    expect(byteLength('ü😀')).toBe(6);
    const fits = '😀'.repeat(SUBMISSION_LIMITS.codeBytes / 4);
    expect(mistakes({ ...PROGRAM, code: fits })).toEqual([]);
    expect(mistakes({ ...PROGRAM, code: `${fits}a` })).toEqual(['code']);
  });

  it('takes any text, control characters and NUL included, that is valid Unicode', () => {
    expect(mistakes({ ...PROGRAM, code: '\0\u001b[31m\u202e\r\n', stdin: '\0' })).toEqual([]);
    for (const lone of ['\ud800', 'a\udfff', '\udc00\ud800'])
      expect(mistakes({ ...PROGRAM, code: lone, stdin: lone })).toEqual(['code', 'stdin']);
  });

  it('counts all of its parts together', () => {
    const part = 'x'.repeat(SUBMISSION_LIMITS.codeBytes);
    const files = ['a.py', 'b.py', 'c.py'].map((path) => ({ path, content: part }));
    expect(mistakes({ ...PROGRAM, files })).toEqual([]);
    expect(mistakes({ ...PROGRAM, files, stdin: part })).toEqual(['']);
    const tests = [{ stdin: part, expected: part }];
    expect(mistakes({ ...PROGRAM, files, tests })).toEqual(['']);
  });

  it('holds a slot for a bounded time, however many tests it has', () => {
    const tests = Array.from({ length: 100 }, () => ({}));
    expect(mistakes({ ...PROGRAM, tests })).toEqual([]);
    expect(mistakes({ ...PROGRAM, tests, limits: { wallTimeMs: 6_000 } })).toEqual([]);
    expect(mistakes({ ...PROGRAM, tests, limits: { wallTimeMs: 6_001 } })).toEqual(['tests']);
  });

  it.each(['main.py', 'lib/util.py', 'a-b_c.d/e+f.txt', '0', 'a'.repeat(128)])(
    'takes the path %s',
    (path) => {
      expect(mistakes({ language: 'python', files: [{ path, content: '' }] })).toEqual([]);
    },
  );

  it.each([
    '',
    '.',
    '..',
    './a',
    '../a',
    'a/../b',
    '/a',
    'a/',
    'a//b',
    'a\\b',
    'C:a',
    '~a',
    '-rf',
    '.hidden',
    'a.',
    'a./b',
    'a b',
    'a\nb',
    'a\0',
    'ü.py',
    'a%2fb',
    '$(x)',
    'a;b',
    'a'.repeat(129),
  ])('refuses the path %j', (path) => {
    expect(mistakes({ language: 'python', files: [{ path, content: '' }] })).toEqual(['files[0].path']);
  });

  it.each([
    'PATH',
    'HOME',
    'IFS',
    'ENV',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'NODE_OPTIONS',
    'BASH_ENV',
    'RUBYOPT',
    'JAVA_TOOL_OPTIONS',
    'RCE_TOKEN',
    'GODEBUG',
    'A-B',
    '1A',
    '',
    'A\0',
    'a'.repeat(65),
  ])('does not let it set %j', (name) => {
    expect(mistakes({ ...PROGRAM, env: { [name]: 'x' } })).toEqual([`env.${name}`]);
  });

  it.each(['A', '_', 'TOKEN', 'lower_case', 'X1'])('lets it set %s', (name) => {
    expect(Submission.parse({ ...PROGRAM, env: { [name]: '' } }).env).toEqual({ [name]: '' });
  });

  it('may ask for limits up to the operator’s', () => {
    const schema = submissionSchema({ ...MAX_RUN_LIMITS, memoryBytes: 2 ** 33, wallTimeMs: 1_000 });
    const ask = (limits: object) => schema.safeParse({ ...PROGRAM, limits }).success;
    expect(ask({ memoryBytes: 2 ** 33 })).toBe(true);
    expect(ask({ wallTimeMs: 1_000 })).toBe(true);
    expect(ask({ wallTimeMs: 1_001 })).toBe(false);
    expect(ask({ memoryBytes: 2 ** 53 })).toBe(false);
  });
});
