import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { LIMIT_SETTINGS, maxLimits, maxSettingName } from './limit-settings.ts';
import {
  ADMISSION,
  DEFAULT_RUN_LIMITS,
  DELIVERY,
  MAX_RUN_LIMITS,
  RESULT_BYTES,
  RUN_LIMIT_NAMES,
  RUN_LIMITS,
  resolveLimits,
  SUBMISSION_LIMITS,
} from './limits.ts';
import { parseSettings } from './settings.ts';

describe('limits', () => {
  it.each(RUN_LIMIT_NAMES)(
    '%s: the default lies within its bounds, and the maximum below the ceiling',
    (name) => {
      const row = RUN_LIMITS[name];
      expect(row.default).toBeGreaterThanOrEqual(row.min);
      expect(row.default).toBeLessThanOrEqual(row.max);
      expect(row.max).toBeLessThanOrEqual(row.ceiling);
    },
  );

  it('are what is asked for, else the default, never over the maximum', () => {
    expect(resolveLimits()).toEqual(DEFAULT_RUN_LIMITS);
    expect(resolveLimits({ wallTimeMs: 300, cpuTimeMs: undefined })).toEqual({
      ...DEFAULT_RUN_LIMITS,
      wallTimeMs: 300,
    });
    expect(resolveLimits({ wallTimeMs: 1e9 }).wallTimeMs).toBe(MAX_RUN_LIMITS.wallTimeMs);
    const strict = { ...MAX_RUN_LIMITS, wallTimeMs: 1_000 };
    expect(resolveLimits({}, strict).wallTimeMs).toBe(1_000);
  });

  it('leave room in a 400 KB item for input and result together', () => {
    expect(SUBMISSION_LIMITS.inputBytes + RESULT_BYTES).toBeLessThan(400 * 1024 - 12 * 1024);
    expect(2 * RUN_LIMITS.outputBytes.ceiling).toBeLessThanOrEqual(RESULT_BYTES);
  });

  it('of delivery fit together: a lease outlives several heartbeats, a message its lease', () => {
    expect(DELIVERY.leaseMs).toBeGreaterThanOrEqual(3 * DELIVERY.heartbeatMs);
    expect(DELIVERY.visibilityMs).toBeGreaterThanOrEqual(DELIVERY.leaseMs);
    expect(DELIVERY.messageRetentionMs).toBeGreaterThanOrEqual(DELIVERY.retentionMs);
    expect(DELIVERY.queuedGraceMs).toBeLessThan(ADMISSION.backlogMs);
  });
});

describe('the operator’s maxima', () => {
  const parse = (env: Record<string, string>) => maxLimits(parseSettings(z.object(LIMIT_SETTINGS), env));

  it('are settings named after their limit', () => {
    expect(RUN_LIMIT_NAMES.map(maxSettingName)).toEqual([
      'RCE_MAX_WALL_TIME_MS',
      'RCE_MAX_CPU_TIME_MS',
      'RCE_MAX_MEMORY_BYTES',
      'RCE_MAX_PROCESSES',
      'RCE_MAX_OUTPUT_BYTES',
      'RCE_MAX_DISK_BYTES',
    ]);
  });

  it('replace the built-in ones, up to the ceiling', () => {
    expect(parse({})).toEqual(MAX_RUN_LIMITS);
    expect(parse({ RCE_MAX_WALL_TIME_MS: '60000' })).toEqual({ ...MAX_RUN_LIMITS, wallTimeMs: 60_000 });
    expect(() => parse({ RCE_MAX_OUTPUT_BYTES: '65537', RCE_MAX_PROCESSES: 'many' })).toThrow(
      /RCE_MAX_PROCESSES is "many".*\n.*RCE_MAX_OUTPUT_BYTES is "65537"/,
    );
  });
});
