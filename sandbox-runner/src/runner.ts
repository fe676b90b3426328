import { DELIVERY } from '@rce/core/limits.ts';
import type { Message } from '@rce/core/ports/job-queue.ts';
import type { RunnerRegistry } from '@rce/core/ports/job-store.ts';
import { STATS } from '@rce/core/stats.ts';
import type { Emit, RunnerEvent } from './events.ts';
import { type Dependencies, processMessage } from './process-message.ts';
import { Slots } from './slots.ts';
import { Stats } from './stats.ts';

/** Longest wait of one receive, in milliseconds: what SQS allows. */
const RECEIVE_WAIT_MS = 20_000;
/** Messages of one receive: what SQS allows. */
const RECEIVE_MAX = 10;
/**
 * Pause after a receive that left slots free: the queue is likely empty. Looking again costs as much processor time as
 * a claim, so that waits until the job that was just taken is over, if it is a short one.
 */
const EMPTY_PAUSE_MS = 30;
const BACKOFF_MS = { first: 200, most: 5_000 };

export interface RunnerOptions extends Omit<Dependencies, 'background'> {
  readonly registry: RunnerRegistry;
  /** Jobs run at once. */
  readonly slots: number;
  /** How long running jobs may go on after `stop`, in milliseconds, before they are given back. */
  readonly drainMs: number;
}

/**
 * Polls the queue, takes only as many messages as it has free slots, and runs each job.
 * @param stop aborts to begin the graceful end: nothing new is taken, running jobs finish or are given back.
 */
export async function runUntil(stop: AbortSignal, options: RunnerOptions): Promise<void> {
  const slots = new Slots(options.slots);
  const draining = new AbortController();
  const background = new BackgroundWork(options.emit);
  const stats = new Stats();
  const announcing = announce(options, stats, slots, stop);
  const deps = {
    ...options,
    emit: (event: RunnerEvent) => {
      stats.record(event);
      options.emit(event);
    },
    background: (work: Promise<void>) => background.add(work),
  };
  await poll(deps, slots, stop, draining.signal);
  await slots.waitForIdle(AbortSignal.timeout(options.drainMs));
  draining.abort();
  await slots.waitForIdle(AbortSignal.timeout(DELIVERY.heartbeatMs));
  await background.settled();
  await announcing;
}

/** Work that goes on after a job has left its slot, such as storing a late analysis. */
class BackgroundWork {
  readonly #pending = new Set<Promise<void>>();
  readonly #emit: Emit;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  add(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#emit({ type: 'background-failed', error }))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }
}

async function poll(
  deps: Dependencies,
  slots: Slots,
  stop: AbortSignal,
  draining: AbortSignal,
): Promise<void> {
  const { queue, clock, emit } = deps;
  let backoffMs = BACKOFF_MS.first;
  while (!stop.aborted) {
    await slots.waitForRoom(stop);
    if (stop.aborted) return;
    try {
      const messages = await queue.receive(Math.min(slots.free, RECEIVE_MAX), RECEIVE_WAIT_MS, stop);
      backoffMs = BACKOFF_MS.first;
      for (const message of messages) void slots.occupy(() => runMessage(deps, message, draining));
      const some = messages.length > 0 && messages.length < RECEIVE_MAX;
      if (some && slots.free > 0) await clock.sleep(EMPTY_PAUSE_MS, stop);
    } catch (error) {
      if (stop.aborted) return;
      emit({ type: 'queue-failed', error });
      await clock.sleep(backoffMs, stop);
      backoffMs = Math.min(2 * backoffMs, BACKOFF_MS.most);
    }
  }
}

async function runMessage(deps: Dependencies, message: Message, draining: AbortSignal): Promise<void> {
  try {
    await processMessage(deps, message, draining);
  } catch (error) {
    // The store or the queue failed: the message comes back by itself when its visibility ends.
    deps.emit({ type: 'job-retried', job: message, error });
  }
}

/** Tells GET /api/languages, /api/health and /api/stats that this runner is alive, what it can run and what it did. */
async function announce(
  options: RunnerOptions,
  stats: Stats,
  slots: Slots,
  stop: AbortSignal,
): Promise<void> {
  const { registry, runnerId, sandbox, clock } = options;
  while (!stop.aborted) {
    const now = clock.now();
    const busy = slots.busy;
    const warm = sandbox.warm();
    const announcement = {
      runnerId,
      driver: sandbox.driver,
      languages: sandbox.languages(),
      slots: slots.total,
      busy,
      seenAt: now,
      samples: stats.sample(now, { busy, pool: warm.waiting }),
    };
    options.emit({ type: 'sampled', slots: slots.total, busy, warm });
    await registry
      .announce(announcement, DELIVERY.runnerTtlMs)
      .catch((error) => options.emit({ type: 'background-failed', error }));
    await clock.sleep(STATS.sampleMs, stop);
  }
  await registry.withdraw(runnerId).catch(() => undefined);
}
