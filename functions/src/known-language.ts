import { ApiError } from '@rce/core/errors.ts';
import type { Language } from '@rce/core/language.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { findLanguage } from '@rce/languages/find.ts';

/** @throws ApiError unknown-language */
export function knownLanguage(name: string): Language {
  const language = findLanguage(name);
  if (language) return language;
  const ids = LANGUAGES.map(({ id }) => id).join(', ');
  throw new ApiError('unknown-language', `${JSON.stringify(name)} is none of ${ids}.`, {
    errors: [{ path: 'language', message: `must be one of ${ids}` }],
  });
}
