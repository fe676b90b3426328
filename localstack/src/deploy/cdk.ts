import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { EMULATED_ACCOUNT } from '@rce/aws/fixed-names.ts';
import type { LocalSettings } from './settings.ts';

export const ROOT = resolve(import.meta.dirname, '../../..');

/** A deployment to an emulator takes seconds; one that takes this long hangs. */
const TIMEOUT_MS = 5 * 60_000;

/** The environment of a program that speaks to the emulator and must never reach an AWS account. */
export function emulatorEnvironment(
  settings: LocalSettings,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return {
    ...env,
    AWS_ENDPOINT_URL: settings.AWS_ENDPOINT_URL,
    AWS_REGION: settings.AWS_REGION,
    // LocalStack reads the account out of the key.
    AWS_ACCESS_KEY_ID: EMULATED_ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'emulated',
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    // Buckets as part of a host name need DNS that an emulator does not have.
    CDK_S3_FORCE_PATH_STYLE: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

/**
 * Runs the real cdk command against the emulator.
 * @throws with its output when it fails, or hangs.
 */
export async function runCdk(
  args: readonly string[],
  settings: LocalSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const child = spawn(
    process.execPath,
    [resolve(ROOT, 'node_modules/aws-cdk/bin/cdk'), '--no-notices', '--ci', ...args],
    {
      cwd: ROOT,
      env: emulatorEnvironment(settings, env),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done({ code, signal }));
  });
  if (code === 0) return;
  const how = signal
    ? `was ended by ${signal}, after at most ${TIMEOUT_MS / 60_000} minutes`
    : `failed (${code})`;
  throw new Error(`cdk ${args[0]} ${how}:\n${output.trim().split('\n').slice(-40).join('\n')}`);
}
