import { DRIVERS } from '@rce/core/job.ts';
import { finish, submit } from '../e2e/support/client.ts';
import { Engine } from '../e2e/support/engine.ts';
import { missingDocker } from '../e2e/support/machine.ts';
import { benchmark, type Row, report, sleep, summarize } from './report.ts';

/**
 * What a user of the API sees: from sending a submission with ?wait= to having the finished job, one after
 * another, and how many jobs a second come through when they come all at once. Of an engine that is started
 * here for each sandbox driver, or of the one at RCE_URL.
 */

const PROGRAMS = {
  python: 'print(sum(range(1, 101)))',
  javascript: 'console.log(Array.from({ length: 100 }, (_, i) => i + 1).reduce((a, b) => a + b))',
};
const REQUESTS = 60;
/** Requests of each program that are not measured: V8 compiles what an engine does often only after a while. */
const WARM_UP = 60;
const CROWD = 100;
/**
 * Paced: a warm sandbox waits for each request, as when people submit. Back to back: each request is sent when the
 * one before it is answered, so the sandboxes that replace those used are made while the next jobs run, on the same
 * processors.
 */
const PACES = { paced: 300, 'back to back': 0 };

async function submitAndWait(url: string, language: string, code: string): Promise<void> {
  const response = await fetch(`${url}/api/submit?wait=20`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ language, code }),
  });
  const job = (await response.json()) as { output?: string };
  if (job.output !== '5050\n') throw new Error(`${url} answered ${response.status}: ${JSON.stringify(job)}`);
}

async function throughput(url: string, name: string): Promise<Row> {
  const startedAt = performance.now();
  const jobs = await Promise.all(
    Array.from({ length: CROWD }, () => submit(url, { language: 'python', code: PROGRAMS.python })),
  );
  // One after another: a crowd of clients that ask all the time would be what is measured.
  for (const { jobId } of jobs) await finish(url, jobId);
  const rate = CROWD / ((performance.now() - startedAt) / 1000);
  return { name, unit: 'per s', p50: rate, p95: rate, n: CROWD };
}

async function acceptance(url: string, name: string): Promise<Row> {
  const samples = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const startedAt = performance.now();
      await submit(url, { language: 'python', code: PROGRAMS.python });
      return performance.now() - startedAt;
    }),
  );
  return summarize(name, samples);
}

async function measure(url: string, label: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [language, code] of Object.entries(PROGRAMS)) {
    for (let index = 0; index < WARM_UP; index++) await submitAndWait(url, language, code);
  }
  for (const [language, code] of Object.entries(PROGRAMS)) {
    const call = () => submitAndWait(url, language, code);
    for (const [pace, pauseMs] of Object.entries(PACES)) {
      rows.push(
        await benchmark(`http ${label}: ${language}, submit → result, ${pace}`, REQUESTS, call, pauseMs),
      );
    }
  }
  rows.push(await throughput(url, `http ${label}: jobs finished, ${CROWD} at once`));
  rows.push(await acceptance(url, `http ${label}: submit → accepted, 50 at once`));
  return rows;
}

async function main(): Promise<void> {
  const given = process.env.RCE_URL;
  if (given) return report(await measure(given, given));
  const rows: Row[] = [];
  const noDocker = await missingDocker();
  for (const driver of DRIVERS) {
    if (driver === 'docker' && noDocker) {
      console.error(`http docker: not measured, ${noDocker}`);
      continue;
    }
    const engine = new Engine({ driver });
    try {
      const url = await engine.ready();
      await sleep(1_000);
      rows.push(...(await measure(url, driver)));
    } finally {
      await engine.stop();
    }
  }
  report(rows);
}

await main();
