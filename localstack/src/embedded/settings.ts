import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { integer, parseSettings } from '@rce/core/settings.ts';
import { OPERATOR_SETTINGS as FUNCTIONS_SETTINGS } from '@rce/functions/settings.ts';
import { OPERATOR_SETTINGS as RUNNER_SETTINGS } from '@rce/sandbox-runner/settings.ts';
import { z } from 'zod';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const DEFAULT_PORT = 3000;

/** Settings of `npm start` itself. */
const EmbeddedSettings = z.object({
  RCE_HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  RCE_PORT: integer(0, 65_535).default(DEFAULT_PORT).describe('port to listen on; 0 takes a free one'),
  RCE_ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ''),
    )
    .describe('further host names by which browsers may reach the engine, by comma; * allows all'),
  RCE_DATA_DIR: z
    .string()
    .default('.rce')
    .transform((dir) => resolve(dir))
    .describe('folder for data'),
  RCE_SLOTS: integer(1, 1_000).default(availableParallelism()).describe('jobs run at once'),
  RCE_LOG_LEVEL: z.enum(LOG_LEVELS).default('warn').describe('what is logged'),
});
export type EmbeddedSettings = z.output<typeof EmbeddedSettings>;

/**
 * Those of the functions and of the runner are read by them, and looked at here so that all mistakes are told
 * at once, before anything starts.
 * @throws SettingsError listing every mistake.
 */
export function readEmbeddedSettings(env: NodeJS.ProcessEnv = process.env): EmbeddedSettings {
  const all = z.object({ ...FUNCTIONS_SETTINGS, ...RUNNER_SETTINGS, ...EmbeddedSettings.shape });
  return parseSettings(all, env);
}

/** What the supervisor tells the cloud, besides. */
const CloudSettings = z.object({
  ...EmbeddedSettings.shape,
  AWS_REGION: z.string(),
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
  RCE_JOBS_TABLE: z.string(),
  RCE_CLOUD_PORT: integer(0, 65_535).default(0).describe('port of the AWS endpoint on 127.0.0.1'),
});
export type CloudSettings = z.output<typeof CloudSettings>;

export function readCloudSettings(env: NodeJS.ProcessEnv = process.env): CloudSettings {
  return parseSettings(CloudSettings, env);
}
