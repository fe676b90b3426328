import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { call, finish, runJob, status, submit, until } from './support/client.ts';
import { describeEngines, GIVEN_URL } from './support/describe-engines.ts';
import { canReadProcesses, Engine } from './support/engine.ts';

const print = (text: string) => ({ language: 'python', code: `print("${text}")` });
/** Long enough to be seen running on a machine that has much else to do. */
const slow = {
  language: 'python',
  code: 'import time\nend = time.time() + 5\nwhile time.time() < end: pass\nprint("slow")',
  limits: { wallTimeMs: 15_000, cpuTimeMs: 15_000 },
};

/** These kill processes of the engine: it must be theirs. */
const ownEngine = !GIVEN_URL && canReadProcesses;
const LONG = 180_000;

if (ownEngine) {
  describeEngines('a part that is killed', (target) => {
    it(
      'the runner: loses no job; what it ran is run again, what waited is run',
      async () => {
        await runJob(target.url, print('first'));
        const first = await submit(target.url, slow);
        await until(target.url, first.jobId, (job) => job.status === 'processing');
        const waiting = await Promise.all(
          Array.from({ length: 20 }, (_, index) => submit(target.url, print(`${index}`))),
        );
        process.kill(target.engine?.child('runner') ?? 0, 'SIGKILL');
        expect(await finish(target.url, first.jobId)).toMatchObject({ output: 'slow\n', attempts: 2 });
        for (const [index, { jobId }] of waiting.entries())
          expect(await finish(target.url, jobId)).toMatchObject({ verdict: 'ok', output: `${index}\n` });
      },
      LONG,
    );

    it(
      'the cloud: loses nothing that was accepted, and comes back at the same address',
      async () => {
        const done = await runJob(target.url, print('before'));
        const running = await submit(target.url, slow);
        const waiting = await Promise.all(
          Array.from({ length: 30 }, (_, index) => submit(target.url, print(`${index}`))),
        );
        process.kill(target.engine?.child('cloud') ?? 0, 'SIGKILL');
        for (const [index, { jobId }] of waiting.entries())
          expect(await finish(target.url, jobId)).toMatchObject({ verdict: 'ok', output: `${index}\n` });
        expect(await finish(target.url, running.jobId)).toMatchObject({ output: 'slow\n' });
        expect(await status(target.url, done.jobId)).toMatchObject({ output: 'before\n' });
        expect(await runJob(target.url, print('after'))).toMatchObject({ output: 'after\n' });
      },
      LONG,
    );
  });

  describe('an engine that is killed whole', () => {
    it(
      'has all that was accepted after its next start',
      async () => {
        const dataDir = mkdtempSync(join(tmpdir(), 'rce-e2e-'));
        const first = new Engine({ driver: 'wasm', dataDir });
        const url = await first.ready();
        const done = await runJob(url, print('kept'));
        const waiting = await Promise.all(
          Array.from({ length: 50 }, (_, index) => submit(url, print(`${index}`))),
        );
        for (const name of ['cloud', 'runner'] as const) process.kill(first.child(name), 'SIGKILL');
        process.kill(first.pid, 'SIGKILL');
        await first.ended;

        const second = new Engine({ driver: 'wasm', dataDir });
        const again = await second.ready();
        expect(await status(again, done.jobId)).toMatchObject({ output: 'kept\n' });
        for (const [index, { jobId }] of waiting.entries())
          expect(await finish(again, jobId)).toMatchObject({ verdict: 'ok', output: `${index}\n` });
        expect((await call(again, 'GET', '/api/health')).status).toBe(200);
        await second.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
      LONG,
    );
  });
} else {
  describe.skip(`crashes [skipped, ${GIVEN_URL ? 'the engine is not ours' : 'no /proc'}]`, () => {
    it('are for an engine of our own', () => {});
  });
}
