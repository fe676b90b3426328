/** The Grafana dashboard, as data. `npm run docs` writes it to observability/grafana/dashboards/. */

interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly what: string;
  readonly type: 'timeseries' | 'gauge' | 'stat' | 'heatmap';
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
  readonly stack?: boolean;
  /** Values from which a gauge or number turns yellow and red. */
  readonly thresholds?: readonly [yellow: number, red: number];
}

interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const CONTAINERS = 'name=~"rce-.+"';
const WORKER = 'job="sandbox-runner"';

const quantile = (q: number, metric: string, by = ''): string =>
  `histogram_quantile(${q}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket[5m])))`;

export const ROWS: readonly Row[] = [
  {
    title: 'Overview',
    panels: [
      {
        title: 'Service status',
        what: '1 when Prometheus reaches the service.',
        type: 'stat',
        unit: 'short',
        width: 6,
        queries: [{ expr: 'up', legend: '{{job}}' }],
      },
      {
        title: 'Running containers',
        what: 'Containers of the engine, those of jobs included.',
        type: 'stat',
        unit: 'short',
        width: 4,
        queries: [{ expr: `count(container_last_seen{${CONTAINERS}})`, legend: 'containers' }],
      },
      {
        title: 'Memory in total',
        what: 'Working sets of all containers of the engine.',
        type: 'stat',
        unit: 'bytes',
        width: 4,
        queries: [{ expr: `sum(container_memory_working_set_bytes{${CONTAINERS}})`, legend: 'memory' }],
      },
      {
        title: 'Network in total',
        what: 'Received and sent by all containers of the engine; those of jobs have no network.',
        type: 'stat',
        unit: 'Bps',
        width: 4,
        queries: [
          { expr: `sum(rate(container_network_receive_bytes_total{${CONTAINERS}}[5m]))`, legend: 'in' },
          { expr: `sum(rate(container_network_transmit_bytes_total{${CONTAINERS}}[5m]))`, legend: 'out' },
        ],
      },
      {
        title: 'Worker CPU',
        what: 'Processors that the runner itself uses.',
        type: 'gauge',
        unit: 'percentunit',
        width: 3,
        thresholds: [0.7, 0.9],
        queries: [{ expr: `max(rate(process_cpu_seconds_total{${WORKER}}[1m]))`, legend: 'cpu' }],
      },
      {
        title: 'Worker memory',
        what: 'Resident memory of the runner itself.',
        type: 'gauge',
        unit: 'bytes',
        width: 3,
        thresholds: [500e6, 900e6],
        queries: [{ expr: `max(process_resident_memory_bytes{${WORKER}})`, legend: 'memory' }],
      },
    ],
  },
  {
    title: 'Jobs',
    panels: [
      {
        title: 'Jobs per second, by verdict',
        what: 'Finished jobs.',
        type: 'timeseries',
        unit: 'ops',
        width: 8,
        stack: true,
        queries: [{ expr: 'sum by (verdict) (rate(rce_jobs_total[1m]))', legend: '{{verdict}}' }],
      },
      {
        title: 'From submission to result',
        what: 'All jobs, each column a moment.',
        type: 'heatmap',
        unit: 's',
        width: 8,
        queries: [
          { expr: 'sum by (le) (increase(rce_job_end_to_end_seconds_bucket[1m]))', legend: '{{le}}' },
        ],
      },
      {
        title: "Beyond the program's own time",
        what: 'What the engine adds: queue, sandbox, result.',
        type: 'timeseries',
        unit: 's',
        width: 8,
        queries: [
          { expr: quantile(0.5, 'rce_job_overhead_seconds'), legend: 'p50' },
          { expr: quantile(0.95, 'rce_job_overhead_seconds'), legend: 'p95' },
          { expr: quantile(0.99, 'rce_job_overhead_seconds'), legend: 'p99' },
        ],
      },
      {
        title: 'Queue',
        what: 'Messages that wait and that are being worked on.',
        type: 'timeseries',
        unit: 'short',
        width: 6,
        queries: [{ expr: 'max by (state) (rce_queue_jobs)', legend: '{{state}}' }],
      },
      {
        title: 'Age of the oldest queued job',
        what: 'What a new job has to expect.',
        type: 'timeseries',
        unit: 's',
        width: 6,
        queries: [{ expr: 'max(rce_queue_oldest_seconds)', legend: 'oldest' }],
      },
      {
        title: 'Warm pool',
        what: 'Sandboxes that wait, and how many should.',
        type: 'timeseries',
        unit: 'short',
        width: 6,
        queries: [
          { expr: 'sum(rce_pool_size)', legend: 'waiting' },
          { expr: 'sum(rce_pool_target)', legend: 'wanted' },
        ],
      },
      {
        title: 'Warm starts',
        what: 'Share of the jobs that found a sandbox ready.',
        type: 'timeseries',
        unit: 'percentunit',
        width: 6,
        queries: [{ expr: 'rce:warm_starts:ratio5m', legend: 'warm' }],
      },
      {
        title: 'Wait for a sandbox',
        what: 'p95, warm and cold.',
        type: 'timeseries',
        unit: 's',
        width: 6,
        queries: [{ expr: quantile(0.95, 'rce_job_pool_wait_seconds', 'start'), legend: '{{start}}' }],
      },
      {
        title: 'Slots',
        what: 'Jobs that can run at once, and how many more could.',
        type: 'timeseries',
        unit: 'short',
        width: 6,
        queries: [
          { expr: 'sum(rce_slots)', legend: 'all' },
          { expr: 'sum(rce_slots_free)', legend: 'free' },
        ],
      },
      {
        title: 'Program time, by language',
        what: 'p95 of the wall-clock time.',
        type: 'timeseries',
        unit: 's',
        width: 6,
        queries: [{ expr: quantile(0.95, 'rce_job_execution_seconds', 'language'), legend: '{{language}}' }],
      },
      {
        title: 'Peak memory, by language',
        what: 'p95, where it is known.',
        type: 'timeseries',
        unit: 'bytes',
        width: 6,
        queries: [{ expr: quantile(0.95, 'rce_job_memory_peak_bytes', 'language'), legend: '{{language}}' }],
      },
      {
        title: 'Findings of the analysis',
        what: 'By severity.',
        type: 'timeseries',
        unit: 'ops',
        width: 6,
        queries: [
          { expr: 'sum by (severity) (rate(rce_analysis_findings_total[5m]))', legend: '{{severity}}' },
        ],
      },
      {
        title: 'Analysis time',
        what: 'As the runner waits for it.',
        type: 'timeseries',
        unit: 's',
        width: 6,
        queries: [
          { expr: quantile(0.5, 'rce_analysis_seconds'), legend: 'p50' },
          { expr: quantile(0.95, 'rce_analysis_seconds'), legend: 'p95' },
        ],
      },
      {
        title: 'Docker API',
        what: 'p95 by operation.',
        type: 'timeseries',
        unit: 's',
        width: 6,
        queries: [
          { expr: quantile(0.95, 'rce_docker_request_seconds', 'operation'), legend: '{{operation}}' },
        ],
      },
      {
        title: 'Retries, redeliveries, lost leases',
        what: 'What the engine had to mend by itself.',
        type: 'timeseries',
        unit: 'ops',
        width: 6,
        queries: [
          { expr: 'sum(rate(rce_job_retries_total[5m]))', legend: 'retries' },
          { expr: 'sum(rate(rce_redeliveries_total[5m]))', legend: 'redeliveries' },
          { expr: 'sum(rate(rce_leases_lost_total[5m]))', legend: 'lost leases' },
        ],
      },
    ],
  },
  {
    title: 'Service levels',
    panels: [
      {
        title: 'Jobs without internal-error, 1 h',
        what: 'Service level: 99.9 %.',
        type: 'stat',
        unit: 'percentunit',
        width: 6,
        queries: [{ expr: '1 - rce:internal_errors:ratio1h', legend: 'good' }],
      },
      {
        title: 'Results in time, 1 h',
        what: "Service level: 95 % within 1 s beyond the program's own time.",
        type: 'stat',
        unit: 'percentunit',
        width: 6,
        queries: [{ expr: '1 - rce:slow_results:ratio1h', legend: 'good' }],
      },
      {
        title: 'Error budgets',
        what: 'How many times too fast they burn; 1 uses up exactly the budget of 30 days in 30 days.',
        type: 'timeseries',
        unit: 'short',
        width: 12,
        queries: [
          { expr: 'rce:internal_errors:ratio1h / 0.001', legend: 'internal errors' },
          { expr: 'rce:slow_results:ratio1h / 0.05', legend: 'slow results' },
        ],
      },
    ],
  },
  {
    title: 'Containers',
    panels: [
      {
        title: 'CPU by container',
        what: 'Processors used.',
        type: 'timeseries',
        unit: 'short',
        width: 12,
        stack: true,
        queries: [
          {
            expr: `sum by (name) (rate(container_cpu_usage_seconds_total{${CONTAINERS}}[1m]))`,
            legend: '{{name}}',
          },
        ],
      },
      {
        title: 'Memory by container',
        what: 'Working set.',
        type: 'timeseries',
        unit: 'bytes',
        width: 12,
        stack: true,
        queries: [
          { expr: `sum by (name) (container_memory_working_set_bytes{${CONTAINERS}})`, legend: '{{name}}' },
        ],
      },
      {
        title: 'Network in',
        what: 'Received.',
        type: 'timeseries',
        unit: 'Bps',
        width: 12,
        queries: [
          {
            expr: `sum by (name) (rate(container_network_receive_bytes_total{${CONTAINERS}}[1m]))`,
            legend: '{{name}}',
          },
        ],
      },
      {
        title: 'Network out',
        what: 'Sent.',
        type: 'timeseries',
        unit: 'Bps',
        width: 12,
        queries: [
          {
            expr: `sum by (name) (rate(container_network_transmit_bytes_total{${CONTAINERS}}[1m]))`,
            legend: '{{name}}',
          },
        ],
      },
    ],
  },
];

