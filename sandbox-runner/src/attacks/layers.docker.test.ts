import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import Docker from 'dockerode';
import { describeLayer, missingDocker } from '../../../e2e/support/layers.ts';
import { createDockerSandbox } from '../drivers/docker/docker-sandbox.ts';
import { launch } from './launch.ts';
import { LAYERS, LAYERS_PORT } from './layers.ts';

type Config = Docker.ContainerCreateOptions;

/** A client that changes the containers that the driver asks for. */
class WeakenedDocker extends Docker {
  change: (config: Config) => Config = (config) => config;

  override createContainer(options: Config): Promise<Docker.Container> {
    return super.createContainer(this.change(options));
  }
}

const SECURITY_DOC = new URL('../../../docs/security.md', import.meta.url);

describe('docs/security.md', () => {
  it.each(LAYERS.map(({ name }) => name))('names the layer: %s', (name) => {
    expect(readFileSync(SECURITY_DOC, 'utf8')).toContain(`| ${name} |`);
  });
});

describeLayer('docker', await missingDocker(), 'layers of the docker driver', () => {
  const docker = new WeakenedDocker();
  let sandbox: Sandbox;
  let canary: Server;

  beforeAll(async () => {
    canary = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => canary.listen(LAYERS_PORT, '127.0.0.1', resolve));
    // No container waits: each must be made with the change of the moment.
    sandbox = createDockerSandbox({ docker, images: {}, pull: [], slots: 1, owner: 'layers', warm: false });
    await sandbox.start(() => {});
  }, 120_000);

  afterAll(async () => {
    await sandbox.close();
    canary.close();
  }, 60_000);

  async function stdoutOf(code: string, change: (config: Config) => Config): Promise<string> {
    docker.change = change;
    const [outcome] = await launch(sandbox, {
      name: '',
      language: 'python',
      code,
      limits: { wallTimeMs: 15_000 },
      expect: { verdict: 'ok' },
    });
    return Buffer.from(outcome?.stdout ?? []).toString('utf8');
  }

  it.each(LAYERS.map((layer) => [layer.name, layer] as const))(
    '%s: holds, and without it the attack succeeds',
    async (_, { attack, without, granted = (config: Config) => config }) => {
      expect(await stdoutOf(attack, granted)).not.toContain('ESCAPED');
      expect(await stdoutOf(attack, (config) => without(granted(config)))).toContain('ESCAPED');
    },
    60_000,
  );
});
