import { parseSettings } from '@rce/core/settings.ts';
import { z } from 'zod';

const CliSettings = z.object({
  RCE_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:3000')
    .describe('address of the engine'),
  RCE_API_KEY: z.string().optional().describe('API key that the operator gave you'),
});
export type CliSettings = z.output<typeof CliSettings>;

/** @throws SettingsError */
export function readCliSettings(env: NodeJS.ProcessEnv = process.env): CliSettings {
  return parseSettings(CliSettings, env);
}
