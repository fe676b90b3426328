import type { EngineStats, Verdict } from '../api/client.ts';
import type { components } from '../api/schema.ts';

type Sample = components['schemas']['StatsSample'];

/** All runners together, in one slice of time. */
export interface Slice {
  /** Its end, in milliseconds since 1970. */
  readonly at: number;
  readonly jobs: number;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Milliseconds; null where no job finished. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** How many slices are shown: five minutes of five seconds. */
const SLICES = 60;

/** The last minutes without gaps: a runner writes no sample while it is idle. */
export function toTimeline({ now, sampleSeconds, runners }: EngineStats): Slice[] {
  const width = sampleSeconds * 1000;
  const last = Math.floor(now / width);
  const samples = new Map<number, Sample[]>();
  for (const sample of runners.flatMap((runner) => runner.samples)) {
    const slot = Math.floor(sample.at / width);
    samples.set(slot, [...(samples.get(slot) ?? []), sample]);
  }
  return Array.from({ length: SLICES }, (_, index) => {
    const slot = last - SLICES + 1 + index;
    return toSlice((slot + 1) * width, samples.get(slot) ?? []);
  });
}

function toSlice(at: number, samples: readonly Sample[]): Slice {
  const verdicts: Partial<Record<Verdict, number>> = {};
  for (const sample of samples) {
    for (const [verdict, count] of Object.entries(sample.verdicts) as [Verdict, number][]) {
      verdicts[verdict] = (verdicts[verdict] ?? 0) + count;
    }
  }
  const jobs = Object.values(verdicts).reduce((sum, count) => sum + count, 0);
  return { at, jobs, verdicts, p50: worst(samples, 'p50'), p95: worst(samples, 'p95') };
}

/** Quantiles of several runners cannot be added up; the slowest one says what someone had to wait. */
function worst(samples: readonly Sample[], name: 'p50' | 'p95'): number | null {
  const values = samples.map((sample) => sample[name]).filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
}
