import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { METRICS } from '@rce/core/metrics.ts';
import { describeLayer } from '../../e2e/support/layers.ts';
import { DASHBOARD_UID, dashboard, ROWS } from './dashboard.ts';
import { selectorsOf } from './expressions.ts';
import { Metrics } from './metrics.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(root(path), 'utf8');
const alerts = read('observability/prometheus/rules/alerts.yml');
const recording = read('observability/prometheus/rules/recording.yml');
const alertNames = [...new Set([...alerts.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name))];
const PROMTOOL = '/usr/bin/promtool';

describe('alerts', () => {
  it.each(alertNames)('%s has a heading in the runbook, a link to it, and a test', (name) => {
    expect(read('docs/operations.md')).toContain(`### ${name}\n`);
    expect(alerts).toContain(`runbook: docs/operations.md#${name.toLowerCase()}`);
    expect(read('observability/prometheus/tests/alerts.test.yml')).toContain(`alertname="${name}"`);
  });
});

describe('expressions', () => {
  const recorded = new Set([...recording.matchAll(/- record: (\S+)/g)].map(([, name = '']) => name));
  const known = (name: string) => {
    const base = name.replace(/_(?:bucket|count|sum)$/, '');
    return (
      base in METRICS || name in METRICS || recorded.has(name) || /^(?:up$|process_|container_)/.test(name)
    );
  };
  const expressions = [
    ...ROWS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr))),
    ...[alerts, recording].flatMap((rules) =>
      [...rules.matchAll(/expr: (?:>-\n\s+)?(.*)/g)].map(([, expr = '']) => expr),
    ),
  ];

  it('name only metrics of the table, and recorded ones', () => {
    const names = expressions.flatMap(selectorsOf).map((selector) => selector.replace(/\{.*/, ''));
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !known(name))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('is the one that is provisioned', () => {
    const file: unknown = JSON.parse(read('observability/grafana/dashboards/rce-engine.json'));
    expect(file).toEqual(dashboard());
    expect(file).toMatchObject({ uid: DASHBOARD_UID, title: 'RCE Engine Dashboard' });
  });

  it('has panels that neither overlap nor leave the grid', () => {
    const cells = new Set<string>();
    for (const panel of dashboard().panels) {
      const { gridPos } = panel as { gridPos: { x: number; y: number; w: number; h: number } };
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x).toBeLessThan(24);
          expect(cells.has(`${x},${y}`)).toBe(false);
          cells.add(`${x},${y}`);
        }
      }
    }
  });
});

describe('metrics', () => {
  it('are counted with their labels, and only those that the program has', async () => {
    const metrics = new Metrics(['rce_queue_errors_total', 'rce_analysis_seconds']);
    metrics.count('rce_queue_errors_total', {}, 2);
    metrics.observeMs('rce_analysis_seconds', {}, 3);
    metrics.set('rce_slots', {}, 1);
    const text = await metrics.registry.metrics();
    expect(text).toContain('rce_queue_errors_total 2');
    expect(text).toContain('rce_analysis_seconds_bucket{le="0.005"} 1');
    expect(text).not.toContain('rce_slots');
  });
});

const noPromtool = existsSync(PROMTOOL) ? undefined : 'there is no promtool (apt-get install prometheus)';
describeLayer('prometheus', noPromtool, 'promtool', () => {
  const promtool = (...args: string[]) => execFileSync(PROMTOOL, args, { encoding: 'utf8' });

  it('accepts the configuration and the rules', () => {
    expect(promtool('check', 'config', root('observability/prometheus/embedded.yml'))).toContain('SUCCESS');
    promtool('check', 'config', '--syntax-only', root('observability/prometheus/prometheus.yml'));
  });

  it('finds that each alert fires when it should and stays silent when it should not', () => {
    expect(promtool('test', 'rules', root('observability/prometheus/tests/alerts.test.yml'))).toContain(
      'SUCCESS',
    );
  });
});