export const DASHBOARD_UID = 'rce-engine';
const COLUMNS = 24;
const HEIGHT = { stat: 5, gauge: 5, timeseries: 8, heatmap: 8 } as const;

/** The dashboard as Grafana imports it. */
export function dashboard(rows: readonly Row[] = ROWS) {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y: y++, w: COLUMNS, h: 1 },
    });
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += height;
        height = 0;
      }
      const h = HEIGHT[panel.type];
      panels.push({ id: panels.length + 1, ...panelModel(panel), gridPos: { x, y, w: panel.width, h } });
      x += panel.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return {
    uid: DASHBOARD_UID,
    title: 'RCE Engine Dashboard',
    tags: ['rce-engine'],
    timezone: 'browser',
    schemaVersion: 39,
    version: 1,
    editable: false,
    refresh: '5s',
    time: { from: 'now-30m', to: 'now' },
    panels,
  };
}

function panelModel(panel: Panel) {
  const [yellow, red] = panel.thresholds ?? [];
  const steps = [
    { color: 'green', value: null },
    ...(yellow === undefined ? [] : [{ color: 'yellow', value: yellow }]),
    ...(red === undefined ? [] : [{ color: 'red', value: red }]),
  ];
  return {
    type: panel.type,
    title: panel.title,
    description: panel.what,
    datasource: { type: 'prometheus', uid: 'prometheus' },
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      expr,
      legendFormat: legend,
      ...(panel.type === 'heatmap' ? { format: 'heatmap' } : {}),
    })),
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        min: 0,
        thresholds: { mode: 'absolute', steps },
        ...(panel.type === 'timeseries'
          ? { custom: { fillOpacity: 10, lineWidth: 1, stacking: { mode: panel.stack ? 'normal' : 'none' } } }
          : {}),
      },
      overrides: [],
    },
    ...(panel.type === 'heatmap' ? { options: { calculate: false, yAxis: { unit: panel.unit } } } : {}),
  };
}
