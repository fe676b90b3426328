import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunOutcome } from '@rce/core/job.ts';
import { type RunLimits, resolveLimits } from '@rce/core/limits.ts';
import { type RunHooks, type Sandbox, SandboxError } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import Docker from 'dockerode';
import { describeLayer, missingDocker } from '../../../../e2e/support/layers.ts';
import { describeSandbox } from '../../sandbox.contract.ts';
import { LABELS, ROLES } from './container-config.ts';
import { createDockerSandbox } from './docker-sandbox.ts';
import type { DockerEvent } from './options.ts';

const MiB = 1024 * 1024;
const docker = new Docker();
const options = { docker, images: {}, pull: [], slots: 2, owner: 'test' };

async function run(
  sandbox: Sandbox,
  language: string,
  code: string,
  limits: Partial<RunLimits> = {},
  stdin = '',
  hooks: RunHooks = {},
): Promise<RunOutcome & { compilation: RunOutcome | null }> {
  const entry = findLanguage(language)?.fileName ?? '';
  const session = await sandbox.open({
    jobId: 'test',
    language,
    files: [{ path: entry, content: code }],
    entry,
    limits: resolveLimits(limits),
    runs: 1,
  });
  try {
    const { compilation } = session;
    if (compilation && compilation.verdict !== 'ok') return { ...compilation, compilation };
    const outcome = await session.run({ stdin: Buffer.from(stdin), args: [], env: {} }, hooks);
    return { ...outcome, compilation };
  } finally {
    await session.close();
  }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

async function containersOf(owner: string) {
  const all = await docker.listContainers({ all: true });
  return all.filter(({ Labels }) => Labels[LABELS.owner]?.startsWith(`${owner}-`));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describeLayer('docker', await missingDocker(), 'the docker driver', () => {
  describeSandbox('docker', { create: () => createDockerSandbox(options) });

  describe('limits of a job', () => {
    const events: DockerEvent[] = [];
    const sandbox = createDockerSandbox({ ...options, onEvent: (event) => events.push(event) });
    beforeAll(() => sandbox.start(() => {}), 120_000);
    afterAll(() => sandbox.close(), 60_000);

    const allocate = (mib: number) => `block = bytearray(${mib} * 1024 * 1024)\nprint(len(block) >> 20)`;

    it('of less memory than usual', async () => {
      const outcome = await run(sandbox, 'python', allocate(80), { memoryBytes: 64 * MiB });
      expect(outcome.verdict).toBe('memory-limit-exceeded');
    });

    it('of more memory than usual', async () => {
      const outcome = await run(sandbox, 'python', allocate(200), { memoryBytes: 256 * MiB });
      expect([outcome.verdict, text(outcome.stdout)]).toEqual(['ok', '200\n']);
    });

    it('of less memory than the runtime itself needs, and has while it waits', async () => {
      await until(async () => sandbox.warm().waiting >= sandbox.warm().wanted);
      const outcome = await run(sandbox, 'javascript', 'console.log(1)', { memoryBytes: 6 * MiB });
      expect(outcome.verdict).toBe('memory-limit-exceeded');
    });

    it('of processes', async () => {
      const code =
        'import os, time\nn = 0\ntry:\n    while n < 100:\n        if os.fork() == 0: time.sleep(9)\n        n += 1\nexcept OSError: pass\nprint(n)';
      const counts = await Promise.all(
        [5, 50].map(async (processes) =>
          Number(text((await run(sandbox, 'python', code, { processes })).stdout)),
        ),
      );
      expect(counts[0]).toBeGreaterThanOrEqual(4);
      expect(counts[0]).toBeLessThanOrEqual(7);
      expect(counts[1]).toBeGreaterThanOrEqual(49);
      expect(counts[1]).toBeLessThanOrEqual(52);
    });

    it('of disk space', async () => {
      const code =
        'n = 0\ntry:\n    with open("f", "wb", buffering=0) as f:\n        while n < 64: n += f.write(bytes(1048576)) >> 20\nexcept OSError: pass\nprint(n)';
      const outcome = await run(sandbox, 'python', code, { diskBytes: 4 * MiB });
      expect(Number(text(outcome.stdout))).toBeGreaterThanOrEqual(4);
      expect(Number(text(outcome.stdout))).toBeLessThanOrEqual(5);
    });

    it('of processor time, over all its processes', async () => {
      const code = 'import os\nfor _ in range(3): os.fork()\nwhile True: pass';
      const outcome = await run(sandbox, 'python', code, { cpuTimeMs: 300, wallTimeMs: 10_000 });
      expect(outcome.verdict).toBe('time-limit-exceeded');
      expect(outcome.wallTimeMs).toBeLessThan(9_000);
    });

    it('that a running container can take are given to one that waits', async () => {
      await until(async () => {
        events.length = 0;
        await run(sandbox, 'python', 'print(1)', { memoryBytes: 64 * MiB });
        return events.some((event) => event.type === 'sandbox-taken' && event.warm);
      });
    });
  });

  describe('where the host’s cgroup files are out of sight', () => {
    const sandbox = createDockerSandbox({ ...options, cgroupRoot: '/nowhere' });
    beforeAll(() => sandbox.start(() => {}), 120_000);
    afterAll(() => sandbox.close(), 60_000);

    it('times are the daemon’s', async () => {
      const outcome = await run(sandbox, 'python', 'n = 0\nwhile n < 1000000: n += 1');
      expect(outcome.verdict).toBe('ok');
      expect(outcome.cpuTimeMs).toBeGreaterThan(5);
    });

    it('the out-of-memory killer is told apart from other ends', async () => {
      const hog = 'blocks = []\nwhile True: blocks.append(bytearray(1 << 23))';
      const killed = 'import os\nos.kill(os.getpid(), 9)';
      const verdicts = await Promise.all(
        [hog, killed].map(async (code) => (await run(sandbox, 'python', code)).verdict),
      );
      expect(verdicts).toEqual(['memory-limit-exceeded', 'runtime-error']);
    });
  });

  describe('languages with a compile step', () => {
    const sandbox = createDockerSandbox(options);
    beforeAll(() => sandbox.start(() => {}), 120_000);
    afterAll(() => sandbox.close(), 60_000);

    it('run what was compiled', async () => {
      const outcome = await run(
        sandbox,
        'c',
        '#include <stdio.h>\nint main(void) { int n; if (scanf("%d", &n) != 1) return 1; printf("%d\\n", 2 * n); return 3; }',
        {},
        '21',
      );
      expect(outcome).toMatchObject({
        verdict: 'runtime-error',
        exitCode: 3,
        compilation: { verdict: 'ok' },
      });
      expect(text(outcome.stdout)).toBe('42\n');
    });

    it('tell what the compiler says', async () => {
      const outcome = await run(sandbox, 'c', 'int main(void) { return x; }');
      expect(outcome.compilation?.verdict).toBe('runtime-error');
      expect(text(outcome.stderr)).toContain('main.c:1:');
    });

    it('tell a crash by its signal', async () => {
      const outcome = await run(sandbox, 'c', '#include <stdlib.h>\nint main(void) { abort(); }');
      expect(outcome).toMatchObject({ verdict: 'runtime-error', exitCode: null, signal: 'SIGABRT' });
    });

    it('may not hand on more than a run can hold', async () => {
      const outcome = await run(
        sandbox,
        'c',
        'char big[40 << 20] = {1};\nint main(int n) { return big[n]; }',
      );
      expect(outcome.compilation?.verdict).toBe('output-limit-exceeded');
    }, 60_000);

    it('end a compiler that never ends', async () => {
      const outcome = await run(sandbox, 'c', '#include "/dev/zero"\nint main(void) {}');
      expect(outcome.compilation?.verdict).not.toBe('ok');
    }, 60_000);
  });

  describe('its containers', () => {
    it('are all gone when it closes', async () => {
      const sandbox = createDockerSandbox({ ...options, owner: 'closing' });
      await sandbox.start(() => {});
      // Not a verdict: the job may be run again elsewhere.
      const running = expect(run(sandbox, 'python', 'while True: pass')).rejects.toThrow(SandboxError);
      await until(async () => (await containersOf('closing')).length > 1);
      await sandbox.close();
      await running;
      expect(await containersOf('closing')).toEqual([]);
    }, 60_000);

    it('are removed by the next runner when theirs was killed, and not those of one that lives', async () => {
      const script = fileURLToPath(new URL('testing-runner.ts', import.meta.url));
      const dead = spawn(process.execPath, [script, 'dead'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(dead.stdout, 'data');
      const busy = async () =>
        (await containersOf('dead')).filter(({ Labels }) => Labels[LABELS.role] === ROLES.sandbox);
      expect((await busy()).length).toBeGreaterThan(0);

      const living = createDockerSandbox({ ...options, owner: 'living' });
      await living.start(() => {});
      expect((await busy()).length).toBeGreaterThan(0);

      dead.kill('SIGKILL');
      await once(dead, 'exit');
      const anchorStopped = async () =>
        (await containersOf('dead')).every(
          ({ Labels, State }) => Labels[LABELS.role] === ROLES.sandbox || State !== 'running',
        );
      await until(anchorStopped);

      const next = createDockerSandbox({ ...options, owner: 'next' });
      await next.start(() => {});
      expect(await containersOf('dead')).toEqual([]);
      expect((await run(living, 'python', 'print(1)')).verdict).toBe('ok');
      await Promise.all([living.close(), next.close()]);
    }, 120_000);
  });

  describe('an end that no harness reports', () => {
    const sandbox = createDockerSandbox({ ...options, owner: 'ends' });
    beforeAll(() => sandbox.start(() => {}), 120_000);
    afterAll(() => sandbox.close(), 60_000);

    it('is told by the container’s own', async () => {
      let outcome: Promise<RunOutcome> | undefined;
      await new Promise<void>((onOutput) => {
        const code = 'print("up", flush=True)\nimport time\ntime.sleep(60)';
        outcome = run(sandbox, 'python', code, { wallTimeMs: 15_000 }, '', { onOutput: () => onOutput() });
      });
      for (const { Id, Labels } of await containersOf('ends')) {
        const isSandbox = Labels[LABELS.role] === ROLES.sandbox;
        if (isSandbox)
          await docker
            .getContainer(Id)
            .kill()
            .catch(() => {});
      }
      expect(await outcome).toMatchObject({ verdict: 'runtime-error', exitCode: null, signal: 'SIGKILL' });
    });

    it('does not hurt the jobs that follow', async () => {
      expect((await run(sandbox, 'python', 'print(1)')).verdict).toBe('ok');
    });
  });

  describe('what is missing', () => {
    it('an image, is told with the line that brings it', async () => {
      const sandbox = createDockerSandbox({
        ...options,
        images: { python: 'no-such-image:1', javascript: 'rce-local/javascript' },
      });
      await sandbox.start(() => {});
      const python = sandbox.languages().find(({ id }) => id === 'python');
      // A machine with the local image falls back to it.
      if (!python?.available) expect(python?.reason).toContain('docker pull no-such-image:1');
      await sandbox.close();
    }, 60_000);

    it('an engine, is told with what to do', async () => {
      const sandbox = createDockerSandbox({
        ...options,
        docker: new Docker({ socketPath: '/nowhere.sock' }),
      });
      await expect(sandbox.start(() => {})).rejects.toThrow(
        /There is no Docker socket here.*RCE_SANDBOX=wasm/,
      );
      await sandbox.close();
    });
  });
});
