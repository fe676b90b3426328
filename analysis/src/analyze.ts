import type { AnalysisReport } from '@rce/core/report.ts';
import { budget, DEFAULT_BUDGET, markWarm, nextBudget } from './budget.ts';
import { type LoadedGrammar, loadGrammar } from './grammars.ts';
import { type AnalyzedLanguage, isAnalyzed, UnsupportedLanguageError } from './languages.ts';
import { type HiddenProgram, type Hit, Matcher } from './match.ts';
import { Program } from './program.ts';
import { report } from './report.ts';
import type { RuleLanguage } from './rule.ts';
import { RULES } from './rules/index.ts';
import { lastAtMost } from './search.ts';
import { detect } from './shapes/index.ts';
import { c, cpp, go, java, rust } from './syntax/compiled.ts';
import type { Dialect } from './syntax/dialect.ts';
import { javascript } from './syntax/javascript.ts';
import { python } from './syntax/python.ts';
import { bash, php, ruby } from './syntax/scripted.ts';
import { SyntaxTree } from './syntax/tree.ts';

const DIALECTS: Readonly<Record<AnalyzedLanguage, Dialect>> = {
  python,
  javascript,
  typescript: javascript,
  bash,
  c,
  cpp,
  go,
  java,
  php,
  ruby,
  rust,
};

const MATCHERS = new Map<RuleLanguage, Matcher>();

function matcherOf(language: RuleLanguage): Matcher {
  const known = MATCHERS.get(language) ?? new Matcher(RULES, language);
  MATCHERS.set(language, known);
  return known;
}

export interface AnalyzedProgram {
  readonly language: string;
  readonly code: string;
}

export interface AnalyzeOptions {
  /** Milliseconds of processor time for the work. What is not read by then is reported so. */
  readonly budgetMs?: number;
  /** Called when the grammar is loaded and the work begins, with its budget. */
  readonly onStart?: (budgetMs: number) => void;
}

/**
 * Reads a program in the thread that calls it; isolated.ts does so in one that hostile text may ruin. Any text is
 * accepted; the work is linear in its length and ends with the budget, in which case the report is not `complete`
 * and says so in a finding.
 *
 * @throws UnsupportedLanguageError; an error of the parser, after which it cannot be used any more in this thread.
 */
export async function analyze(
  { language, code }: AnalyzedProgram,
  options: AnalyzeOptions = {},
): Promise<AnalysisReport> {
  if (!isAnalyzed(language)) throw new UnsupportedLanguageError(language);
  const dialect = DIALECTS[language];
  const loaded = await loadGrammar(language);
  const budgetMs = options.budgetMs ?? nextBudget(language);
  options.onStart?.(budgetMs);

  const started = performance.now();
  const reading: Reading = { dialect, ...loaded, outOfTime: budget(budgetMs) };
  const { complete, hits, program } = read(code, reading, 0);
  if (!complete) matcherOf(dialect.rules).shape('incomplete', 0, 0, '', hits);
  return report(language, code, complete, hits, program, started);
}

/** Characters: more have the engine compile little more. */
const REHEARSAL = 4_096;

/** Reads ordinary code of a language, so that the engine compiles what programs of it need. */
export async function rehearse(language: AnalyzedLanguage): Promise<void> {
  const { rules } = DIALECTS[language];
  const examples = RULES.filter(({ languages }) => languages.includes(rules)).map(({ good }) => good);
  await analyze(
    { language, code: examples.join('\n').slice(0, REHEARSAL) },
    { budgetMs: DEFAULT_BUDGET.cold },
  );
  markWarm(language);
}

interface Reading extends LoadedGrammar {
  readonly dialect: Dialect;
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
  const matcher = matcherOf(dialect.rules);
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
  if (program !== undefined) markUnreached(hits, program.unreached);
  matcher.combine(hits);
  return { complete, hits, program };
}

/** What stands behind a return does nothing. */
function markUnreached(hits: Hit[], places: readonly (readonly [number, number])[]): void {
  if (places.length === 0) return;
  // From the first to the last; what lies inside of another is part of it.
  const outer: (readonly [number, number])[] = [];
  for (const place of [...places].sort((a, b) => a[0] - b[0])) {
    if (place[0] >= (outer.at(-1)?.[1] ?? -1)) outer.push(place);
  }
  for (const [index, hit] of hits.entries()) {
    if (hit.rule.category === 'quality') continue;
    const place = outer[lastAtMost(outer, ([from]) => from, hit.start)];
    if (place !== undefined && hit.start < place[1]) hits[index] = { ...hit, harmless: 'unreached' };
  }
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
