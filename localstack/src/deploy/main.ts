import { emulatedApiUrl } from '@rce/aws/fixed-names.ts';
import { SettingsError } from '@rce/core/settings.ts';
import { deploy } from './deploy.ts';
import { readLocalSettings } from './settings.ts';

/** Deploys to the emulator at AWS_ENDPOINT_URL, once: the one-shot deployer of docker-compose.yml. */
try {
  const settings = readLocalSettings(process.env);
  const started = Date.now();
  await deploy(settings, process.env, (message) => console.log(`${message} …`));
  console.log(
    `deployed in ${((Date.now() - started) / 1000).toFixed(1)} s: ${emulatedApiUrl(settings.AWS_ENDPOINT_URL)}`,
  );
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
}
