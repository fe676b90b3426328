import type { z } from 'zod';
import { MAX_RUN_LIMITS, RUN_LIMIT_NAMES, RUN_LIMITS, type RunLimitName, type RunLimits } from './limits.ts';
import { integer } from './settings.ts';

/** `wallTimeMs` → `RCE_MAX_WALL_TIME_MS`. */
export function maxSettingName(limit: RunLimitName): string {
  return `RCE_MAX_${limit.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** The settings by which an operator chooses the highest limits that a submitter may ask for. */
export const LIMIT_SETTINGS = Object.fromEntries(
  RUN_LIMIT_NAMES.map((name) => {
    const { min, max, ceiling, what } = RUN_LIMITS[name];
    return [maxSettingName(name), integer(min, ceiling).default(max).describe(`highest limit of ${what}`)];
  }),
) as Record<string, z.ZodDefault<ReturnType<typeof integer>>>;

/** The operator's maxima out of parsed settings. */
export function maxLimits(settings: Readonly<Record<string, unknown>>): RunLimits {
  return Object.fromEntries(
    RUN_LIMIT_NAMES.map((name) => {
      const value = settings[maxSettingName(name)];
      return [name, typeof value === 'number' ? value : MAX_RUN_LIMITS[name]];
    }),
  ) as RunLimits;
}
