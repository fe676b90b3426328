import type { FieldError } from './errors.ts';
import type { Language } from './language.ts';
import type { SourceFile, Submission } from './submission.ts';

/** The files of a submission and the one that is started. */
export interface Sources {
  readonly files: readonly SourceFile[];
  readonly entry: string;
}

/**
 * Brings the two forms of a submission, `code` and `files`, into one.
 * What is wrong is told as a field error, so that submit can answer with it.
 */
export function sourcesOf(
  submission: Pick<Submission, 'code' | 'files' | 'entry'>,
  language: Pick<Language, 'fileName'>,
): Sources | FieldError {
  const { code, entry } = submission;
  const files = submission.files ?? [];
  if (code !== undefined) {
    const index = files.findIndex((file) => file.path.toLowerCase() === language.fileName.toLowerCase());
    if (index >= 0) {
      return {
        path: `files[${index}].path`,
        message: `is the name that code has in this language; choose another`,
      };
    }
    return { files: [{ path: language.fileName, content: code }, ...files], entry: language.fileName };
  }
  const started =
    entry ??
    files.find((file) => file.path === language.fileName)?.path ??
    (files.length === 1 ? files[0]?.path : undefined);
  if (started === undefined) {
    return { path: 'entry', message: `is required, since none of files is named ${language.fileName}` };
  }
  return { files, entry: started };
}

export function isFieldError(value: Sources | FieldError): value is FieldError {
  return 'message' in value;
}
