/**
 * `npm run bench:web`: how the page feels, in a real Chromium, against the engine at RCE_URL.
 * `-- --json FILE` writes rows of {name, unit, p50, p95, n}.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, launch, ready, write } from '../web/test/chromium.ts';

const { values } = parseArgs({
  options: { json: { type: 'string' }, runs: { type: 'string', default: '20' } },
});
const url = process.env.RCE_URL ?? 'http://127.0.0.1:3000';
const rounds = Number(values.runs);
const DIST = new URL('../web/dist/', import.meta.url);

interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'KB';
  readonly p50: number;
  readonly p95: number;
  readonly n: number;
  /** What the page promises; null where there is no promise. */
  readonly target: number | null;
}

function row(name: string, unit: Row['unit'], samples: readonly number[], target: number | null): Row {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return Math.round(value * 10) / 10;
  };
  return { name, unit, p50: at(0.5), p95: at(0.95), n: sorted.length, target };
}

/** All files that index.html asks for before the editor's own chunk. */
function firstLoad(): Row {
  const html = readFileSync(new URL('index.html', DIST), 'utf8');
  const names = [...html.matchAll(/(?:src|href)="\/(?!api\/)([^"]+)"/g)].map((match) => match[1] ?? '');
  const sizes = ['index.html', ...names].map((name) => gzipSync(readFileSync(new URL(name, DIST))).length);
  return row(
    'first load before the editor, gzip',
    'KB',
    [sizes.reduce((sum, size) => sum + size, 0) / 1000],
    150,
  );
}

function editorChunk(): Row {
  const name = readdirSync(new URL('assets/', DIST)).find((file) => /^monaco-.*\.js$/.test(file)) ?? '';
  const size = gzipSync(readFileSync(new URL(`assets/${name}`, DIST))).length;
  return row('editor chunk, gzip', 'KB', [size / 1000], null);
}

async function fresh(browser: Browser): Promise<Page> {
  const context = await browser.newContext(DESKTOP);
  return context.newPage();
}

/** From navigation to an editor that takes keys (the plain one) and to the full one. */
async function loading(browser: Browser): Promise<Row[]> {
  const [usable, full]: [number[], number[]] = [[], []];
  for (let round = 0; round < Math.min(rounds, 10); round++) {
    const page = await fresh(browser);
    await page.goto(url);
    const now = () => page.evaluate(() => performance.now());
    await page.locator('[data-region=editor] textarea, .monaco-editor').first().waitFor();
    usable.push(await now());
    await ready(page);
    full.push(await now());
    await page.context().close();
  }
  return [
    row('open → one can type and run', 'ms', usable, 1_000),
    row('open → the full editor', 'ms', full, null),
  ];
}

/** From the key press to the output on screen, by the page's own clock. */
async function running(browser: Browser): Promise<Row> {
  const page = await fresh(browser);
  await page.goto(url);
  await ready(page);
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seen });
    let pressed = 0;
    addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Enter') pressed = performance.now();
      },
      { capture: true },
    );
    new MutationObserver(() => {
      if (pressed === 0 || document.querySelector('p[data-verdict]') === null) return;
      if (document.querySelector('[data-step]') !== null) return;
      const start = pressed;
      pressed = 0;
      // Behind the next frame it is on the screen.
      requestAnimationFrame(() => setTimeout(() => seen.push(performance.now() - start)));
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  const samples = (): Promise<number[]> =>
    page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
  for (let round = 0; round < rounds + 3; round++) {
    await write(page, `print("round ${round}")`);
    await page.keyboard.press('ControlOrMeta+Enter');
    while ((await samples()).length <= round) await page.waitForTimeout(20);
    // The pool fills again, as it does between the runs of a person.
    await page.waitForTimeout(300);
  }
  const times = (await samples()).slice(3);
  await page.context().close();
  return row('key press → output of a warm Python job', 'ms', times, 150);
}

/** From a key press to the next frame, in a program of 5,000 lines. */
async function typing(browser: Browser): Promise<Row> {
  const page = await fresh(browser);
  await page.goto(url);
  await ready(page);
  const line = 'value = compute(value, "some text", 12345)  # a comment';
  await write(page, Array.from({ length: 5_000 }, () => line.slice(0, 12)).join('\n'));
  await page.waitForTimeout(1_500);
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(globalThis, { frames });
    addEventListener(
      'keydown',
      () => {
        const start = performance.now();
        requestAnimationFrame(() => setTimeout(() => frames.push(performance.now() - start)));
      },
      { capture: true },
    );
  });
  await page.keyboard.type('x = sum(range(100)) and more', { delay: 60 });
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames);
  await page.context().close();
  return row('key press → next frame, 5,000 lines', 'ms', frames, 50);
}

/** From the arrival of 64 KiB of output to its frame. */
async function painting(browser: Browser): Promise<Row> {
  const page = await fresh(browser);
  // Before the page's own scripts: its client takes hold of fetch when it is made.
  await page.addInitScript(() => {
    const painted: number[] = [];
    Object.assign(globalThis, { painted });
    const { fetch } = globalThis;
    let arrived = 0;
    globalThis.fetch = async (...request) => {
      const response = await fetch(...request);
      const text = response.text.bind(response);
      const take = async () => {
        const body = await text();
        if (body.includes('00889')) arrived = performance.now();
        return body;
      };
      return Object.assign(response, { text: take, json: async () => JSON.parse(await take()) });
    };
    new MutationObserver(() => {
      if (arrived === 0 || !document.querySelector('[data-stream=stdout]')?.textContent?.includes('00889'))
        return;
      const start = arrived;
      arrived = 0;
      requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - start)));
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await ready(page);
  await write(
    page,
    'for i in range(890): print(f"\\x1b[3{i % 8}m{i:05}\\x1b[0m", "some words of output, " * 2, "end")',
  );
  const samples = (): Promise<number[]> =>
    page.evaluate(() => (globalThis as unknown as { painted: number[] }).painted);
  for (let round = 0; round < Math.min(rounds, 10); round++) {
    await page.keyboard.press('ControlOrMeta+Enter');
    const deadline = Date.now() + 15_000;
    while ((await samples()).length <= round && Date.now() < deadline) await page.waitForTimeout(50);
    if ((await samples()).length <= round) break;
  }
  const times = await samples();
  await page.context().close();
  return row('64 KiB of output arrived → on screen', 'ms', times, 100);
}

const answer = await fetch(`${url}/api/health`).catch(() => undefined);
if (!answer) {
  console.error(`No engine answers at ${url}. Start one with npm start, or name another in RCE_URL.`);
  process.exit(1);
}

const browser = await launch();
try {
  const rows = [
    firstLoad(),
    editorChunk(),
    ...(await loading(browser)),
    await running(browser),
    await typing(browser),
    await painting(browser),
  ];
  console.table(
    rows.map(({ name, unit, p50, p95, n, target }) => ({ name, unit, p50, p95, n, target: target ?? '' })),
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
} finally {
  await browser.close();
}
