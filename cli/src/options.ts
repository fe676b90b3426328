import { type ParseArgsConfig, parseArgs } from 'node:util';
import { usageError } from './errors.ts';

/** What every command takes, besides its own. */
const COMMON = {
  url: { type: 'string' },
  'api-key': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

/** @throws CliError that names the wrong option. */
export function parseOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...COMMON, ...options },
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

/** `a=b=c` → ['a', 'b=c']. @throws CliError */
export function pair(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw usageError(`--${option} takes NAME=VALUE, not ${JSON.stringify(text)}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}
