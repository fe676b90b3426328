import { randomBytes } from 'node:crypto';
import { SettingsError } from '@rce/core/settings.ts';
import { banner } from './banner.ts';
import { Child } from './child.ts';
import type { CloudReady } from './cloud.ts';
import { isLoopback } from './guard.ts';
import { describeSandbox, waitUntilServing } from './readiness.ts';
import { DEFAULT_PORT, type EmbeddedSettings, readEmbeddedSettings } from './settings.ts';

/** `npm start`: keeps the cloud and the runner alive, and ends them together. */

const REGION = 'us-east-1';

async function main(): Promise<void> {
  const settings = readEmbeddedSettings();
  const shared = sharedEnvironment(settings);
  const ending = new AbortController();
  let cloudReady: CloudReady | undefined;
  let serving = false;

  const end = async (code: number) => {
    if (ending.signal.aborted) return;
    ending.abort();
    // The runner first: it gives back its jobs, for which it needs the cloud.
    await runner.stop();
    await cloud.stop();
    process.exit(code);
  };
  const onDeath = (name: string) => (how: string, againMs: number) => {
    // A program that dies before all has served once would die again: it has said why.
    if (!serving) {
      console.error(`The ${name} could not start (${how}).`);
      void end(1);
    } else {
      console.error(`The ${name} ended (${how}); it starts again in ${againMs} ms.`);
    }
  };

  const runner = new Child({
    name: 'runner',
    entry: new URL('../../../sandbox-runner/src/main.ts', import.meta.url),
    env: () => ({
      ...shared,
      AWS_ENDPOINT_URL: cloudReady?.awsEndpoint,
      RCE_JOBS_QUEUE_URL: cloudReady?.jobsQueueUrl,
      RCE_DEAD_LETTER_QUEUE_URL: cloudReady?.deadLetterQueueUrl,
      RCE_ANALYZE_FUNCTION: 'analyze',
      // An engine beside the first must not ask for the first one's port.
      ...(settings.RCE_PORT === DEFAULT_PORT
        ? {}
        : { RCE_METRICS_PORT: process.env.RCE_METRICS_PORT ?? '0' }),
    }),
    onDeath: onDeath('runner'),
  });
  const firstReady = Promise.withResolvers<CloudReady>();
  const cloud = new Child({
    name: 'cloud',
    entry: new URL('./cloud.ts', import.meta.url),
    // A cloud that is started again must be found where the runner looks for it.
    env: () => ({
      ...shared,
      ...(cloudReady && {
        RCE_CLOUD_PORT: new URL(cloudReady.awsEndpoint).port,
        RCE_PORT: new URL(cloudReady.url).port,
      }),
    }),
    onMessage: (message) => {
      if (isCloudReady(message)) firstReady.resolve(message);
    },
    onDeath: onDeath('cloud'),
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  process.once('disconnect', () => void end(0));

  cloud.start();
  cloudReady = await firstReady.promise;
  runner.start();
  const found = await waitUntilServing(cloudReady.url, ending.signal);
  if (!found) return;
  const { driver, languages } = found;
  serving = true;
  const why = await describeSandbox(driver);
  console.log(banner({ url: cloudReady.url, driver, why, languages, dataDir: settings.RCE_DATA_DIR }));
}

/** What both children get: the user's settings, and keys that exist for this run only. */
function sharedEnvironment(settings: EmbeddedSettings): NodeJS.ProcessEnv {
  // Settings of the user's real AWS account must never reach the emulated one, nor the other way round.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  return {
    ...env,
    RCE_DATA_DIR: settings.RCE_DATA_DIR,
    RCE_SLOTS: String(settings.RCE_SLOTS),
    RCE_LOG_LEVEL: settings.RCE_LOG_LEVEL,
    RCE_JOBS_TABLE: 'jobs',
    // Whoever reaches a loopback address is the user; others are limited as in AWS.
    ...(env.RCE_RATE_LIMIT === undefined && isLoopback(settings.RCE_HOST) ? { RCE_RATE_LIMIT: '0' } : {}),
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: randomBytes(16).toString('hex'),
    AWS_SECRET_ACCESS_KEY: randomBytes(16).toString('hex'),
    // The SDK would otherwise look for an instance's own credentials, over the network.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function isCloudReady(message: unknown): message is CloudReady {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ready';
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
