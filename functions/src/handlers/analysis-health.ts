import { ANALYZED_LANGUAGES, type AnalyzedLanguage } from '@rce/analysis/languages.ts';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import { coldStart } from '../cold-start.ts';
import type { AnalysisHealth } from '../health.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { jsonResponse } from '../http/response.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';
import { localAnalyzer } from './analyze.ts';

/** Dangerous programs: an analyzer that works finds something in them. */
const PROBES: Readonly<Record<AnalyzedLanguage, string>> = {
  python: 'eval(input())',
  javascript: 'eval(input())',
  typescript: 'eval(input())',
  bash: 'rm -rf /',
  c: 'int main(int n, char **a) { return system(a[1]); }',
  cpp: 'int main(int n, char **a) { return system(a[1]); }',
  go: 'package main\nimport "os/exec"\nfunc main() { exec.Command("sh", "-c", x).Run() }',
  java: 'class Main { void f(String a) throws Exception { Runtime.getRuntime().exec(a); } }',
  php: '<?php eval($_GET["x"]);',
  ruby: 'eval(gets)',
  rust: 'fn main() { std::process::Command::new("sh").spawn(); }',
};

/** GET /analysis/health: 200, or 503 when a language is not analysed as it should be. */
export function createHandler({
  analyzer,
  log,
}: {
  readonly analyzer: Analyzer;
  readonly log: Log;
}): HttpHandler {
  return endpoint(log, async () => {
    const languages = await Promise.all(
      ANALYZED_LANGUAGES.map(async (id) => {
        try {
          const { findings, durationMs } = await analyzer.analyze({ language: id, code: PROBES[id] });
          return { id, status: findings.length > 0 ? ('ok' as const) : ('failing' as const), durationMs };
        } catch (error) {
          log('error', 'the analysis fails', { language: id, error });
          return { id, status: 'failing' as const, durationMs: null };
        }
      }),
    );
    const failing = languages.some(({ status }) => status === 'failing');
    const health: AnalysisHealth = { status: failing ? 'failing' : 'ok', languages };
    return jsonResponse(failing ? 503 : 200, health);
  });
}

export const handler = coldStart('analysis-health', () => {
  const settings = readSettings(SETTINGS['analysis-health']);
  return createHandler({
    analyzer: localAnalyzer,
    log: createLog('analysis-health', settings.RCE_LOG_LEVEL),
  });
});
