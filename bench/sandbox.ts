import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import { createDockerSandbox } from '@rce/sandbox-runner/drivers/docker/docker-sandbox.ts';
import { findImage, localImageName } from '@rce/sandbox-runner/drivers/docker/images.ts';
import Docker from 'dockerode';
import { measureTests, runProgram } from './programs.ts';
import { benchmark, type Row, report, sleep, summarize } from './report.ts';

/**
 * What a sandbox costs: from the claim of a job to its result, beside what the same program costs without a
 * sandbox and with Docker used plainly. All in one run, since machines differ and change from minute to minute.
 */

const PROGRAMS = [
  { language: 'python', code: 'print(1)', command: ['python3', '-c', 'print(1)'] },
  { language: 'javascript', code: 'console.log(1)', command: ['node', '-e', 'console.log(1)'] },
] as const;
const SLOTS = availableParallelism();
const TESTS = 200;
/** Time in which the pool fills up again between two measurements of it. */
const REFILL_MS = 400;

const docker = new Docker();

async function imageOf(language: string): Promise<string> {
  const name = findLanguage(language)?.docker.image ?? '';
  for (const candidate of [name, localImageName(language)]) {
    if (await findImage(docker, candidate)) return candidate;
  }
  throw new Error(`There is no image for ${language}: docker pull ${name}, or npm run images:local.`);
}

function openSandbox(warm: boolean, slots = SLOTS): Sandbox {
  return createDockerSandbox({ docker, images: {}, pull: [], slots, owner: 'bench', warm });
}

async function runProcess(command: readonly string[]): Promise<void> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
}

/** The least that Docker can do for one program: create, start, wait, remove, with no limits at all. */
async function runBare(image: string, command: readonly string[]): Promise<void> {
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: [],
    Cmd: [...command],
    HostConfig: { NetworkMode: 'none' },
  });
  const ended = container.wait({ condition: 'next-exit' });
  await container.start();
  await ended;
  await container.remove();
}

/** Milliseconds that `count` calls take, `SLOTS` of them at a time. */
async function together(count: number, call: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  let left = count;
  const lane = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: SLOTS }, lane));
  return performance.now() - startedAt;
}

const rows: Row[] = [];
const missing = async (command: string) =>
  await runProcess([command, '--version']).then(
    () => false,
    () => true,
  );

const warm = openSandbox(true);
await warm.start(console.error);
for (const { language, code, command } of PROGRAMS) {
  const image = await imageOf(language);
  if (!(await missing(command[0]))) {
    rows.push(await benchmark(`bare process, ${language}`, 20, () => runProcess(command)));
  }
  if (!(await missing('docker'))) {
    const plain = ['docker', 'run', '--rm', '--network', 'none', image, ...command];
    rows.push(await benchmark(`docker run --rm, ${language}`, 10, () => runProcess(plain)));
  }
  rows.push(await benchmark(`bare create-start-wait-remove, ${language}`, 15, () => runBare(image, command)));
  rows.push(
    await benchmark(`warm docker, ${language}`, 40, () => runProgram(warm, language, code), REFILL_MS),
  );
  await sleep(2 * REFILL_MS);
  const burst = await Promise.all(
    Array.from({ length: SLOTS }, async () => {
      const startedAt = performance.now();
      await runProgram(warm, language, code);
      return performance.now() - startedAt;
    }),
  );
  rows.push(summarize(`warm docker, burst of ${SLOTS}, ${language}`, burst));
}

rows.push(await measureTests('tests of one submission, python', warm, TESTS));
await warm.close();

const cold = openSandbox(false);
await cold.start(() => {});
for (const { language, code, command } of PROGRAMS) {
  rows.push(await benchmark(`cold docker, ${language}`, 15, () => runProgram(cold, language, code), 100));
  const image = await imageOf(language);
  const count = 40;
  for (const [name, call] of [
    ['bare create-start-wait-remove', () => runBare(image, command)],
    ['single-use sandboxes', () => runProgram(cold, language, code)],
  ] as const) {
    const perSecond = (1_000 * count) / (await together(count, call));
    rows.push({
      name: `${name}, throughput, ${language}`,
      unit: 'per s',
      p50: perSecond,
      p95: perSecond,
      n: count,
    });
  }
}
await cold.close();
report(rows);
