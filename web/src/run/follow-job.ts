import { type Job, RequestFailure, waitForChange } from '../api/client.ts';

/** Seconds of one long poll; the API allows 25. */
const WAIT_SECONDS = 20;
/** An answer that takes longer than this is lost: the machine slept, or a proxy forgot us. */
const LOST_MS = (WAIT_SECONDS + 8) * 1000;
const BACKOFF = { firstMs: 500, maxMs: 8_000 } as const;
/** Least time between two answers that bring nothing new, should a server not wait. */
const PAUSE_MS = 200;

export function isFinal(job: Pick<Job, 'status'>): boolean {
  return job.status === 'completed' || job.status === 'failed';
}

interface Follower {
  onJob(job: Job): void;
  /** Called with the failure while there is no connection, and with null when it is back. */
  onTrouble(failure: RequestFailure | null): void;
}

/**
 * Follows a job to its end, through lost connections and sleep. `known` is the entity tag of the state that
 * the caller has, or null.
 * @throws RequestFailure when trying again cannot help, for example job-not-found.
 */
export async function followJob(
  jobId: string,
  known: string | null,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  let etag = known;
  while (!signal.aborted) {
    const poll = new AbortController();
    const lost = setTimeout(() => poll.abort(), LOST_MS);
    // After sleep or a change of networks the request in flight may never be answered.
    const again = () => poll.abort();
    addEventListener('online', again, { once: true });
    signal.addEventListener('abort', again, { once: true });
    try {
      const started = performance.now();
      // Without a tag there may be nothing to wait for: ask first.
      const state = await waitForChange(jobId, etag, etag === null ? 0 : WAIT_SECONDS, poll.signal);
      failures = 0;
      follower.onTrouble(null);
      if (state !== null) follower.onJob(state.job);
      if (state !== null && isFinal(state.job)) return;
      if (state === null || state.etag === etag || state.etag === null) {
        await pause(PAUSE_MS - (performance.now() - started), signal);
      }
      etag = state?.etag ?? etag;
    } catch (error) {
      if (poll.signal.aborted) continue;
      if (!(error instanceof RequestFailure) || !error.isTemporary) throw error;
      follower.onTrouble(error);
      await pause(error.retryAfterMs ?? backoff(failures++), signal);
    } finally {
      clearTimeout(lost);
      removeEventListener('online', again);
      signal.removeEventListener('abort', again);
    }
  }
}

function backoff(failures: number): number {
  return Math.min(BACKOFF.maxMs, BACKOFF.firstMs * 2 ** failures) * (0.75 + Math.random() / 2);
}

/** Ends early when there is reason to hope: the network is back, or someone looks at the page again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      document.removeEventListener('visibilitychange', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done);
  });
}
