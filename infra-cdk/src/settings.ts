import { parseSettings } from '@rce/core/settings.ts';
import { FUNCTION_NAMES, FUNCTIONS } from '@rce/functions/manifest.ts';
import { z } from 'zod';

const OPTIONS = [...new Set(FUNCTION_NAMES.flatMap((name) => FUNCTIONS[name].options))];

const DeploySettings = z.object({
  // Set by the cdk command, from the profile or the credentials in use.
  CDK_DEFAULT_ACCOUNT: z.string().default('000000000000').describe('account to deploy to'),
  CDK_DEFAULT_REGION: z.string().default('us-east-1').describe('region to deploy to'),
  ...Object.fromEntries(
    OPTIONS.map((name) => [name, z.string().optional().describe('passed to the functions')]),
  ),
});

/** The environment of a deployment: where to, and the functions' own settings (RCE_RATE_LIMIT, RCE_MAX_…). */
export function readDeploySettings(env: Readonly<Record<string, string | undefined>>) {
  const settings: Record<string, unknown> = parseSettings(DeploySettings, env);
  const options = OPTIONS.flatMap((name) => {
    const value = settings[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return {
    account: String(settings.CDK_DEFAULT_ACCOUNT),
    region: String(settings.CDK_DEFAULT_REGION),
    options: Object.fromEntries(options) as Record<string, string>,
  };
}
