import { SettingsError } from '@rce/core/settings.ts';
import { Api } from './api.ts';
import { analyze, cancel, languages, status } from './commands.ts';
import { CliError, usageError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { HELP } from './help.ts';
import { run } from './run.ts';
import { readCliSettings } from './settings.ts';

const COMMANDS = {
  run,
  status,
  cancel,
  languages,
  analyze,
  // Loaded when it is asked for: the protocol's library is larger than all of the others.
  mcp: async (api: Api, args: readonly string[]) => (await import('./mcp.ts')).mcp(api, args),
};

async function main([command, ...args]: readonly string[]): Promise<number> {
  // Behind `--` all belongs to the program.
  const ours = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (command === undefined || ['help', '-h', '--help'].includes(command) || ours.includes('--help')) {
    console.log(HELP);
    return command === undefined ? EXIT.usage : EXIT.ok;
  }
  const implementation = Object.entries(COMMANDS).find(([name]) => name === command)?.[1];
  if (!implementation) throw usageError(`There is no command ${JSON.stringify(command)}.`);
  const settings = readCliSettings();
  const url = optionOf(ours, 'url') ?? settings.RCE_URL;
  if (!URL.canParse(url))
    throw usageError(`--url takes an address such as http://127.0.0.1:3000, not ${url}.`);
  const api = new Api({ url, apiKey: optionOf(ours, 'api-key') ?? settings.RCE_API_KEY });
  return implementation(api, args);
}

/** The client is needed before a command parses its options. */
function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.findLastIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  const arg = args[at];
  return arg?.includes('=') ? arg.slice(arg.indexOf('=') + 1) : args[at + 1 || args.length];
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CliError || error instanceof SettingsError) {
    console.error(`rce: ${error.message}`);
    process.exitCode = error instanceof CliError ? error.exitCode : EXIT.usage;
  } else {
    console.error(error);
    process.exitCode = EXIT.internal;
  }
}
