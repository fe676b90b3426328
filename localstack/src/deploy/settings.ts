import { parseSettings } from '@rce/core/settings.ts';
import { z } from 'zod';

const LocalSettings = z.object({
  AWS_ENDPOINT_URL: z
    .url()
    .default('http://127.0.0.1:4566')
    .describe('where LocalStack or MiniStack answers'),
  AWS_REGION: z.string().default('us-east-1').describe('region that it pretends to be'),
});
export type LocalSettings = z.output<typeof LocalSettings>;

/** @throws SettingsError listing every mistake. */
export function readLocalSettings(env: Readonly<Record<string, string | undefined>>): LocalSettings {
  return parseSettings(LocalSettings, env);
}
