/**
 * npm run bench:analysis -- [--languages python,c] [--fuzz N]
 *
 * The analyzer's bundle: its size, cold start and memory; then times of an ordinary program of about 100 lines and of
 * 64 KiB of each hostile input in each language, as whoever asks for an analysis sees them, and of a small program
 * right behind one that ended the thread. With --fuzz, N inputs made by mutating ordinary and hostile ones are
 * analysed; an error or a report that is not of the wire schema ends it with exit code 1.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { hostileInputs, pseudoRandom } from '@rce/analysis/hostile-inputs.ts';
import { IsolatedAnalyzer } from '@rce/analysis/isolated.ts';
import { ANALYZED_LANGUAGES } from '@rce/analysis/languages.ts';
import { RULES } from '@rce/analysis/rules/index.ts';
import { AnalysisReport } from '@rce/core/report.ts';
import { bundleFunctions } from '../scripts/bundle.ts';

const SIZE = 64 * 1024;
const SMALL = 'x';
const CHILD = fileURLToPath(new URL('analysis-bundle.mjs', import.meta.url));
const { values } = parseArgs({ options: { fuzz: { type: 'string' }, languages: { type: 'string' } } });
const LANGUAGES = values.languages?.split(',') ?? ANALYZED_LANGUAGES;

if (values.fuzz !== undefined) await fuzz(Number(values.fuzz));
else await measure();

interface Process {
  /** Milliseconds from before the bundle is imported to the first report. */
  readonly first: number;
  /** Milliseconds of the slowest, the first with its cold start included. */
  readonly slowest: number;
  readonly incomplete: number;
  /** MiB resident before the bundle is imported, and at most. */
  readonly bare: number;
  readonly peak: number;
}

/** Starts the bundle in a process of its own and has it read programs. */
function start(folder: string, language: string, files: readonly string[]): Process {
  // A small young generation, one compiling thread and one heap of malloc show what is needed, not what is left
  // uncollected where there is room.
  const args = ['--max-semi-space-size=1', '--v8-pool-size=1', CHILD, folder, language, ...files];
  const env = { ...process.env, MALLOC_ARENA_MAX: '1' };
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env })) as Process;
}

/** Size, start and memory of what Lambda gets. */
function measureProcesses(folder: string): void {
  const zipped = readdirSync(folder)
    .map((name) => deflateRawSync(readFileSync(join(folder, name))).length)
    .reduce((sum, size) => sum + size, 0);
  console.log(`bundle, zipped: ${(zipped / 1024).toFixed(0)} KiB`);
  const texts = mkdtempSync(join(tmpdir(), 'rce-bench-'));
  const save = (name: string, text: string) => {
    const file = join(texts, name);
    writeFileSync(file, text);
    return file;
  };
  try {
    const usual = save('ordinary', ordinary());
    const colds = Array.from({ length: 5 }, () => start(folder, 'python', [usual]));
    line(
      'cold start, import and first report (ms)',
      colds.map(({ first }) => first),
    );
    line(
      'memory, one ordinary program (MiB)',
      colds.map(({ peak }) => peak),
    );
    for (const language of LANGUAGES) {
      const hostile = hostileTo(language).map(([name, text]) => save(name, text));
      const { bare, peak, slowest, incomplete } = start(folder, language, hostile);
      console.log(
        `${language}, all hostile inputs in a row: memory ${peak.toFixed(0)} MiB, of which a bare process has ` +
          `${bare.toFixed(0)}; slowest ${slowest.toFixed(0)} ms; ${incomplete} of ${hostile.length} incomplete`,
      );
    }
  } finally {
    rmSync(texts, { recursive: true });
  }
}

/** As much of each hostile text as the API takes. */
function hostileTo(language: string): [string, string][] {
  return Object.entries(hostileInputs(SIZE)).map(([name, text]) => {
    // To PHP, text is only text up to this mark.
    const marked = language === 'php' ? `<?php ${text}` : text;
    return [
      name,
      Buffer.from(marked.toWellFormed())
        .subarray(0, SIZE - 3)
        .toString('utf8'),
    ];
  });
}

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rce-bench-'));
  try {
    await bundleFunctions(folder);
    const bundle = join(folder, 'analyze');
    measureProcesses(bundle);
    const { handler } = await import(pathToFileURL(join(bundle, 'index.mjs')).href);
    await measureTimes(handler);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Handler = (
  program: { readonly language: string; readonly code: string },
  context: { readonly getRemainingTimeInMillis: () => number },
) => Promise<unknown>;

async function measureTimes(handler: Handler): Promise<void> {
  const timed = async (language: string, code: string) => {
    const started = performance.now();
    const { complete } = AnalysisReport.parse(
      await handler({ language, code }, { getRemainingTimeInMillis: () => 60_000 }),
    );
    return { wall: performance.now() - started, complete };
  };

  const code = ordinary();
  for (let i = 0; i < 50; i += 1) await timed('python', code);
  const warm: number[] = [];
  for (let i = 0; i < 200; i += 1) warm.push((await timed('python', code)).wall);
  line(`warm, ${code.split('\n').length} lines (ms)`, warm);

  for (const language of LANGUAGES) {
    const rows: { name: string; wall: number; complete: boolean }[] = [];
    const behind: number[] = [];
    // The first programs of a language in a thread have the larger budget of a cold start.
    for (let i = 0; i < 5; i += 1) await timed(language, SMALL);
    for (const [name, hostile] of hostileTo(language)) {
      // After each, a small program: it is read when a thread that begins in place of another is ready.
      await timed(language, hostile);
      await timed(language, SMALL);
      rows.push({ name, ...(await timed(language, hostile)) });
      behind.push((await timed(language, SMALL)).wall);
    }
    rows.sort((a, b) => b.wall - a.wall);
    line(
      `${language}, 64 KiB hostile (ms)`,
      rows.map(({ wall }) => wall),
    );
    line(`${language}, a small program behind each (ms)`, behind);
    const cut = rows.filter(({ complete }) => !complete).length;
    const worst = rows.slice(0, 3).map(({ name, wall }) => `${name} ${wall.toFixed(0)} ms`);
    console.log(`  ${cut} of ${rows.length} incomplete; slowest: ${worst.join(', ')}`);
  }
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
  const analyzer = new IsolatedAnalyzer();
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
    const language = pick(LANGUAGES) ?? 'python';
    try {
      const report = AnalysisReport.parse(await analyzer.analyze({ language, code }));
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
  console.log(`${count} inputs, no fault; ${incomplete} incomplete; slowest ${slowest.toFixed(0)} ms`);
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
