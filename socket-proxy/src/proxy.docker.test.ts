import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_RUN_LIMITS } from '@rce/core/limits.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import { createLog } from '@rce/observability/log.ts';
import Docker from 'dockerode';
import { describeLayer, missingDocker } from '../../e2e/support/layers.ts';
import { createDockerSandbox } from '../../sandbox-runner/src/drivers/docker/docker-sandbox.ts';
import { createProxy } from './proxy.ts';

const SOCKET = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');

describeLayer('docker', await missingDocker(), 'the socket proxy before a Docker engine', () => {
  const direct = new Docker({ socketPath: SOCKET });
  let proxy: Server;
  let through: Docker;
  let sandbox: Sandbox;
  let port = 0;

  beforeAll(async () => {
    proxy = createProxy({ socketPath: SOCKET, pull: false, log: createLog('proxy', 'silent') });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    ({ port } = proxy.address() as AddressInfo);
    through = new Docker({ host: '127.0.0.1', port, protocol: 'http' });
    sandbox = createDockerSandbox({ docker: through, images: {}, pull: [], slots: 1, owner: 'proxied' });
    await sandbox.start(() => {});
  }, 120_000);

  afterAll(async () => {
    await sandbox.close();
    proxy.closeAllConnections();
    proxy.close();
  }, 60_000);

  async function run(language: string, code: string, stdins: string[], limits = DEFAULT_RUN_LIMITS) {
    const session = await sandbox.open({
      jobId: crypto.randomUUID(),
      language,
      files: [{ path: findLanguage(language)?.fileName ?? '', content: code }],
      entry: findLanguage(language)?.fileName ?? '',
      limits,
      runs: stdins.length,
    });
    const said: string[] = [];
    for (const stdin of stdins) {
      const outcome = await session.run({ stdin: Buffer.from(stdin), args: [], env: {} });
      said.push(`${outcome.verdict} ${Buffer.from(outcome.stdout).toString('utf8').trim()}`);
    }
    await session.close();
    return said;
  }

  it('lets every language be probed', () => {
    expect(sandbox.languages().filter(({ available }) => available).length).toBeGreaterThan(0);
  });

  it('carries programs with their input, one after the other', async () => {
    expect(await run('python', 'print(input()[::-1])', ['abc', 'def', 'x'.repeat(100_000)])).toEqual([
      'ok cba',
      'ok fed',
      expect.stringMatching(/^(ok|output-limit-exceeded) x+$/),
    ]);
  });

  it('carries a flood, and the end of a loop', async () => {
    expect((await run('python', 'while True: print("x" * 1000)', ['']))[0]).toMatch(
      /^output-limit-exceeded x/,
    );
    const limits = { ...DEFAULT_RUN_LIMITS, wallTimeMs: 300 };
    expect(await run('python', 'print(1, flush=True)\nwhile True: pass', [''], limits)).toEqual([
      'time-limit-exceeded 1',
    ]);
  });

  it('carries limits other than those of a waiting container', async () => {
    const limits = { ...DEFAULT_RUN_LIMITS, memoryBytes: 64 * 1024 * 1024 };
    expect(await run('python', 'x = bytearray(100 << 20)', [''], limits)).toEqual(['memory-limit-exceeded ']);
  });

  it('keeps a runner from containers that are not a runner’s', async () => {
    const image = (await direct.listImages())[0]?.Id ?? '';
    const foreign = await direct.createContainer({ Image: image, Cmd: ['sh'], Labels: { test: 'foreign' } });
    try {
      const seen = through.getContainer(foreign.id);
      await expect(seen.inspect()).rejects.toMatchObject({ statusCode: 403 });
      await expect(seen.start()).rejects.toMatchObject({ statusCode: 403 });
      await expect(seen.remove({ force: true })).rejects.toMatchObject({ statusCode: 403 });
      await expect(seen.attach({ stream: true, stdin: true, hijack: true })).rejects.toMatchObject({
        statusCode: 403,
      });
      expect((await foreign.inspect()).State.Status).toBe('created');
    } finally {
      await foreign.remove({ force: true });
    }
  });

  it('refuses a privileged container, and makes none', async () => {
    const name = 'rce-exec-privileged';
    await expect(
      through.createContainer({ name, Image: 'rce-local/python', HostConfig: { Privileged: true } }),
    ).rejects.toMatchObject({ statusCode: 403 });
    await expect(direct.getContainer(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  /** Sends bytes as they are and returns the status lines of what comes back. */
  function raw(bytes: string): Promise<string[]> {
    return new Promise((resolve) => {
      let received = '';
      const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(received.match(/HTTP\/1\.1 \d+/g) ?? []));
      socket.on('error', () => resolve([]));
    });
  }

  it.each([
    [
      'a page in a browser',
      'GET /_ping HTTP/1.1\r\nHost: x\r\nOrigin: http://evil\r\nConnection: close\r\n\r\n',
    ],
    [
      'a request hidden in the body of another',
      'GET /_ping HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /containers/json HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    [
      'an upgrade of another call',
      'GET /info HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    ],
    ['an upgrade to h2c', 'POST /grpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['a tunnel', 'CONNECT 10.0.0.1:80 HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'a body that is no JSON',
      'POST /containers/create?name=rce-exec-x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\n{',
    ],
  ])('does not fall for %s', async (_, bytes) => {
    for (const status of await raw(bytes)) expect(status).toMatch(/ 40[0-9]$/);
  });
});
