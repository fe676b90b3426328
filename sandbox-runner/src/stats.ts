import { STATS, type StatsSample } from '@rce/core/stats.ts';
import type { RunnerEvent } from './events.ts';

/** Durations kept of one sample; more would hardly change its quantiles. */
const MOST_DURATIONS = 2_000;

interface Gauges {
  readonly busy: number;
  readonly pool: number;
}

/** Gathers what GET /api/stats shows of this runner: a short history, in samples of a few seconds. */
export class Stats {
  #samples: StatsSample[] = [];
  #verdicts: StatsSample['verdicts'] = {};
  #durations: number[] = [];

  record(event: RunnerEvent): void {
    if (event.type !== 'job-finished') return;
    const { verdict } = event.result;
    this.#verdicts[verdict] = (this.#verdicts[verdict] ?? 0) + 1;
    if (this.#durations.length < MOST_DURATIONS) this.#durations.push(event.endToEndMs);
  }

  /** Ends the current sample and answers with the history, oldest first. Idle samples are left out. */
  sample(now: number, { busy, pool }: Gauges): readonly StatsSample[] {
    const durations = this.#durations.toSorted((a, b) => a - b);
    const idle = durations.length === 0 && busy === 0;
    if (!idle) {
      const [p50, p95] = [quantile(durations, 0.5), quantile(durations, 0.95)];
      this.#samples.push({ at: now, verdicts: this.#verdicts, p50, p95, busy, pool });
    }
    this.#verdicts = {};
    this.#durations = [];
    const oldest = now - STATS.samples * STATS.sampleMs;
    this.#samples = this.#samples.filter((sample) => sample.at > oldest);
    return this.#samples;
  }
}

/** Of sorted values; null of none. */
function quantile(sorted: readonly number[], q: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
}
