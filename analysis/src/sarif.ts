import type { AnalysisReport, Finding } from '@rce/core/report.ts';
import { CATEGORIES } from './rule.ts';
import { RULES } from './rules/index.ts';

const LEVEL: Readonly<Record<Finding['severity'], 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** GitHub's scale, from 0 to 10. */
const SECURITY_SEVERITY = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '0.0' } as const;

/** SARIF wants an absolute address; a copy of the engine's own pages has none that is known here. */
function cwePage(cwe: number): string {
  return `https://cwe.mitre.org/data/definitions/${cwe}.html`;
}

/** The report as SARIF 2.1.0; `uri` is the path of the analysed file, as its reader knows it. */
export function toSarif(report: AnalysisReport, uri: string) {
  const used = new Set(report.findings.map((finding) => finding.rule));
  const rules = RULES.filter((rule) => used.has(rule.id));
  const index = new Map(rules.map((rule, at) => [rule.id, at]));
  const [name = '', version = ''] = report.analyzer.split(' ');
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name,
            version,
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.message.replaceAll('{}', 'call') },
              fullDescription: { text: rule.why },
              help: {
                text: `${rule.remedy} Examples: docs/rules.md#${rule.id}`,
                markdown: `${rule.remedy} [Examples](docs/rules.md#${rule.id})`,
              },
              ...(rule.cwe === undefined ? {} : { helpUri: cwePage(rule.cwe) }),
              defaultConfiguration: { level: LEVEL[rule.severity] },
              properties: {
                category: CATEGORIES[rule.category],
                precision: rule.confidence,
                'security-severity': SECURITY_SEVERITY[rule.severity],
                tags: [
                  rule.category === 'quality' ? 'quality' : 'security',
                  ...(rule.cwe === undefined ? [] : [`external/cwe/cwe-${rule.cwe}`]),
                ],
              },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: [{ location: { uri: encodeURI(uri) }, sourceLanguage: report.language }],
        results: report.findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: index.get(finding.rule) ?? -1,
          level: LEVEL[finding.severity],
          message: { text: `${finding.message}. ${finding.remedy}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(uri), index: 0 },
                region: {
                  startLine: finding.line,
                  startColumn: finding.column,
                  endLine: finding.endLine,
                  endColumn: finding.endColumn,
                },
              },
            },
          ],
          ...(finding.suppressed ? { suppressions: [{ kind: 'inSource' }] } : {}),
          properties: { share: finding.share, confidence: finding.confidence },
        })),
        invocations: [{ executionSuccessful: report.complete }],
        properties: { score: report.score, level: report.level, metrics: report.metrics },
      },
    ],
  };
}
