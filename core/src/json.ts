import { type FieldError, formatPath, MAX_PATH_LENGTH } from './errors.ts';

/** What JSON.parse lets through though two readers could understand it differently, or choke on it. */
export type JsonResult =
  | { readonly value: unknown }
  | { readonly syntax: string }
  | { readonly errors: readonly FieldError[] };

/** More keys than any object of ours has. To check each of a hundred thousand would take a second. */
const MAX_KEYS = 1_000;

interface Level {
  /** Keys seen, of an object; undefined in an array. */
  readonly keys: Set<string> | undefined;
  /** Where we are in it. */
  at: string | number;
}

/**
 * Parses JSON from a stranger: no deeper than `maxDepth`, no key twice, no `__proto__`, not too many keys.
 * Takes time linear in the length of the text, and no stack.
 */
export function parseJson(text: string, maxDepth: number): JsonResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { syntax: error instanceof Error ? error.message : String(error) };
  }
  const error = inspect(text, maxDepth);
  return error ? { errors: [error] } : { value };
}

/** Walks over a text that is known to be valid JSON. */
function inspect(text: string, maxDepth: number): FieldError | undefined {
  const levels: Level[] = [];
  const path = () => formatPath(levels.map((level) => level.at)).slice(0, MAX_PATH_LENGTH);
  for (let index = 0; index < text.length; index++) {
    const level = levels.at(-1);
    switch (text[index]) {
      case '{':
      case '[': {
        if (levels.length === maxDepth)
          return { path: path(), message: `must not be nested deeper than ${maxDepth} levels` };
        levels.push(text[index] === '{' ? { keys: new Set(), at: '' } : { keys: undefined, at: 0 });
        break;
      }
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level && typeof level.at === 'number') level.at++;
        break;
      case '"': {
        const end = endOfString(text, index);
        if (level?.keys && isKey(text, end)) {
          const key: unknown = JSON.parse(text.slice(index, end + 1));
          level.at = String(key);
          if (key === '__proto__') return { path: path(), message: 'This key is not known.' };
          if (level.keys.has(level.at)) return { path: path(), message: 'This key is given twice.' };
          level.keys.add(level.at);
          if (level.keys.size > MAX_KEYS) {
            levels.pop();
            return { path: path(), message: `must have at most ${MAX_KEYS} keys` };
          }
        }
        index = end;
        break;
      }
    }
  }
  return undefined;
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}

/** In valid JSON a string is a key exactly when a colon follows it. */
function isKey(text: string, end: number): boolean {
  let next = end + 1;
  while (text[next] === ' ' || text[next] === '\n' || text[next] === '\r' || text[next] === '\t') next++;
  return text[next] === ':';
}
