/** Writes the documents that are generated: `npm run docs`; with --check it only says which are out of date. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rulesPage } from '@rce/analysis/rules-page.ts';
import { MAX_RUN_LIMITS } from '@rce/core/limits.ts';
import { apiMarkdown } from '@rce/functions/openapi/markdown.ts';
import { jsonSchemas } from '@rce/functions/openapi/schemas.ts';
import { dashboard } from '@rce/observability/dashboard.ts';
import { metricsPage } from '@rce/observability/metrics-page.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Each generated document with what writes it. */
const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'docs/api.md': () => apiMarkdown(jsonSchemas(MAX_RUN_LIMITS)),
  'docs/metrics.md': metricsPage,
  'docs/rules.md': rulesPage,
  'observability/grafana/dashboards/rce-engine.json': () => `${JSON.stringify(dashboard(), null, 2)}\n`,
};

/** Paths of the documents that differ from what would be generated. */
export function staleDocuments(): string[] {
  return Object.entries(DOCUMENTS)
    .filter(([path, render]) => {
      const file = join(ROOT, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== render();
    })
    .map(([path]) => path);
}

if (import.meta.main) {
  const stale = staleDocuments();
  if (process.argv.includes('--check')) {
    for (const path of stale) console.error(`${path} is out of date: run npm run docs`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const path of stale) {
      const file = join(ROOT, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, DOCUMENTS[path]?.() ?? '');
      console.log(`wrote ${path}`);
    }
  }
}
