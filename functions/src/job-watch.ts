import type { Clock } from '@rce/core/clock.ts';
import type { Job } from '@rce/core/job.ts';
import { WAIT } from '@rce/core/limits.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import { onJobHint } from './job-hints.ts';

/** Jobs read by one call to the store. */
const BATCH = 100;
/** Reading takes at most a quarter of the time, however many wait: the runners need the store more. */
const REST_PER_READ = 3;

interface Waiter {
  readonly jobId: string;
  readonly since: number;
  readonly wanted: (job: Job) => boolean;
  readonly endOnly: boolean;
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
 * jobs and long ones are read seldom. Where hints come (job-hints.ts), they tell the job, or have it read at once, and
 * others are read only in case a hint was lost.
 */
export class JobWatch {
  readonly #store: Pick<JobStore, 'getMany'>;
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #reading = false;
  #hinted = false;
  /** Ends the pause between two reads, for a caller that has just come. */
  #wake = new AbortController();

  constructor(store: Pick<JobStore, 'getMany'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    onJobHint(({ jobId, ends, job }) => {
      this.#hinted = true;
      const hinted = [...this.#waiters].filter(
        (waiter) => waiter.jobId === jobId && (ends || !waiter.endOnly),
      );
      if (hinted.length === 0) return;
      if (job) this.#tell(hinted, new Map([[jobId, job]]));
      else void this.#readOnce(hinted);
    });
  }

  /**
   * Resolves with the job once it is as wanted, or as it is after `waitMs` milliseconds or when `signal` aborts.
   * @param first what the caller knows already.
   * @param options `endOnly`: no job is as wanted before its end, so that hints of other changes are no reason to read.
   */
  async wait(
    first: Job,
    waitMs: number,
    wanted: (job: Job) => boolean,
    options: { signal?: AbortSignal; endOnly?: boolean } = {},
  ): Promise<Job> {
    const { signal, endOnly = false } = options;
    if (waitMs <= 0 || wanted(first)) return first;
    const since = this.#clock.now();
    const over = new AbortController();
    const waiting = new Promise<Job>((resolve, reject) => {
      const waiter: Waiter = {
        jobId: first.jobId,
        since,
        wanted,
        endOnly,
        resolve,
        reject,
        latest: first,
        next: since + (this.#hinted ? WAIT.pollHintedMs : WAIT.pollFirstMs),
      };
      this.#waiters.add(waiter);
      // By its own clock, not by the reads: those of an overloaded store may take longer than the wait.
      void this.#clock.sleep(waitMs, AbortSignal.any([over.signal, ...(signal ? [signal] : [])])).then(() => {
        this.#waiters.delete(waiter);
        resolve(waiter.latest);
      });
      if (this.#reading) this.#wake.abort();
      else void this.#read();
    });
    return waiting.finally(() => over.abort());
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
      if (due.length > 0) await this.#readOnce(due);
      const ended = this.#clock.now();
      earliest = ended + (ended - started) * REST_PER_READ;
    }
    this.#reading = false;
  }

  async #readOnce(due: readonly Waiter[]): Promise<void> {
    try {
      this.#tell(due, await this.#store.getMany([...new Set(due.map(({ jobId }) => jobId))]));
    } catch (error) {
      for (const waiter of due) {
        this.#waiters.delete(waiter);
        waiter.reject(error);
      }
    }
  }

  #tell(waiters: readonly Waiter[], jobs: ReadonlyMap<string, Job>): void {
    const now = this.#clock.now();
    for (const waiter of waiters) {
      waiter.latest = jobs.get(waiter.jobId) ?? waiter.latest;
      if (waiter.wanted(waiter.latest)) {
        this.#waiters.delete(waiter);
        waiter.resolve(waiter.latest);
        continue;
      }
      const pause = Math.min(WAIT.pollMaxMs, Math.max(WAIT.pollMinMs, (now - waiter.since) / 8));
      waiter.next = now + (this.#hinted ? WAIT.pollHintedMs : pause);
    }
  }
}
