/**
 * npm run bench:analysis -- [--fuzz N]
 *
 * Times of the analyzer: cold start, an ordinary program of about 100 lines, and 64 KiB of each hostile input.
 * Hostile inputs are given in processor time too: the clock also measures what else the machine does. With
 * --fuzz, N inputs made by mutating ordinary and hostile ones are analysed; a throw or a report that is not of
 * the wire schema ends it with exit code 1.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ANALYZED_LANGUAGES, analyze } from '@rce/analysis/analyze.ts';
import { hostileInputs, pseudoRandom } from '@rce/analysis/hostile-inputs.ts';
import { RULES } from '@rce/analysis/rules/index.ts';
import { AnalysisReport } from '@rce/core/report.ts';

const SIZE = 64 * 1024;
const { values } = parseArgs({ options: { fuzz: { type: 'string' }, cold: { type: 'boolean' } } });

if (values.cold) await cold();
else if (values.fuzz !== undefined) await fuzz(Number(values.fuzz));
else await measure();

/** In a process of its own: from before the grammar is loaded to the report. */
async function cold(): Promise<void> {
  const started = performance.now();
  await analyze({ language: 'python', code: ordinary() });
  const first = performance.now() - started;
  console.log(JSON.stringify({ first, rss: process.resourceUsage().maxRSS / 1024 }));
}

async function measure(): Promise<void> {
  const colds = Array.from({ length: 5 }, () => {
    const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--cold'], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as { first: number; rss: number };
  });
  line(
    'cold, first report (ms)',
    colds.map(({ first }) => first),
  );
  line(
    'resident memory (MiB)',
    colds.map(({ rss }) => rss),
  );

  const code = ordinary();
  for (let i = 0; i < 50; i += 1) await analyze({ language: 'python', code });
  const warm: number[] = [];
  for (let i = 0; i < 200; i += 1) warm.push((await timed('python', code)).wall);
  line(`warm, ${code.split('\n').length} lines (ms)`, warm);

  for (const language of ANALYZED_LANGUAGES) {
    const rows: { name: string; wall: number; cpu: number; complete: boolean }[] = [];
    for (const [name, hostile] of Object.entries(hostileInputs(SIZE))) {
      await analyze({ language, code: hostile });
      rows.push({ name, ...(await timed(language, hostile)) });
    }
    rows.sort((a, b) => b.cpu - a.cpu);
    line(
      `${language}, 64 KiB hostile, processor (ms)`,
      rows.map(({ cpu }) => cpu),
    );
    line(
      `${language}, 64 KiB hostile, clock (ms)`,
      rows.map(({ wall }) => wall),
    );
    const cut = rows.filter(({ complete }) => !complete).length;
    const worst = rows.slice(0, 3).map(({ name, cpu }) => `${name} ${cpu.toFixed(0)} ms`);
    console.log(`  ${cut} of ${rows.length} ended by the budget; slowest: ${worst.join(', ')}`);
  }
}

async function timed(language: string, code: string) {
  const used = process.threadCpuUsage();
  const started = performance.now();
  const { complete } = await analyze({ language, code });
  const wall = performance.now() - started;
  const { user, system } = process.threadCpuUsage(used);
  return { wall, cpu: (user + system) / 1000, complete };
}

function line(what: string, numbers: readonly number[]): void {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1).padStart(8);
  console.log(`${what.padEnd(46)} p50 ${at(0.5)}   p95 ${at(0.95)}   max ${at(1)}   n ${sorted.length}`);
}

/** About 100 lines of ordinary Python. */
function ordinary(): string {
  const block = `def group(items, key):
    result = {}
    for item in items:
        name = key(item)
        if name not in result:
            result[name] = []
        result[name].append(item)
    return result


class Counter:
    def __init__(self, start=0):
        self.value = start

    def add(self, n):
        self.value += n
        return self.value


print(sorted(group(range(10), lambda x: x % 3).items()), Counter().add(2))
`;
  return `import json\nimport math\n\n${block.repeat(5)}print(json.dumps({"pi": math.pi}))\n`;
}

async function fuzz(count: number): Promise<void> {
  const folder = new URL('../analysis/src/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8').slice(0, 4000));
  const seeds = [
    ...RULES.flatMap(({ bad, good }) => [bad, good]),
    ...sources,
    ...Object.values(hostileInputs(2000)),
    ordinary(),
  ].filter((seed) => seed !== '');
  const next = pseudoRandom(20_261_123);
  const pick = <T>(list: readonly T[]): T | undefined => list[next() % list.length];
  let incomplete = 0;
  let slowest = 0;
  for (let run = 0; run < count; run += 1) {
    const code = mutate(pick(seeds) ?? '', pick(seeds) ?? '', next);
    const language = pick(ANALYZED_LANGUAGES) ?? 'python';
    try {
      const report = AnalysisReport.parse(await analyze({ language, code }));
      const shares = report.findings.reduce((sum, { share }) => sum + share, 0);
      if (Math.abs(shares - report.score) > 1e-6) throw new Error(`shares ${shares}, score ${report.score}`);
      if (!report.complete) incomplete += 1;
      slowest = Math.max(slowest, report.durationMs);
    } catch (error) {
      console.error(`run ${run}, ${language}: ${JSON.stringify(code.slice(0, 2000))}`);
      console.error(error);
      process.exitCode = 1;
      return;
    }
  }
  const memory = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  console.log(
    `${count} inputs, no fault; ${incomplete} ended by the budget; slowest ${slowest.toFixed(0)} ms; ${memory} MiB`,
  );
}

/** Cuts, repeats, swaps and joins pieces of two texts, and changes single characters. */
function mutate(a: string, b: string, next: () => number): string {
  let text = a;
  for (let step = next() % 4; step >= 0; step -= 1) {
    const at = next() % (text.length + 1);
    const length = next() % 40;
    switch (next() % 6) {
      case 0:
        text = text.slice(0, at);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at, at + length).repeat(next() % 20) + text.slice(at);
        break;
      case 3:
        text = text.slice(0, at) + String.fromCharCode(next() % 0x1_00_00) + text.slice(at + 1);
        break;
      case 4:
        text = text.slice(0, at) + b.slice(next() % (b.length + 1)) + text.slice(at);
        break;
      default:
        text = text.slice(0, at) + '()[]{}"\'`\\\n\t#/*$'.charAt(next() % 17) + text.slice(at);
    }
  }
  return text.slice(0, SIZE);
}
