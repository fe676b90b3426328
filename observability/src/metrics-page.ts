import { METRICS } from '@rce/core/metrics.ts';

/** docs/metrics.md, from core's table. */
export function metricsPage(): string {
  const rows = Object.entries(METRICS).map(([name, row]) => {
    const labels = 'labels' in row ? row.labels.join(', ') : '';
    return `| \`${name}\` | ${row.type} | ${labels} | ${row.help} |`;
  });
  return `# Metrics

Generated from \`core/src/metrics.ts\` by \`npm run docs\`; change it there. Durations are in seconds, and their
histograms resolve 1 ms to 60 s. Values of labels come from tables of the engine, never from what users send, so
the number of series is bounded. The runner serves its metrics at \`/metrics\` on \`RCE_METRICS_PORT\`, and the
process metrics of prom-client (\`process_*\`, \`nodejs_*\`) with them. \`http_request_duration_seconds\`,
\`rce_function_duration_seconds\` and \`rce_reconciled_jobs_total\` are the functions': the function host of \`npm start\`
serves them at \`/metrics\`; in AWS each function writes them into its log in CloudWatch's embedded format, under the
same names, in the namespace that is the stacks' prefix (\`RCE_METRICS_NAMESPACE\`).

| name | type | labels | what |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
