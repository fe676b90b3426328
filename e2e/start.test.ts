import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { runJob } from './support/client.ts';
import { canReadProcesses, descendants, Engine, type EngineOptions, isAlive } from './support/engine.ts';

const LONG = 120_000;
const started: Engine[] = [];
function start(options: Partial<EngineOptions> = {}): Engine {
  const engine = new Engine({ driver: 'wasm', ...options });
  started.push(engine);
  return engine;
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((engine) => engine.stop()));
}, LONG);

describe('the start', () => {
  it(
    'says where it listens, what runs the programs and why, and what to try',
    async () => {
      const engine = start();
      const url = await engine.ready();
      expect(engine.output).toMatch(/sandbox {4}wasm/);
      expect(engine.output).toContain('RCE_SANDBOX=wasm');
      expect(engine.output).toContain(`curl -s '${url}/api/submit?wait=10'`);
    },
    LONG,
  );

  it(
    'says in a sentence that a port is taken',
    async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const address = other.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const engine = start({ env: { RCE_PORT: String(port) } });
      expect(await engine.ended).toBe(1);
      expect(engine.output).toContain(`Port ${port} is taken by another program.`);
      expect(engine.output).not.toMatch(/\n\s+at /);
      other.close();
    },
    LONG,
  );

  it(
    'says in a sentence that another engine uses the data folder',
    async () => {
      const first = start();
      await first.ready();
      const second = start({ dataDir: first.dataDir });
      expect(await second.ended).toBe(1);
      expect(second.output).toContain('Another engine uses the data folder');
      expect(second.output).not.toMatch(/\n\s+at /);
      expect((await fetch(`${await first.ready()}/api/health`)).status).toBe(200);
    },
    LONG,
  );

  it(
    'says in a sentence that the data folder cannot be made',
    async () => {
      const engine = start({ dataDir: '/dev/null/data' });
      expect(await engine.ended).toBe(1);
      expect(engine.output).toContain('The data folder /dev/null/data cannot be written');
    },
    LONG,
  );

  it(
    'says in a sentence that the sandbox that was asked for cannot be had',
    async () => {
      const engine = start({ driver: 'docker', env: { DOCKER_HOST: 'unix:///nowhere.sock' } });
      expect(await engine.ended).toBe(1);
      expect(engine.output).toContain('There is no Docker socket here.');
      expect(engine.output).not.toMatch(/\n\s+at |"stack"/);
    },
    LONG,
  );

  it(
    'names every setting that is wrong, whichever part of the engine reads it',
    async () => {
      const wrong = { RCE_PORT: 'abc', RCE_LOG_LEVEL: 'loud', RCE_RATE_LIMIT: 'few', RCE_SANDBOX: 'none' };
      const engine = start({ env: wrong });
      expect(await engine.ended).toBe(1);
      for (const [name, value] of Object.entries(wrong))
        expect(engine.output).toContain(`${name} is "${value}"`);
    },
    LONG,
  );

  it(
    'leaves room for a second engine',
    async () => {
      const urls = await Promise.all([start().ready(), start().ready()]);
      for (const url of urls)
        expect(await runJob(url, { language: 'python', code: 'print(1)' })).toMatchObject({ output: '1\n' });
    },
    LONG,
  );
});

if (canReadProcesses) {
  describe('the end', () => {
    it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      'by %s leaves no process behind',
      async (signal) => {
        const engine = start();
        await engine.ready();
        const pids = descendants(engine.pid).map(({ pid }) => pid);
        expect(pids.length).toBeGreaterThanOrEqual(2);
        expect(await engine.stop(signal)).toBe(0);
        expect(pids.filter(isAlive)).toEqual([]);
      },
      LONG,
    );

    it(
      'of the supervisor by kill -9 ends the others, too',
      async () => {
        const engine = start();
        await engine.ready();
        const pids = descendants(engine.pid).map(({ pid }) => pid);
        process.kill(engine.pid, 'SIGKILL');
        for (const deadline = Date.now() + 30_000; pids.some(isAlive) && Date.now() < deadline; )
          await sleep(50);
        expect(pids.filter(isAlive)).toEqual([]);
      },
      LONG,
    );
  });

  describe('the network', () => {
    it(
      'sees the engine on loopback alone',
      async () => {
        const engine = start();
        await engine.ready();
        const pids = [engine.pid, ...descendants(engine.pid).map(({ pid }) => pid)];
        const listening = pids.flatMap(listeningAddresses);
        expect(listening.length).toBeGreaterThanOrEqual(2);
        expect(listening.filter((address) => !LOOPBACK.has(address))).toEqual([]);
      },
      LONG,
    );
  });
}

/** 127.0.0.1 and ::1 as /proc/net/tcp and tcp6 write them, also as an IPv4 address in IPv6. */
const LOOPBACK = new Set([
  '0100007F',
  '00000000000000000000000001000000',
  '0000000000000000FFFF00000100007F',
]);

/** Addresses on which a process listens. */
function listeningAddresses(pid: number): string[] {
  const inodes = socketInodes(pid);
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1]?.split(':')[0] ?? ''),
  );
}

function socketInodes(pid: number): Set<string> {
  return new Set(
    readdirLinks(`/proc/${pid}/fd`).flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []),
  );
}

function readdirLinks(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      return [];
    }
  });
}
