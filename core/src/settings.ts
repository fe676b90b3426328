import { z } from 'zod';
import { formatPath } from './errors.ts';

/** The settings of a program are wrong; the message lists every mistake and what to do about it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Parses the environment with a zod object whose keys are the names of the variables.
 * An empty variable counts as unset, as it does in shells and compose files.
 * @throws SettingsError with one line per mistake.
 */
export function parseSettings<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = formatPath(issue.path);
    const value = given[name];
    const meaning = schema.shape[name]?.description;
    const found = value === undefined ? 'is not set' : `is ${JSON.stringify(value)}`;
    return `  ${name} ${found}: ${issue.message}${meaning ? ` (${meaning})` : ''}`;
  });
  throw new SettingsError(`These settings need correction:\n${lines.join('\n')}`);
}

/** A whole number in an environment variable. */
export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/** `1`, `true`, `yes`, `on` and their opposites. */
export const flag = z.stringbool();
