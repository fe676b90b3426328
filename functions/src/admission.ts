import type { Clock } from '@rce/core/clock.ts';
import { ApiError } from '@rce/core/errors.ts';
import type { Language } from '@rce/core/language.ts';
import { ADMISSION, DELIVERY } from '@rce/core/limits.ts';
import type { JobQueue } from '@rce/core/ports/job-queue.ts';
import type { JobStore, RunnerAnnouncement, RunnerRegistry } from '@rce/core/ports/job-store.ts';

/** How long an answer about queue and runners is good enough, in milliseconds. */
const FRESH_MS = 2_000;
/** How long it will do while the next one is fetched, beside the submission and not before it. */
const USABLE_MS = 10_000;
/** The next one is fetched this many milliseconds later: until then it would slow down the job just submitted. */
const FETCH_AFTER_MS = 100;
const RETRY_AFTER = { 'retry-after': '30' } as const;

interface Situation {
  readonly at: number;
  readonly waiting: number;
  readonly oldest: number | undefined;
  readonly runners: readonly RunnerAnnouncement[];
}

/**
 * Decides whether the engine takes a job now. What it knows of queue and runners is a few seconds old, so that
 * most submissions cost no call and few wait for one; those accepted since are counted on top.
 */
export class Admission {
  readonly #store: Pick<JobStore, 'oldestQueued'>;
  readonly #queue: Pick<JobQueue, 'depth'>;
  readonly #runners: Pick<RunnerRegistry, 'alive'>;
  readonly #clock: Clock;
  #situation: Situation | undefined;
  #asking: Promise<void> | undefined;
  #acceptedSince = 0;

  constructor(
    store: Pick<JobStore, 'oldestQueued'>,
    queue: Pick<JobQueue, 'depth'>,
    runners: Pick<RunnerRegistry, 'alive'>,
    clock: Clock,
  ) {
    this.#store = store;
    this.#queue = queue;
    this.#runners = runners;
    this.#clock = clock;
  }

  /** @throws ApiError queue-full or language-unavailable */
  async check(language: Language): Promise<void> {
    const age = this.#situation ? this.#clock.now() - this.#situation.at : Number.POSITIVE_INFINITY;
    if (age > FRESH_MS) {
      this.#asking ??= this.#ask(age > USABLE_MS ? 0 : FETCH_AFTER_MS);
      if (age > USABLE_MS) await this.#asking;
    }
    // A part that does not answer is no reason to refuse: storing and queueing the job will tell.
    if (!this.#situation) return;
    const { waiting, oldest, runners } = this.#situation;
    if (waiting + this.#acceptedSince >= ADMISSION.queueJobs) {
      throw new ApiError('queue-full', `${ADMISSION.queueJobs} jobs wait already.`, { headers: RETRY_AFTER });
    }
    const late = oldest !== undefined && this.#clock.now() - oldest > ADMISSION.backlogMs;
    if (late && waiting >= ADMISSION.backlogJobs) {
      const minutes = ADMISSION.backlogMs / 60_000;
      throw new ApiError('queue-full', `Jobs wait longer than ${minutes} minutes.`, { headers: RETRY_AFTER });
    }
    refuseUnavailable(language, runners);
    this.#acceptedSince++;
  }

  async #ask(afterMs: number): Promise<void> {
    await this.#clock.sleep(afterMs);
    const at = this.#clock.now();
    try {
      const [depth, oldest, runners] = await Promise.all([
        this.#queue.depth(),
        this.#store.oldestQueued(),
        this.#runners.alive(at - DELIVERY.runnerTtlMs),
      ]);
      this.#situation = { at, waiting: depth.waiting, oldest, runners };
      this.#acceptedSince = 0;
    } catch {
      this.#situation = undefined;
    } finally {
      this.#asking = undefined;
    }
  }
}

/** A job that no runner here can run would only fail later; with no runner alive, one that can may yet come. */
function refuseUnavailable(language: Language, runners: readonly RunnerAnnouncement[]): void {
  const known = runners.flatMap((runner) => runner.languages.filter(({ id }) => id === language.id));
  if (known.length === 0 || known.some(({ available }) => available)) return;
  const reason = known.find((entry) => entry.reason !== undefined)?.reason ?? '';
  throw new ApiError('language-unavailable', `${language.name}: ${reason}`.trim(), {
    errors: [{ path: 'language', message: 'cannot be run here' }],
  });
}
