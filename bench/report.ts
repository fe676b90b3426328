import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** One line of a benchmark's report. */
export interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'per s';
  readonly p50: number;
  readonly p95: number;
  /** How many were measured. */
  readonly n: number;
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Measures `call` n times, after one time that does not count. */
export async function benchmark(
  name: string,
  n: number,
  call: () => Promise<void>,
  pauseMs = 0,
): Promise<Row> {
  await call();
  const samples: number[] = [];
  for (let index = 0; index < n; index++) {
    if (pauseMs > 0) await sleep(pauseMs);
    const startedAt = performance.now();
    await call();
    samples.push(performance.now() - startedAt);
  }
  return summarize(name, samples);
}

/** The nearest-rank percentiles of some milliseconds. */
export function summarize(name: string, samples: readonly number[]): Row {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { name, unit: 'ms', p50: at(0.5), p95: at(0.95), n: samples.length };
}

/** Prints the rows as a table and, with `--json FILE`, writes them to a file. */
export function report(rows: readonly Row[]): void {
  const { values } = parseArgs({ options: { json: { type: 'string' } } });
  const rounded = rows.map((row) => ({ ...row, p50: round(row.p50), p95: round(row.p95) }));
  console.table(Object.fromEntries(rounded.map(({ name, ...row }) => [name, row])));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rounded, null, 2)}\n`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
