import { type LabelsOf, METRICS, type MetricName, type MetricsOfType } from '@rce/core/metrics.ts';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of core's table as prom-client has them, each with its own labels and nothing else. */
export class Metrics {
  readonly registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #histograms = new Map<MetricName, Histogram>();

  /** @param names the metrics that this program has; others would only show as zeros. */
  constructor(names: readonly MetricName[]) {
    collectDefaultMetrics({ register: this.registry });
    for (const name of names) this.#register(name);
  }

  count<Name extends MetricsOfType<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  set<Name extends MetricsOfType<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  /** Durations are observed in seconds; see `observeMs`. */
  observe<Name extends MetricsOfType<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  observeMs<Name extends MetricsOfType<'histogram'>>(name: Name, labels: LabelsOf<Name>, ms: number): void {
    this.observe(name, labels, ms / 1000);
  }

  /** Shows a histogram's series from the start, at zero. */
  declare<Name extends MetricsOfType<'histogram'>>(name: Name, labels: LabelsOf<Name>): void {
    this.#histograms.get(name)?.zero(labels);
  }

  #register(name: MetricName): void {
    const row = METRICS[name];
    const options = {
      name,
      help: row.help,
      labelNames: 'labels' in row ? [...row.labels] : [],
      registers: [this.registry],
    };
    switch (row.type) {
      case 'counter':
        this.#counters.set(name, new Counter(options));
        return;
      case 'gauge':
        this.#gauges.set(name, new Gauge(options));
        return;
      case 'histogram':
        this.#histograms.set(name, new Histogram({ ...options, buckets: [...row.buckets] }));
        return;
    }
  }
}
