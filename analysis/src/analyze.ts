import { type AnalysisReport, type Finding, MAX_FINDINGS, SEVERITIES } from '@rce/core/report.ts';
import { budget } from './budget.ts';
import { type LoadedGrammar, loadGrammar } from './grammars.ts';
import { type HiddenProgram, type Hit, Matcher } from './match.ts';
import { measure } from './metrics.ts';
import { Positions } from './positions.ts';
import { Program } from './program.ts';
import type { RuleLanguage } from './rule.ts';
import { RULES } from './rules/index.ts';
import { score } from './score.ts';
import { detect } from './shapes/index.ts';
import { isSuppressed, suppressions } from './suppress.ts';
import type { Dialect } from './syntax/dialect.ts';
import { javascript, typescript } from './syntax/javascript.ts';
import { python } from './syntax/python.ts';
import { SyntaxTree } from './syntax/tree.ts';

export const ANALYZER = 'rce-analysis 1.0.0';

const DIALECTS: Readonly<Record<string, { readonly dialect: Dialect; readonly rules: RuleLanguage }>> = {
  python: { dialect: python, rules: 'python' },
  javascript: { dialect: javascript, rules: 'javascript' },
  typescript: { dialect: typescript, rules: 'javascript' },
};

export const ANALYZED_LANGUAGES: readonly string[] = Object.keys(DIALECTS);

const MATCHERS: Readonly<Record<RuleLanguage, Matcher>> = {
  python: new Matcher(RULES, 'python'),
  javascript: new Matcher(RULES, 'javascript'),
};

export interface AnalyzeOptions {
  /**
   * Milliseconds of processor time for the work, from the moment the grammar is loaded. What is not read by
   * then is reported so. By default DEFAULT_BUDGET.
   */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
}

export class UnsupportedLanguageError extends Error {
  override readonly name = 'UnsupportedLanguageError';
}

/**
 * Reads a program without running it. Any text is accepted; the work is linear in its length and ends with
 * the budget, in which case the report is not `complete` and says so in a finding.
 *
 * @throws UnsupportedLanguageError for a language outside ANALYZED_LANGUAGES; the signal's reason when it is
 * aborted before the analysis begins.
 */
export async function analyze(
  request: { readonly language: string; readonly code: string },
  options: AnalyzeOptions = {},
): Promise<AnalysisReport> {
  const known = Object.hasOwn(DIALECTS, request.language) ? DIALECTS[request.language] : undefined;
  if (known === undefined) {
    throw new UnsupportedLanguageError(
      `${request.language} is not analysed; ${ANALYZED_LANGUAGES.join(', ')} are`,
    );
  }
  options.signal?.throwIfAborted();
  const loaded = await loadGrammar(known.dialect.grammar);
  options.signal?.throwIfAborted();

  const started = performance.now();
  const reading: Reading = { ...known, ...loaded, outOfTime: budget(options.budgetMs) };
  const { complete, hits, program } = read(request.code, reading, 0);
  if (!complete) MATCHERS[known.rules].shape('incomplete', 0, 0, '', hits);
  return report(request.language, request.code, complete, hits, program, started);
}

interface Reading extends LoadedGrammar {
  readonly dialect: Dialect;
  readonly rules: RuleLanguage;
  readonly outOfTime: () => boolean;
}

interface Read {
  readonly complete: boolean;
  readonly hits: Hit[];
  /** Absent where the text could not be parsed in time. */
  readonly program: Program | undefined;
}

function read(code: string, reading: Reading, depth: number): Read {
  const { dialect, outOfTime } = reading;
  const matcher = MATCHERS[reading.rules];
  const tree = parse(code, reading);
  const hits: Hit[] = [];
  const hidden: HiddenProgram[] = [];
  let complete = tree?.complete === true;
  let program: Program | undefined;
  if (tree !== undefined) {
    program = new Program(tree, dialect);
    complete = program.prepare(outOfTime) && complete;
    complete = matcher.run(program, hits, hidden, outOfTime) && complete;
  }
  complete = detect({ code, program, matcher, hits, outOfTime }) && complete;
  if (depth < MAX_HIDDEN_DEPTH) {
    for (const { code: text, start, end } of hidden) {
      const inner = read(text, reading, depth + 1);
      complete = inner.complete && complete;
      for (const hit of inner.hits) if (tells(hit)) hits.push({ ...hit, start, end, hidden: true });
    }
  }
  matcher.combine(hits);
  return { complete, hits, program };
}

/** A program in a text in a text in a text is suspicious enough without being read. */
const MAX_HIDDEN_DEPTH = 2;

/** Whether a finding inside a text says more than that the text is run. */
function tells({ rule }: Hit): boolean {
  return rule.severity !== 'info' && rule.severity !== 'low' && rule.category !== 'quality';
}

function parse(code: string, { parser, grammar, outOfTime }: Reading): SyntaxTree | undefined {
  const parsed = parser.parse(code, null, { progressCallback: outOfTime });
  if (parsed === null) {
    // A cancelled parser would go on where it stopped, with the next program.
    parser.reset();
    return undefined;
  }
  try {
    return new SyntaxTree(parsed, code, grammar, outOfTime);
  } finally {
    parsed.delete();
  }
}

function report(
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
      severity: rule.severity,
      confidence: hit.external ? 'high' : rule.confidence,
      category: rule.category,
      ...(rule.cwe === undefined ? {} : { cwe: rule.cwe }),
      message:
        rule.message.replaceAll('{}', hit.name) +
        (hit.external ? ', with data from outside' : '') +
        (hit.hidden ? ' (in the text that is run)' : ''),
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

function rank(hit: Hit): number {
  return hit.rule.category === 'quality' ? 0 : SEVERITIES.length - SEVERITIES.indexOf(hit.rule.severity);
}

function strength(hit: Hit): number {
  const confidence = hit.external ? 3 : { high: 3, medium: 2, low: 1 }[hit.rule.confidence];
  return rank(hit) * 4 + confidence;
}
