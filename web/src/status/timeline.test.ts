import { describe, expect, it } from '@jest/globals';
import type { EngineStats } from '../api/client.ts';
import { toTimeline } from './timeline.ts';

const NOW = 1_000_000_000_000;
const sample = (ago: number, ok: number, p50: number | null) => ({
  at: NOW - ago,
  verdicts: { ok, 'runtime-error': 1 },
  p50,
  p95: p50 === null ? null : p50 * 2,
  busy: 1,
  pool: 1,
});
const runner = (samples: ReturnType<typeof sample>[]) => ({
  runnerId: 'r',
  driver: 'wasm' as const,
  slots: 2,
  busy: 0,
  samples,
});
const stats = (...runners: ReturnType<typeof runner>[]): EngineStats => ({
  now: NOW,
  sampleSeconds: 5,
  queue: { waiting: 0, inFlight: 0, oldestSeconds: 0 },
  runners,
});

describe('the timeline', () => {
  it('covers five minutes, whatever happened in them', () => {
    const timeline = toTimeline(stats());
    expect(timeline).toHaveLength(60);
    expect(timeline.every((slice) => slice.jobs === 0 && slice.p50 === null)).toBe(true);
  });

  it('adds up what runners did, and keeps the slowest of their quantiles', () => {
    const timeline = toTimeline(stats(runner([sample(0, 3, 10)]), runner([sample(0, 2, 40)])));
    expect(timeline.at(-1)).toMatchObject({
      jobs: 7,
      p50: 40,
      p95: 80,
      verdicts: { ok: 5, 'runtime-error': 2 },
    });
  });

  it('puts each sample where it belongs and leaves out what is older', () => {
    const timeline = toTimeline(stats(runner([sample(400_000, 9, 1), sample(10_000, 4, 1)])));
    expect(timeline.map((slice) => slice.jobs).filter((jobs) => jobs > 0)).toEqual([5]);
    expect(timeline.at(-3)?.jobs).toBe(5);
  });
});
