import type { Clock } from '@rce/core/clock.ts';
import { z } from 'zod';

const State = z.enum(['ok', 'failing']);

export const Health = z
  .object({
    status: State.describe('`failing` when a part fails without which jobs are not taken or not run.'),
    checks: z.object({
      table: z.object({ status: State, error: z.string().optional() }),
      queue: z.object({
        status: State,
        error: z.string().optional(),
        waiting: z.int().optional().describe('Messages that wait for a runner, about.'),
        inFlight: z.int().optional().describe('Messages that a runner has, about.'),
        oldestMs: z
          .int()
          .nullable()
          .optional()
          .describe('Age of the oldest queued job in ms; null without any.'),
      }),
      runners: z.object({
        status: State,
        error: z.string().optional(),
        alive: z.int().optional(),
        slots: z.int().optional().describe('Jobs that they can run at once.'),
        busy: z.int().optional(),
        drivers: z.array(z.string()).optional(),
      }),
      deadLetters: z.object({
        status: State,
        error: z.string().optional(),
        waiting: z.int().optional().describe('Messages that failed too often and were not dealt with yet.'),
      }),
    }),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const AnalysisHealth = z
  .object({
    status: State,
    languages: z.array(z.object({ id: z.string(), status: State, durationMs: z.number().nullable() })),
  })
  .meta({ id: 'AnalysisHealth' });
export type AnalysisHealth = z.infer<typeof AnalysisHealth>;

/** A part that has not answered after this many milliseconds fails. */
const CHECK_TIMEOUT_MS = 3_000;

export interface Failing {
  readonly status: 'failing';
  readonly error: string;
}

/** Runs a check. What it throws stays in the log: it may name hosts and accounts. */
export async function check<Result>(
  clock: Clock,
  what: string,
  ask: () => Promise<Result>,
  onError: (error: unknown) => void,
): Promise<Result | Failing> {
  const done = new AbortController();
  try {
    const late = clock.sleep(CHECK_TIMEOUT_MS, done.signal).then((): Failing => {
      return { status: 'failing', error: `${what} did not answer within ${CHECK_TIMEOUT_MS / 1000} s.` };
    });
    return await Promise.race([ask(), late]);
  } catch (error) {
    onError(error);
    return { status: 'failing', error: `${what} answered with an error; the log has it.` };
  } finally {
    done.abort();
  }
}
