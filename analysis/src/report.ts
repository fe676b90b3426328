import type { AnalysisReport, Finding } from '@rce/core/report.ts';
import { MAX_FINDINGS, SEVERITIES } from '@rce/core/severities.ts';
import type { Hit } from './match.ts';
import { measure } from './metrics.ts';
import { Positions } from './positions.ts';
import type { Program } from './program.ts';
import { INCOMPLETE } from './rules/syntax.ts';
import { score } from './score.ts';
import { isSuppressed, suppressions } from './suppress.ts';

export const ANALYZER = 'rce-analysis 1.0.0';

/** What is said of a program that could not be read: nothing is known of it, so it is not called clean. */
export function unreadable(language: string, code: string, started: number): AnalysisReport {
  const hit: Hit = { rule: INCOMPLETE, start: 0, end: 0, name: '', external: false };
  return report(language, code, false, [hit], undefined, started);
}

/** @param started when the analysis began, by performance.now(). */
export function report(
  language: string,
  code: string,
  complete: boolean,
  hits: readonly Hit[],
  program: Program | undefined,
  started: number,
): AnalysisReport {
  const positions = new Positions(code);
  const off =
    program === undefined ? new Map() : suppressions(program.tree, (offset) => positions.line(offset));
  const strongest = onePerPlace(hits);
  const kept = strongest.slice(0, MAX_FINDINGS);
  const findings = kept.map((hit): Omit<Finding, 'share'> => {
    const { rule } = hit;
    const line = positions.line(hit.start);
    return {
      rule: rule.id,
      severity: severityOf(hit),
      confidence: hit.external ? 'high' : rule.confidence,
      category: rule.category,
      ...(rule.cwe === undefined ? {} : { cwe: rule.cwe }),
      message:
        rule.message.replaceAll('{}', hit.name) +
        (hit.external ? ', with data from outside' : '') +
        (hit.hidden ? ' (in the text that is run)' : '') +
        (hit.harmless === undefined ? '' : ` (${HARMLESS[hit.harmless]})`),
      why: rule.why,
      remedy: rule.remedy,
      line,
      column: positions.column(hit.start),
      endLine: positions.line(hit.end),
      endColumn: positions.column(hit.end),
      suppressed: isSuppressed(off, line, rule.id),
    };
  });
  const scored = findings.map((finding) => ({ ...finding, scored: finding.category !== 'quality' }));
  const { score: points, level, shares } = score(scored);
  return {
    language,
    score: points,
    level,
    complete,
    findings: findings.map((finding, index) => ({ ...finding, share: shares[index] ?? 0 })),
    omitted: strongest.length - kept.length,
    metrics: measure(positions.lines, program),
    durationMs: Math.round((performance.now() - started) * 100) / 100,
    analyzer: ANALYZER,
  };
}

/** One finding of a category at each place, the strongest; the most severe first, then as in the source. */
function onePerPlace(hits: readonly Hit[]): Hit[] {
  const best = new Map<string, Hit>();
  for (const hit of hits) {
    const key = `${hit.rule.category} ${hit.start} ${hit.end}`;
    const rival = best.get(key);
    if (rival === undefined || strength(hit) > strength(rival)) best.set(key, hit);
  }
  return [...best.values()].sort(
    (a, b) => rank(b) - rank(a) || a.start - b.start || a.rule.id.localeCompare(b.rule.id),
  );
}

const HARMLESS = {
  unreached: 'where the program never comes',
  checked: 'after it was compared with a few words',
} as const;

/** What does nothing as it stands is said all the same: one change of the program, and it does. */
function severityOf({ rule, harmless }: Hit): Finding['severity'] {
  return harmless === undefined || rule.severity === 'info' ? rule.severity : 'low';
}

function rank(hit: Hit): number {
  return hit.rule.category === 'quality' ? 0 : SEVERITIES.length - SEVERITIES.indexOf(severityOf(hit));
}

function strength(hit: Hit): number {
  const confidence = hit.external ? 3 : { high: 3, medium: 2, low: 1 }[hit.rule.confidence];
  return rank(hit) * 4 + confidence;
}
