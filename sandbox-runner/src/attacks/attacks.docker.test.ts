import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import Docker from 'dockerode';
import { describeLayer, missingDocker } from '../../../e2e/support/layers.ts';
import { createDockerSandbox } from '../drivers/docker/docker-sandbox.ts';
import { CANARY_PORT } from './programs/network.ts';
import { attacksFor, describeAttacks } from './suite.ts';

/** A client that remembers which containers were made through it. */
class RecordingDocker extends Docker {
  readonly made: string[] = [];

  override async createContainer(options: Docker.ContainerCreateOptions): Promise<Docker.Container> {
    const container = await super.createContainer(options);
    this.made.push(container.id);
    return container;
  }
}

/** What the host still holds of containers: mounts, control groups of processes, and the daemon's own record. */
async function leftOnHost(docker: Docker, ids: readonly string[]): Promise<string[]> {
  const known = new Set((await docker.listContainers({ all: true })).map(({ Id }) => Id));
  const places = [
    readFileSync('/proc/mounts', 'utf8'),
    ...readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cgroup`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        } catch {
          return '';
        }
      }),
  ].join('\n');
  return ids.filter((id) => known.has(id) || places.includes(id));
}

async function eventually<T>(look: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 20_000;
  let value = await look();
  while (!wanted(value) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    value = await look();
  }
  return value;
}

describeLayer('docker', await missingDocker(), 'attacks on the docker driver', () => {
  const docker = new RecordingDocker();
  const visitors: string[] = [];
  const failures: unknown[] = [];
  let sandbox: Sandbox;
  let canary: Server;
  const descriptors = () => readdirSync('/proc/self/fd').length;
  let descriptorsBefore = 0;

  beforeAll(async () => {
    canary = createServer((socket) => {
      visitors.push(String(socket.remoteAddress));
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(CANARY_PORT, '127.0.0.1', resolve));
    sandbox = createDockerSandbox({
      docker,
      images: {},
      pull: [],
      slots: 1,
      owner: 'attacks',
      onEvent: (event) => {
        if (event.type === 'sandbox-failed') failures.push(event.error);
      },
    });
    descriptorsBefore = descriptors();
    await sandbox.start(() => {});
  }, 120_000);

  afterAll(async () => {
    await sandbox.close();
    canary.close();
  }, 60_000);

  for (const [group, attacks] of attacksFor('docker')) {
    describe(group, () => describeAttacks(attacks, () => sandbox));
  }

  describe('afterwards', () => {
    it('nothing inside has reached a port of the host', () => {
      expect(visitors).toEqual([]);
    });

    it('the sandbox has not failed behind anyone’s back', () => {
      expect(failures).toEqual([]);
    });

    it('no container, process, mount or descriptor is left on the host', async () => {
      expect(docker.made.length).toBeGreaterThan(0);
      await sandbox.close();
      const left = await eventually(
        () => leftOnHost(docker, docker.made),
        (ids) => ids.length === 0,
      );
      expect(left).toEqual([]);
      const open = await eventually(
        async () => descriptors(),
        (count) => count <= descriptorsBefore + 4,
      );
      expect(open).toBeLessThanOrEqual(descriptorsBefore + 4);
    }, 60_000);
  });
});
