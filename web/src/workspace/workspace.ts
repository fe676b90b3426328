import * as z from 'zod/mini';

/** What a person is working on: the program, its input and its tests. */

export const FileSchema = z.object({ path: z.string(), content: z.string() });

export const TestSchema = z.object({
  name: z.string(),
  stdin: z.string(),
  /** null: any output will do, if the program ends with exit code 0. */
  expected: z.nullable(z.string()),
  checker: z.enum(['exact', 'trimmed', 'tokens', 'floats']),
});
export type TestDraft = z.output<typeof TestSchema>;
export const CHECKERS = TestSchema.shape.checker.options;

export const DraftSchema = z.object({
  files: z.array(FileSchema).check(z.minLength(1), z.maxLength(32)),
  active: z.int().check(z.minimum(0)),
  stdin: z.string(),
  /** One line, quoted as in a shell. */
  args: z.string(),
  tests: z.array(TestSchema).check(z.maxLength(100)),
});
export type Draft = z.output<typeof DraftSchema>;

export const WorkspaceSchema = z.extend(DraftSchema, { language: z.string() });
export type Workspace = z.output<typeof WorkspaceSchema>;

/** The file in front is one of those that are there, whatever a link or an old draft says. */
export function withValidActive(workspace: Workspace): Workspace {
  return { ...workspace, active: Math.min(workspace.active, workspace.files.length - 1) };
}

export function draftOf(fileName: string, content: string): Draft {
  return { files: [{ path: fileName, content }], active: 0, stdin: '', args: '', tests: [] };
}

/** A file name that no other file of the workspace has; case is folded as the API does. */
export function freeName(files: readonly { path: string }[], wanted: string): string {
  const taken = new Set(files.map((file) => file.path.toLowerCase()));
  if (!taken.has(wanted.toLowerCase())) return wanted;
  const dot = wanted.lastIndexOf('.');
  const [stem, extension] = dot <= 0 ? [wanted, ''] : [wanted.slice(0, dot), wanted.slice(dot)];
  for (let number = 2; ; number++) {
    const name = `${stem}${number}${extension}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

/** The API's rule for paths (core/src/paths.ts), to say so before anything is sent. */
export function isFileName(path: string): boolean {
  return (
    path.length <= 128 &&
    /^[A-Za-z0-9_][A-Za-z0-9_.+-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*$/.test(path) &&
    !path.split('/').some((part) => part.endsWith('.'))
  );
}
