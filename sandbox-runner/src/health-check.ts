import { readRunnerSettings } from './settings.ts';

/** What Docker and ECS ask: ends with 0 while the runner takes jobs. */
const { RCE_METRICS_HOST, RCE_METRICS_PORT } = readRunnerSettings(process.env);
const host = RCE_METRICS_HOST === '0.0.0.0' ? '127.0.0.1' : RCE_METRICS_HOST;
const ready = await fetch(`http://${host}:${RCE_METRICS_PORT}/ready`).then(
  (response) => response.ok,
  () => false,
);
process.exit(ready ? 0 : 1);
