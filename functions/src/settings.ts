import { DEAD_LETTER_QUEUE_SETTINGS, QUEUE_SETTINGS, TABLE_SETTINGS } from '@rce/aws/settings.ts';
import { LIMIT_SETTINGS } from '@rce/core/limit-settings.ts';
import { ADMISSION } from '@rce/core/limits.ts';
import { integer, parseSettings } from '@rce/core/settings.ts';
import { TRACE_SETTINGS } from '@rce/core/trace-context.ts';
import { z } from 'zod';
import { LOG_LEVELS } from './log.ts';

const COMMON_SETTINGS = {
  RCE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('least level of what is logged'),
  RCE_METRICS_NAMESPACE: z
    .string()
    .optional()
    .describe('namespace in CloudWatch for metrics in the log; without it none are written'),
};
export const METRICS_SETTINGS = z.object(COMMON_SETTINGS).pick({ RCE_METRICS_NAMESPACE: true });

const TRACED_SETTINGS = {
  ...TRACE_SETTINGS,
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional().describe('set by Lambda'),
};

const API_KEY_SETTINGS = {
  RCE_API_KEYS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((key) => key.trim())
        .filter((key) => key !== ''),
    )
    .refine((keys) => keys.every((key) => key.length >= 16), 'each key needs at least 16 characters')
    .describe('keys by comma, one of which callers must send as X-Api-Key; without any, all are let in'),
};

const RATE_SETTINGS = {
  RCE_RATE_LIMIT: integer(0, 1_000_000)
    .default(ADMISSION.submissionsPerMinute)
    .describe('submissions a minute per caller; 0 is no limit'),
  RCE_TRUSTED_PROXIES: integer(0, 5)
    .default(0)
    .describe('proxies of your own in front of the API gateway, for example 1 for CloudFront'),
};

/** What an operator may set, whichever function reads it. */
export const OPERATOR_SETTINGS = { ...API_KEY_SETTINGS, ...RATE_SETTINGS, ...LIMIT_SETTINGS };

/** What each function reads of its environment. The manifest lists the same names for those who deploy. */
export const SETTINGS = {
  submit: z.object({
    ...COMMON_SETTINGS,
    ...TRACED_SETTINGS,
    ...TABLE_SETTINGS,
    ...QUEUE_SETTINGS,
    ...OPERATOR_SETTINGS,
  }),
  status: z.object({ ...COMMON_SETTINGS, ...TABLE_SETTINGS, ...API_KEY_SETTINGS }),
  cancel: z.object({ ...COMMON_SETTINGS, ...TABLE_SETTINGS, ...API_KEY_SETTINGS }),
  languages: z.object({ ...COMMON_SETTINGS, ...TABLE_SETTINGS }),
  health: z.object({
    ...COMMON_SETTINGS,
    ...TABLE_SETTINGS,
    ...QUEUE_SETTINGS,
    ...DEAD_LETTER_QUEUE_SETTINGS,
  }),
  stats: z.object({ ...COMMON_SETTINGS, ...TABLE_SETTINGS, ...QUEUE_SETTINGS }),
  openapi: z.object({ ...COMMON_SETTINGS, ...LIMIT_SETTINGS }),
  analyze: z.object({ ...COMMON_SETTINGS, ...TRACED_SETTINGS, ...API_KEY_SETTINGS }),
  rules: z.object(COMMON_SETTINGS),
  'analysis-health': z.object(COMMON_SETTINGS),
  'dead-letter': z.object({ ...COMMON_SETTINGS, ...TABLE_SETTINGS }),
  reconcile: z.object({ ...COMMON_SETTINGS, ...TABLE_SETTINGS, ...QUEUE_SETTINGS }),
} as const;

/** @throws SettingsError that lists every mistake. */
export function readSettings<Schema extends z.ZodObject>(schema: Schema): z.output<Schema> {
  return parseSettings(schema, process.env);
}
