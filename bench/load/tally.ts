import type { KindName } from './mix.ts';

/** What became of one submission. */
export interface Sample {
  readonly kind: KindName;
  readonly latencyMs: number;
  /** The verdict, or what went wrong on the way. */
  readonly outcome: string;
  readonly expected: boolean;
}

export interface Row {
  readonly name: string;
  readonly count: number;
  readonly unexpected: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly worst: number;
}

export class Tally {
  readonly samples: Sample[] = [];
  sent = 0;

  rows(): Row[] {
    const kinds = [...new Set(this.samples.map(({ kind }) => kind))].toSorted();
    const rows = kinds.map((kind) =>
      toRow(
        kind,
        this.samples.filter((sample) => sample.kind === kind),
      ),
    );
    return kinds.length > 1 ? [...rows, toRow('all', this.samples)] : rows;
  }

  /** Outcomes by how often they came. */
  outcomes(): [outcome: string, count: number][] {
    const counts = new Map<string, number>();
    for (const { outcome } of this.samples) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    return [...counts].toSorted((a, b) => b[1] - a[1]);
  }
}

function toRow(name: string, samples: readonly Sample[]): Row {
  const sorted = samples.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return {
    name,
    count: samples.length,
    unexpected: samples.filter(({ expected }) => !expected).length,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    worst: sorted.at(-1) ?? 0,
  };
}
