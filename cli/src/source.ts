import { fstatSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { LanguageView } from '@rce/core/language.ts';
import { CliError, usageError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

/** Reads a file as text; `-` is our own input. @throws CliError */
export function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      readFileSync(file === '-' ? 0 : file),
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why =
      { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'you may not read it' }[code] ??
      (error instanceof TypeError ? 'it is not UTF-8 text' : String(error));
    throw new CliError(`Cannot read ${file}: ${why}.`, EXIT.usage);
  }
}

/** What was piped into us; empty on a terminal, or when nothing was. */
export function readPiped(): string {
  const stat = fstatSync(0, { throwIfNoEntry: false } as never);
  return stat?.isFIFO() || stat?.isFile() ? readText('-') : '';
}

/** @throws CliError when the name of the file does not tell. */
export function languageOf(file: string, languages: readonly LanguageView[]): string {
  const extension = extname(file);
  const found = languages.find(
    ({ fileName }) => fileName === basename(file) || (extension !== '' && extname(fileName) === extension),
  );
  if (found) return found.id;
  const known = languages.map(({ id, fileName }) => `${id} (${extname(fileName)})`).join(', ');
  throw usageError(`The name ${file} does not tell the language: give it by --language. Known are ${known}.`);
}
