import { z } from 'zod';
import { Driver } from './job.ts';
import { VERDICT_NAMES } from './verdict.ts';

/** What GET /api/stats shows of the last minutes, so that a picture needs no Prometheus. */

/** How long one sample lasts, and how many a runner keeps. */
export const STATS = { sampleMs: 5_000, samples: 60 } as const;

export const StatsSample = z
  .object({
    at: z.int().describe('End of the sample, in milliseconds since 1970.'),
    verdicts: z.partialRecord(z.enum(VERDICT_NAMES), z.int()).describe('Jobs that finished, by verdict.'),
    p50: z.number().nullable().describe('Milliseconds from submission to stored result; null without jobs.'),
    p95: z.number().nullable(),
    busy: z.int().describe('Slots in use at the end of the sample.'),
    pool: z.int().describe('Warm sandboxes that wait at the end of the sample.'),
  })
  .meta({
    id: 'StatsSample',
    description: 'What a runner did in a few seconds. Idle times have no samples.',
  });
export type StatsSample = z.infer<typeof StatsSample>;

export const EngineStats = z
  .object({
    now: z.int().describe('Milliseconds since 1970, by the clock of the engine.'),
    sampleSeconds: z.number(),
    queue: z.object({
      waiting: z.int(),
      inFlight: z.int(),
      oldestSeconds: z.number().describe('Age of the oldest queued job; 0 when none is queued.'),
    }),
    runners: z.array(
      z.object({
        runnerId: z.string(),
        driver: Driver,
        slots: z.int(),
        busy: z.int(),
        samples: z.array(StatsSample).describe('Oldest first.'),
      }),
    ),
  })
  .meta({ id: 'EngineStats' });
export type EngineStats = z.infer<typeof EngineStats>;
