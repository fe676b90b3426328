import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { describeLayer, missingDocker } from '../../../e2e/support/layers.ts';
import { createDockerSandbox } from '../drivers/docker/docker-sandbox.ts';
import { descriptors, eventually, leftOnHost, RecordingDocker } from './host.ts';
import { attacksFor } from './launch.ts';
import { CANARY_PORT } from './programs/network.ts';
import { describeAttacks } from './suite.ts';

describeLayer('docker', await missingDocker(), 'attacks on the docker driver', () => {
  const docker = new RecordingDocker();
  const visitors: string[] = [];
  const failures: unknown[] = [];
  let sandbox: Sandbox;
  let canary: Server;
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
