import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { emulatedApiUrl, emulatorSettings } from '@rce/aws/fixed-names.ts';
import { SettingsError } from '@rce/core/settings.ts';
import { emulatorEnvironment, ROOT } from '../deploy/cdk.ts';
import { deploy } from '../deploy/deploy.ts';
import { readLocalSettings } from '../deploy/settings.ts';
import { Redeployer } from './redeploy.ts';

/** Folders of which functions are made. */
const SOURCES = ['analysis', 'aws', 'core', 'functions', 'languages', 'observability'];
/** Editors save in several steps. */
const QUIET_MS = 100;

/** `npm run dev:localstack`: the functions on an emulator and a runner here, both up to date with the sources. */
async function main(): Promise<void> {
  const settings = readLocalSettings(process.env);
  const env = emulatorEnvironment(settings, process.env);
  await deploy(settings, process.env, (message) => console.log(`${message} …`));
  const redeployer = new Redeployer(settings, env);
  await redeployer.remember();

  const runner = spawn(
    process.execPath,
    ['--watch', '--watch-preserve-output', 'sandbox-runner/src/main.ts'],
    {
      cwd: ROOT,
      env: { ...env, ...emulatorSettings(settings.AWS_ENDPOINT_URL, settings.AWS_REGION) },
      stdio: 'inherit',
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      runner.once('close', () => process.exit(0));
      runner.kill('SIGTERM');
    });
  }

  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  for (const folder of SOURCES) {
    watch(join(ROOT, folder), { recursive: true }, (_, file) => {
      if (file === null || /node_modules|dist|\.test\.ts$/.test(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        working = working.then(() => redeploy(redeployer));
      }, QUIET_MS);
    });
  }
  console.log(`ready ${emulatedApiUrl(settings.AWS_ENDPOINT_URL)}`);
}

async function redeploy(redeployer: Redeployer): Promise<void> {
  const started = Date.now();
  try {
    const names = await redeployer.update();
    if (names.length > 0) console.log(`updated ${names.join(', ')} in ${Date.now() - started} ms`);
  } catch (error) {
    // esbuild has printed where the error is; the next save tries again.
    console.error(error instanceof Error ? error.message : error);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
