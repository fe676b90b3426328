import type { Clock } from '@rce/core/clock.ts';
import type { Job } from '@rce/core/job.ts';
import { WAIT } from '@rce/core/limits.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';

/** Jobs read by one call to the store. */
const BATCH = 100;
/** Reading takes at most a quarter of the time, however many wait: the runners need the store more. */
const REST_PER_READ = 3;

interface Waiter {
  readonly jobId: string;
  readonly since: number;
  readonly until: number;
  readonly wanted: (job: Job) => boolean;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (job: Job) => void;
  readonly reject: (error: unknown) => void;
  latest: Job;
  /** When the job is read next. */
  next: number;
}

/**
 * Waits for changes of jobs by reading the store, for all who wait in this process together: a gateway's
 * host may have hundreds of requests waiting, and each read of its own would cost as much as one of a hundred.
 * The pause between reads grows with the time that a caller has waited, so that the wait adds little to short
 * jobs and long ones are read seldom.
 */
export class JobWatch {
  readonly #store: Pick<JobStore, 'getMany'>;
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #reading = false;
  /** Ends the pause between two reads, for a caller that has just come. */
  #wake = new AbortController();

  constructor(store: Pick<JobStore, 'getMany'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Resolves with the job once it is as wanted, or as it is after `waitMs` milliseconds or when `signal` aborts.
   * @param first what the caller knows already.
   */
  async wait(first: Job, waitMs: number, wanted: (job: Job) => boolean, signal?: AbortSignal): Promise<Job> {
    if (waitMs <= 0 || wanted(first)) return first;
    const since = this.#clock.now();
    return new Promise((resolve, reject) => {
      this.#waiters.add({
        jobId: first.jobId,
        since,
        until: since + waitMs,
        wanted,
        signal,
        resolve,
        reject,
        latest: first,
        next: since + WAIT.pollMinMs,
      });
      if (this.#reading) this.#wake.abort();
      else void this.#read();
    });
  }

  async #read(): Promise<void> {
    this.#reading = true;
    let earliest = 0;
    while (this.#waiters.size > 0) {
      const next = Math.min(...[...this.#waiters].map((waiter) => waiter.next));
      const pause = Math.max(next, earliest) - this.#clock.now();
      if (pause > 0) {
        this.#wake = new AbortController();
        await this.#clock.sleep(pause, this.#wake.signal);
        if (this.#wake.signal.aborted) continue;
      }
      // Those that are due a little later come along: one read for several.
      const started = this.#clock.now();
      const due = [...this.#waiters]
        .filter((waiter) => waiter.next <= started + WAIT.pollMinMs / 2)
        .toSorted((a, b) => a.next - b.next)
        .slice(0, BATCH);
      await this.#readOnce(due);
      const ended = this.#clock.now();
      earliest = ended + (ended - started) * REST_PER_READ;
    }
    this.#reading = false;
  }

  async #readOnce(due: readonly Waiter[]): Promise<void> {
    try {
      const jobs = await this.#store.getMany([...new Set(due.map(({ jobId }) => jobId))]);
      const now = this.#clock.now();
      for (const waiter of due) {
        waiter.latest = jobs.get(waiter.jobId) ?? waiter.latest;
        if (waiter.wanted(waiter.latest) || now >= waiter.until || waiter.signal?.aborted) {
          this.#waiters.delete(waiter);
          waiter.resolve(waiter.latest);
          continue;
        }
        const pause = Math.min(WAIT.pollMaxMs, Math.max(WAIT.pollMinMs, (now - waiter.since) / 8));
        waiter.next = Math.min(now + pause, waiter.until);
      }
    } catch (error) {
      for (const waiter of due) {
        this.#waiters.delete(waiter);
        waiter.reject(error);
      }
    }
  }
}
