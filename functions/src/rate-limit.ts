import { ApiError } from '@rce/core/errors.ts';
import type { RateStore } from '@rce/core/ports/job-store.ts';

const WINDOW_MS = 60_000;

/**
 * Counts one submission of a caller.
 * @returns headers that tell where the caller stands.
 * @throws ApiError rate-limited
 */
export async function countSubmission(
  rate: RateStore,
  perMinute: number,
  caller: string,
  now: number,
): Promise<Record<string, string>> {
  if (perMinute === 0) return {};
  const windowStart = now - (now % WINDOW_MS);
  const hits = await rate.hit(caller, windowStart, WINDOW_MS);
  const reset = String(Math.ceil((windowStart + WINDOW_MS - now) / 1000));
  const headers = {
    'ratelimit-limit': String(perMinute),
    'ratelimit-remaining': String(Math.max(0, perMinute - hits)),
    'ratelimit-reset': reset,
  };
  if (hits <= perMinute) return headers;
  throw new ApiError('rate-limited', `${perMinute} submissions a minute are allowed.`, {
    headers: { ...headers, 'retry-after': reset },
  });
}
