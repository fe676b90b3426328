import type * as z from 'zod/mini';

/**
 * The browser's storage. It may be closed to us, full, or hold what another version wrote:
 * then the page works all the same and forgets.
 */
export function readStored<Schema extends z.ZodMiniType>(
  name: string,
  schema: Schema,
  storage: () => Storage = () => localStorage,
): z.output<Schema> | null {
  try {
    const text = storage().getItem(name);
    if (text === null) return null;
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** @returns whether it was kept. */
export function writeStored(
  name: string,
  value: unknown,
  storage: () => Storage = () => localStorage,
): boolean {
  try {
    if (value === null) storage().removeItem(name);
    else storage().setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
