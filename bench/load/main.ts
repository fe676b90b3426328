import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DEFAULT_MIX, draw, KINDS, type KindName, parseMix } from './mix.ts';
import { Tally } from './tally.ts';

/**
 * Submits a mix of programs at a fixed rate, whether the engine keeps up or not, so that a queue that grows
 * shows as latency, as its users would see it.
 */

const HELP = `Usage: npm run load -- [options]

  --url URL        the engine (RCE_URL, else http://127.0.0.1:3000)
  --rate N         submissions a second (10)
  --seconds N      for how long (30)
  --mix LIST       kinds with their shares (${DEFAULT_MIX})
  --most N         submissions under way at one time; more are not sent but counted as refused (2000)

Kinds:
${Object.entries(KINDS)
  .map(([name, { what }]) => `  ${name.padEnd(12)} ${what}`)
  .join('\n')}
`;

const WAIT_SECONDS = 25;
/** A job that is not finished by then counts as lost. */
const PATIENCE_MS = 120_000;

const Answer = z.object({ jobId: z.string(), status: z.string(), verdict: z.string().nullable().optional() });
const Refusal = z.object({ code: z.string() });

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: process.env.RCE_URL ?? 'http://127.0.0.1:3000' },
      rate: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '30' },
      mix: { type: 'string', default: DEFAULT_MIX },
      most: { type: 'string', default: '2000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const url = new URL(values.url);
  const rate = positive('rate', values.rate);
  const seconds = positive('seconds', values.seconds);
  const most = positive('most', values.most);
  const mix = parseMix(values.mix);

  const tally = new Tally();
  const underWay = new Set<Promise<void>>();
  const begin = performance.now();
  const show = () => progress(tally, underWay.size, begin);
  const display = process.stderr.isTTY ? setInterval(show, 250) : undefined;
  const total = Math.round(rate * seconds);
  for (let index = 0; index < total; index++) {
    const due = begin + (index * 1_000) / rate;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const kind = draw(mix, Math.random());
    tally.sent++;
    if (underWay.size >= most) {
      tally.samples.push({ kind, latencyMs: 0, outcome: 'not sent: too many under way', expected: false });
      continue;
    }
    const one = submit(url, kind, due, tally).finally(() => underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
  clearInterval(display);
  if (display) process.stderr.write('\r\x1b[K');
  report(tally, (performance.now() - begin) / 1_000);
  return tally.samples.every(({ expected }) => expected) ? 0 : 1;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not ${JSON.stringify(text)}.`);
  return value;
}

/** @param due when it should be sent: a late start counts as latency. */
async function submit(url: URL, kind: KindName, due: number, tally: Tally): Promise<void> {
  const { submission, verdict } = KINDS[kind];
  const outcome = await run(url, JSON.stringify(submission), due).catch((error: unknown) =>
    error instanceof Error
      ? `no answer: ${error.cause instanceof Error ? error.cause.message : error.message}`
      : 'no answer',
  );
  tally.samples.push({ kind, latencyMs: performance.now() - due, outcome, expected: outcome === verdict });
}

async function run(url: URL, body: string, due: number): Promise<string> {
  let response = await fetch(new URL(`/api/submit?wait=${WAIT_SECONDS}`, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  for (;;) {
    const answer: unknown = await response.json();
    if (!response.ok) {
      const refusal = Refusal.safeParse(answer);
      return `refused: ${refusal.success ? refusal.data.code : response.status}`;
    }
    const job = Answer.parse(answer);
    if (job.status === 'completed' || job.status === 'failed') return job.verdict ?? 'no verdict';
    if (performance.now() - due > PATIENCE_MS) return 'lost: not finished in time';
    response = await fetch(new URL(`/api/status/${job.jobId}?wait=${WAIT_SECONDS}`, url));
  }
}

function progress(tally: Tally, underWay: number, begin: number): void {
  const seconds = (performance.now() - begin) / 1_000;
  const all = tally.rows().at(-1);
  const numbers = all ? `p50 ${ms(all.p50)}  p95 ${ms(all.p95)}  unexpected ${all.unexpected}` : '';
  const line = `${seconds.toFixed(0).padStart(4)} s  sent ${tally.sent}  under way ${underWay}  ${numbers}`;
  process.stderr.write(`\r\x1b[K${line}`);
}

function report(tally: Tally, seconds: number): void {
  const rows = tally.rows().map((row) => ({
    kind: row.name,
    jobs: row.count,
    'p50 ms': round(row.p50),
    'p95 ms': round(row.p95),
    'p99 ms': round(row.p99),
    'worst ms': round(row.worst),
    unexpected: row.unexpected,
  }));
  console.table(rows);
  console.table(tally.outcomes().map(([outcome, jobs]) => ({ outcome, jobs })));
  const finished = tally.samples.length;
  console.log(`${finished} jobs in ${seconds.toFixed(1)} s: ${(finished / seconds).toFixed(1)} a second`);
}

const round = (value: number) => Math.round(value * 10) / 10;
const ms = (value: number) => `${value.toFixed(0)} ms`;

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
