import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Language, LanguageDefinition } from '@rce/core/language.ts';

/** Folder with one folder per language. */
export const LANGUAGES_DIR = fileURLToPath(new URL('..', import.meta.url));

/**
 * Reads every language folder. All mistakes of all folders are reported at once.
 * @throws Error naming each folder and what is wrong with it.
 */
export function readCatalog(dir: string): Language[] {
  const mistakes: string[] = [];
  const languages: Language[] = [];
  const folders = readdirSync(dir).filter((name) => existsSync(join(dir, name, 'language.json')));
  for (const folder of folders.toSorted()) {
    try {
      const definition = LanguageDefinition.parse(
        JSON.parse(readFileSync(join(dir, folder, 'language.json'), 'utf8')),
      );
      if (definition.id !== folder)
        mistakes.push(`${folder}: the id is ${definition.id}, but the folder's name must be the id`);
      const extension = definition.fileName.slice(definition.fileName.lastIndexOf('.'));
      languages.push({
        ...definition,
        example: readFileSync(join(dir, folder, `example${extension}`), 'utf8'),
      });
    } catch (error) {
      mistakes.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const names = languages.flatMap((language) => [language.id, ...language.aliases]);
  for (const name of names.filter((name, index) => names.indexOf(name) !== index)) {
    mistakes.push(`${name}: two languages have this id or alias`);
  }
  if (mistakes.length > 0) throw new Error(`The language folders need correction:\n${mistakes.join('\n')}`);
  return languages;
}

/**
 * All languages, by id. Bundles for Lambda have this module replaced by its value (see scripts/bundle.ts),
 * since there are no folders to read there.
 */
export const LANGUAGES: readonly Language[] = readCatalog(LANGUAGES_DIR);
