import { describe, expect, it } from '@jest/globals';
import { Submission } from '@rce/core/submission.ts';
import { freeName, isFileName, type Workspace } from '../workspace/workspace.ts';
import { toSubmission } from './submission.ts';

const workspace: Workspace = {
  language: 'python',
  files: [{ path: 'main.py', content: 'print(1)' }],
  active: 0,
  stdin: 'in',
  args: 'a "b c"',
  tests: [
    { name: 'first', stdin: '1', expected: '2', checker: 'tokens' },
    { name: '', stdin: '', expected: null, checker: 'trimmed' },
  ],
};

describe('what is submitted', () => {
  it('is one file as code, with input and arguments', () => {
    expect(toSubmission(workspace, 'run')).toEqual({
      language: 'python',
      code: 'print(1)',
      stdin: 'in',
      args: ['a', 'b c'],
    });
  });

  it('is several files with the first as the entry', () => {
    const files = [...workspace.files, { path: 'lib/util.py', content: '' }];
    expect(toSubmission({ ...workspace, files }, 'run')).toMatchObject({ files, entry: 'main.py' });
  });

  it('is all tests at once', () => {
    expect(toSubmission(workspace, 'tests')).toMatchObject({
      tests: [
        { name: 'first', stdin: '1', expected: '2', checker: 'tokens' },
        { stdin: '', checker: 'trimmed' },
      ],
    });
  });

  it.each(['run', 'tests'] as const)('is what the API takes (%s)', (kind) => {
    expect(Submission.safeParse(toSubmission(workspace, kind)).success).toBe(true);
  });
});

describe('file names', () => {
  it.each(['main.py', 'lib/util.py', 'a-b+c_1.txt'])('%s may be used', (name) => {
    expect(isFileName(name)).toBe(true);
  });

  it.each(['', '/etc/passwd', '../x', 'a/../b', '-x', '.hidden', 'a b', 'x.', 'a\\b', 'x'.repeat(129)])(
    '%j may not',
    (name) => {
      expect(isFileName(name)).toBe(false);
    },
  );

  it('are told apart without regard to case', () => {
    expect(freeName([{ path: 'Main.py' }], 'main.py')).toBe('main2.py');
    expect(freeName([{ path: 'a' }, { path: 'a2' }], 'a')).toBe('a3');
  });
});
