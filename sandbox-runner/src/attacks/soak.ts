/**
 * npm run soak [-- --jobs N]: runs 1,000 jobs, or N, through the docker driver: all languages, a tenth of the jobs
 * hostile. Ends with 1 when a job is lost or comes to a wrong verdict, when a container, process, mount or
 * descriptor is left over, or when the runner's memory grows.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { RunOutcome } from '@rce/core/job.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { createDockerSandbox } from '../drivers/docker/docker-sandbox.ts';
import type { Attack } from './attack.ts';
import { descriptors, eventually, leftOnHost, RecordingDocker } from './host.ts';
import { ATTACKS, launch } from './launch.ts';

const MiB = 1024 * 1024;
/** What the heap may differ by between two looks without anything being kept. */
const NOISE_BYTES = 40 * MiB;

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '1000' } } });
const jobs = Number(values.jobs);
const slots = availableParallelism();

/** Of each ten jobs seven are in the languages of most jobs, two in any, one is an attack. */
const EVERYDAY: readonly Attack[] = [
  'python',
  'javascript',
  'python',
  'typescript',
  'python',
  'bash',
  'python',
]
  .map((id) => LANGUAGES.find((language) => language.id === id))
  .filter((language) => language !== undefined)
  .map(example);
const ANY = LANGUAGES.map(example);
// The slow ones would make an hour of it: what takes its whole time limit is there once per group anyway.
const HOSTILE = Object.values(ATTACKS)
  .flat()
  .filter(({ name }) => !/macros that double|page cache/.test(name));

function example(language: (typeof LANGUAGES)[number]): Attack {
  return {
    name: `example of ${language.id}`,
    language: language.id,
    code: language.example,
    expect: { verdict: 'ok' },
  };
}

function jobNumber(index: number): Attack {
  const [list, at] =
    index % 10 === 9
      ? ([HOSTILE, Math.floor(index / 10) * 7] as const)
      : index % 10 >= 7
        ? ([ANY, index] as const)
        : ([EVERYDAY, index % 10] as const);
  const job = list[at % list.length];
  if (!job) throw new Error('There are no programs.');
  return job;
}

function isRight(job: Attack, outcome: RunOutcome): boolean {
  const verdicts: readonly string[] = [job.expect.verdict].flat();
  return verdicts.includes(outcome.verdict) && !Buffer.from(outcome.stdout).includes('ESCAPED');
}

const docker = new RecordingDocker();
const problems: string[] = [];
const verdicts = new Map<string, number>();
const sandbox = createDockerSandbox({
  docker,
  images: {},
  pull: [],
  slots,
  owner: 'soak',
  onEvent: (event) => {
    if (event.type === 'sandbox-failed') problems.push(`the sandbox failed: ${String(event.error)}`);
  },
});
await sandbox.start((message) => console.log(message));
const able = new Set(sandbox.languages().flatMap(({ id, available }) => (available ? [id] : [])));

const descriptorsBefore = descriptors();
let heapEarly = 0;
let next = 0;
let finished = 0;
const startedAt = performance.now();

async function work(): Promise<void> {
  while (next < jobs) {
    const job = jobNumber(next++);
    try {
      if (!able.has(job.language)) continue;
      const outcomes = await launch(sandbox, job);
      for (const outcome of outcomes) {
        verdicts.set(outcome.verdict, (verdicts.get(outcome.verdict) ?? 0) + 1);
        if (!isRight(job, outcome)) {
          problems.push(
            `${job.name} (${job.language}) came to ${outcome.verdict} after ${Math.round(outcome.wallTimeMs)} ms: ${Buffer.from(outcome.stderr).toString('utf8').slice(0, 200)}`,
          );
        }
      }
      if (outcomes.length === 0) problems.push(`${job.name} was lost`);
    } catch (error) {
      problems.push(`${job.name} was lost: ${String(error)}`);
    } finally {
      finished++;
      if (finished % 100 === 0) {
        global.gc?.();
        const { heapUsed, external, rss } = process.memoryUsage();
        if (finished === 200) heapEarly = heapUsed;
        const seconds = (performance.now() - startedAt) / 1_000;
        console.log(
          `${finished} jobs in ${seconds.toFixed(0)} s; heap ${(heapUsed / MiB).toFixed(0)} MiB and ${(external / MiB).toFixed(0)} outside of it, resident ${(rss / MiB).toFixed(0)} MiB, ${descriptors()} descriptors`,
        );
      }
    }
  }
}
await Promise.all(Array.from({ length: slots * 2 }, work));

await sandbox.close();
const left = await eventually(
  () => leftOnHost(docker, docker.made),
  (ids) => ids.length === 0,
);
if (left.length > 0) problems.push(`left on the host: ${left.join(' ')}`);
const open = await eventually(
  async () => descriptors(),
  (count) => count <= descriptorsBefore + 4,
);
if (open > descriptorsBefore + 4) problems.push(`${open - descriptorsBefore} descriptors are left open`);
global.gc?.();
const { heapUsed } = process.memoryUsage();
if (heapEarly > 0 && heapUsed > heapEarly + NOISE_BYTES) {
  problems.push(`the heap grew from ${heapEarly} to ${heapUsed} bytes`);
}

console.log([...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', '));
console.log(`${finished} of ${jobs} jobs, ${docker.made.length} containers, ${left.length} left over`);
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 || finished !== jobs ? 1 : 0);
