/**
 * npm run analysis:eval -- DIR [--list]
 *
 * Precision and recall of the analyzer on a folder of annotated programs. What is expected stands either in
 * comments of the programs,
 *
 *     os.system(name)   # rce-expect: py-shell
 *
 * (a comment alone on its line speaks of the next line), or in DIR/expected.json:
 *
 *     { "a.py": { "12": ["py-shell"], "20-22": ["process"], "*": ["injection"] } }
 *
 * where the key is a line, a range, or `*` for anywhere, and an expectation is a rule, a category, or `any`.
 * Findings of severity `info` count where they are expected and are never false alarms.
 * Programs without expectations are ordinary ones: each scored finding in them is a false alarm.
 * Read are the files of all analysed languages up to 256 KiB, and scripts by their first line.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { analyze } from '@rce/analysis/analyze.ts';
import { isAnalyzed } from '@rce/analysis/languages.ts';
import { RULES } from '@rce/analysis/rules/index.ts';
import type { Finding } from '@rce/core/report.ts';
import { LANGUAGES as CATALOG } from '@rce/languages/catalog.ts';
import { z } from 'zod';

/** Which language a file name's end stands for: as the catalogue names its programs, and as others do too. */
const LANGUAGES = new Map<string, string>([
  ...CATALOG.filter(({ id }) => isAnalyzed(id)).map(({ id, fileName }) => [extname(fileName), id] as const),
  ...['.mjs', '.cjs', '.jsx'].map((end) => [end, 'javascript'] as const),
  ...['.mts', '.cts'].map((end) => [end, 'typescript'] as const),
  ['.bash', 'bash'],
  ['.h', 'c'],
  ...['.cc', '.cxx', '.hpp'].map((end) => [end, 'cpp'] as const),
]);
/** Scripts go by their first line, whatever they are called. */
const INTERPRETERS: readonly (readonly [RegExp, string])[] = [
  [/^#!\s*\S*(?:\/|env )(?:ba|da)?sh\b/, 'bash'],
  [/^#!\s*\S*(?:\/|env )python/, 'python'],
  [/^#!\s*\S*(?:\/|env )node\b/, 'javascript'],
  [/^#!\s*\S*(?:\/|env )ruby/, 'ruby'],
  [/^#!\s*\S*(?:\/|env )php/, 'php'],
];
const Expected = z.record(z.string(), z.record(z.string(), z.array(z.string())));
const CATEGORY = new Map(RULES.map((rule) => [rule.id, rule.category as string]));
const MAX_BYTES = 256 * 1024;

interface Expectation {
  readonly from: number;
  readonly to: number;
  readonly what: string;
}

/** Counts for one rule or category. */
class Tally {
  expected = 0;
  met = 0;
  reported = 0;
  right = 0;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { list: { type: 'boolean' } } });
const [dir] = positionals;
if (dir === undefined) {
  console.error('usage: npm run analysis:eval -- DIR [--list]');
  process.exit(2);
}

const expectedFile = readExpected(join(dir, 'expected.json'));
const tallies = { rule: new Map<string, Tally>(), category: new Map<string, Tally>() };
const total = new Tally();
const severe = { lines: 0, files: 0, findings: 0, high: [] as string[] };
const missed: string[] = [];
const alarms: string[] = [];

for (const { path, language, code } of programs(dir)) {
  const name = relative(dir, path);
  const report = await analyze({ language, code }, { budgetMs: 60_000 });
  const expectations = [...fromComments(code), ...fromFile(expectedFile[name] ?? {})];
  const matched = new Set<Finding>();
  for (const expectation of expectations) {
    const hits = report.findings.filter((finding) => meets(finding, expectation));
    total.expected += 1;
    if (hits.length > 0) total.met += 1;
    else missed.push(`${name}:${expectation.from || 'any'} ${expectation.what}`);
    for (const tally of talliesOf(expectation.what)) {
      tally.expected += 1;
      if (hits.length > 0) tally.met += 1;
    }
    for (const hit of hits) matched.add(hit);
  }
  severe.files += 1;
  severe.lines += report.metrics.lines;
  for (const finding of report.findings) {
    if (finding.suppressed || finding.severity === 'info') continue;
    severe.findings += 1;
    const where = `${name}:${finding.line} ${finding.severity} ${finding.rule}: ${finding.message}`;
    if (finding.severity === 'high' || finding.severity === 'critical') severe.high.push(where);
    const right = matched.has(finding);
    if (!right) alarms.push(where);
    for (const tally of [total, ...talliesOf(finding.rule)]) {
      tally.reported += 1;
      if (right) tally.right += 1;
    }
  }
}

print('category', tallies.category);
print('rule', tallies.rule);
console.log('');
row('all', total);
const rate = severe.lines === 0 ? 0 : (1000 * severe.high.length) / severe.lines;
console.log(
  `\n${severe.files} programs, ${severe.lines} lines, ${severe.findings} scored findings, ` +
    `${severe.high.length} high or critical: ${rate.toFixed(2)} per 1,000 lines`,
);
if (values.list) {
  console.log(`\nHigh or critical:\n${severe.high.join('\n')}`);
  console.log(`\nMissed:\n${missed.join('\n')}`);
  console.log(`\nNot expected:\n${alarms.join('\n')}`);
}

/** The counts that a rule or a category goes into; a rule also counts for its category. */
function talliesOf(what: string): Tally[] {
  const category = CATEGORY.get(what);
  if (category === undefined) return [tallyIn(tallies.category, what)];
  return [tallyIn(tallies.rule, what), tallyIn(tallies.category, category)];
}

function tallyIn(map: Map<string, Tally>, key: string): Tally {
  let tally = map.get(key);
  if (tally === undefined) {
    tally = new Tally();
    map.set(key, tally);
  }
  return tally;
}

function meets(finding: Finding, { from, to, what }: Expectation): boolean {
  if (from > 0 && (finding.endLine < from || finding.line > to)) return false;
  if (what === 'any') return finding.category !== 'quality';
  return finding.rule === what || finding.category === what;
}

function print(title: string, map: ReadonlyMap<string, Tally>): void {
  console.log(`\n${title.padEnd(28)} expected  found   recall  reported  right  precision`);
  for (const [name, tally] of [...map].sort(([a], [b]) => a.localeCompare(b))) row(name, tally);
}

function row(name: string, { expected, met, reported, right }: Tally): void {
  const share = (part: number, whole: number) =>
    (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`).padStart(8);
  console.log(
    `${name.padEnd(28)} ${String(expected).padStart(8)} ${String(met).padStart(6)} ${share(met, expected)} ` +
      `${String(reported).padStart(9)} ${String(right).padStart(6)}  ${share(right, reported)}`,
  );
}

function* fromComments(code: string): Generator<Expectation> {
  for (const [index, line] of code.split('\n').entries()) {
    const match = /(?:#|\/\/|\/\*)\s*rce-expect:\s*([a-z0-9, -]+)/.exec(line);
    if (match === null) continue;
    const alone = line.slice(0, match.index).trim() === '';
    const at = index + (alone ? 2 : 1);
    for (const what of (match[1] ?? '').split(',')) yield { from: at, to: at, what: what.trim() };
  }
}

function* fromFile(expected: Readonly<Record<string, readonly string[]>>): Generator<Expectation> {
  for (const [key, whats] of Object.entries(expected)) {
    const [from = 0, to = from] = key === '*' ? [0, 0] : key.split('-').map(Number);
    for (const what of whats) yield { from, to, what };
  }
}

function readExpected(path: string): z.infer<typeof Expected> {
  try {
    return Expected.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

interface SourceFile {
  readonly path: string;
  readonly language: string;
  readonly code: string;
}

function* programs(folder: string): Generator<SourceFile> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.git') yield* programs(path);
    else if (entry.isFile() && !path.endsWith('.d.ts') && statSync(path).size <= MAX_BYTES) {
      const code = readFileSync(path, 'utf8');
      const language = LANGUAGES.get(extname(path)) ?? INTERPRETERS.find(([line]) => line.test(code))?.[1];
      if (language !== undefined) yield { path, language, code };
    }
  }
}
