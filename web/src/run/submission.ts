import type { SubmissionInput } from '../api/client.ts';
import { splitArgs } from '../lib/args.ts';
import type { Workspace } from '../workspace/workspace.ts';

export type RunKind = 'run' | 'tests';

/** What is sent to POST /api/submit. The first file is where the program starts. */
export function toSubmission(workspace: Workspace, kind: RunKind): SubmissionInput {
  const { language, files, stdin, tests } = workspace;
  const args = splitArgs(workspace.args);
  const [entry] = files;
  return {
    language,
    ...(files.length === 1 ? { code: entry?.content ?? '' } : { files, entry: entry?.path ?? '' }),
    ...(args.length === 0 ? {} : { args }),
    ...(kind === 'run'
      ? { stdin }
      : {
          tests: tests.map(({ name, stdin: input, expected, checker }) => ({
            stdin: input,
            checker,
            ...(name === '' ? {} : { name }),
            ...(expected === null ? {} : { expected }),
          })),
        }),
  };
}
