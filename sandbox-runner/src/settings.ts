import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import {
  ANALYZER_SETTINGS,
  DEAD_LETTER_QUEUE_SETTINGS,
  QUEUE_SETTINGS,
  TABLE_SETTINGS,
} from '@rce/aws/settings.ts';
import { imageSetting } from '@rce/core/language.ts';
import { LIMIT_SETTINGS, maxLimits } from '@rce/core/limit-settings.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import { flag, integer, parseSettings } from '@rce/core/settings.ts';
import { TRACE_SETTINGS } from '@rce/core/trace-context.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { LOG_LEVELS } from '@rce/observability/log.ts';
import { z } from 'zod';

const imageSettings = Object.fromEntries(
  LANGUAGES.map((language) => [
    imageSetting(language.id),
    z.string().default(language.docker.image).describe(`image that runs ${language.name}`),
  ]),
);

/** What decides how programs are run, whoever runs them. */
const SANDBOX_SETTINGS = {
  RCE_SANDBOX: z
    .enum(['auto', 'docker', 'wasm'])
    .default('auto')
    .describe('auto takes docker when its socket answers, else wasm'),
  RCE_SLOTS: integer(1, 1_000).default(availableParallelism()).describe('jobs run at once'),
  RCE_DOCKER_RUNTIME: z.string().optional().describe('OCI runtime of the containers, for example runsc'),
  RCE_PULL: z
    .string()
    .default('python,javascript,typescript')
    .transform((text) =>
      text
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
    )
    .describe(
      'languages whose images are pulled at start when they are missing, by comma; none pulls nothing',
    ),
  RCE_WARM: flag.default(true).describe('whether sandboxes wait started before a job comes'),
  ...LIMIT_SETTINGS,
  // Their names come from the catalog, so the compiler does not know them.
  ...(imageSettings as object),
};

/** What an operator may set for a runner. */
export const OPERATOR_SETTINGS = {
  ...SANDBOX_SETTINGS,
  RCE_DATA_DIR: z
    .string()
    .default('.rce')
    .transform((dir) => resolve(dir))
    .describe('folder for data'),
  RCE_RUNNER_ID: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . or -')
    .default(
      `${hostname()
        .replaceAll(/[^A-Za-z0-9_.-]/g, '-')
        .slice(0, 40)}-${process.pid}`,
    )
    .describe('names this runner; must differ between runners'),
  RCE_DRAIN_SECONDS: integer(0, 600)
    .default(30)
    .describe('how long running jobs may go on after SIGTERM before they are given back to the queue'),
  RCE_METRICS_HOST: z.string().default('127.0.0.1').describe('address of /metrics, /health and /ready'),
  RCE_METRICS_PORT: integer(0, 65_535).default(9464).describe('port of /metrics, /health and /ready'),
  RCE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  ...TRACE_SETTINGS,
};

/** Settings of the runner, those of the AWS adapters among them. */
const RunnerSettings = z.object({
  ...TABLE_SETTINGS,
  ...QUEUE_SETTINGS,
  ...DEAD_LETTER_QUEUE_SETTINGS,
  ...ANALYZER_SETTINGS,
  ...OPERATOR_SETTINGS,
});

interface SandboxChoices {
  /** Image of each language, by id. */
  readonly images: Readonly<Record<string, string>>;
  /** Highest limits that a job may have. */
  readonly maxima: RunLimits;
}

const SandboxSettings = z.object(SANDBOX_SETTINGS);
export interface SandboxSettings extends z.output<typeof SandboxSettings>, SandboxChoices {}
export interface RunnerSettings extends z.output<typeof RunnerSettings>, SandboxChoices {}

/** The settings of the sandbox alone, for programs that run no jobs. @throws SettingsError listing every mistake. */
export function readSandboxSettings(env: Readonly<Record<string, string | undefined>>): SandboxSettings {
  const settings = parseSettings(SandboxSettings, env);
  return { ...settings, ...choicesOf(settings) };
}

/** @throws SettingsError listing every mistake. */
export function readRunnerSettings(env: Readonly<Record<string, string | undefined>>): RunnerSettings {
  const settings = parseSettings(RunnerSettings, env);
  return { ...settings, ...choicesOf(settings) };
}

function choicesOf(settings: z.output<typeof SandboxSettings>): SandboxChoices {
  const values: Readonly<Record<string, unknown>> = settings;
  const images = LANGUAGES.map(({ id }) => [id, String(values[imageSetting(id)])]);
  return { images: Object.fromEntries(images), maxima: maxLimits(settings) };
}
