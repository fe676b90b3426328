import type { Language } from '@rce/core/language.ts';
import { LANGUAGES } from './catalog.ts';

const byName = new Map(
  LANGUAGES.flatMap((language) => [language.id, ...language.aliases].map((name) => [name, language])),
);

/** Finds a language by its id or an alias such as `js`. */
export function findLanguage(name: string): Language | undefined {
  return byName.get(name);
}
