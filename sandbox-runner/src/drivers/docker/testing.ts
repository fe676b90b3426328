import { randomBytes, randomInt } from 'node:crypto';
import type { RunOutcome } from '@rce/core/job.ts';
import { type RunLimits, resolveLimits } from '@rce/core/limits.ts';
import { SandboxError } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import Docker from 'dockerode';
import { CgroupReader } from './cgroup.ts';
import { type ContainerDeps, SandboxContainer } from './container.ts';
import { type Identity, type Shape, shapeFor } from './container-config.ts';
import type { HarnessName } from './harness.ts';
import { findImage, localImageName } from './images.ts';
import { Owner } from './owners.ts';
import { runIn } from './run.ts';
import { newToken } from './session.ts';

export interface Input {
  readonly stdin?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly entry?: string;
}

/** Single containers for tests, below the level of a sandbox: which harness runs a program is chosen here. */
export class Workbench {
  readonly docker = new Docker();
  readonly ownerId = `test-${randomBytes(4).toString('hex')}`;
  readonly #owner = new Owner(this.docker, this.ownerId);
  readonly deps: ContainerDeps = {
    docker: this.docker,
    cgroups: new CgroupReader(this.docker, '/sys/fs/cgroup'),
    tearDown: (work) => work(),
  };

  async open(): Promise<void> {
    await this.#owner.claim(await this.shape('bash', 'shell'), this.identity());
  }

  async close(): Promise<void> {
    await this.#owner.release();
  }

  identity(): Identity {
    return {
      owner: this.ownerId,
      name: `rce-exec-${randomBytes(8).toString('hex')}`,
      uid: 10_000 + randomInt(50_000),
      imageVolumes: [],
    };
  }

  async shape(languageId: string, harness: HarnessName, limits: RunLimits = resolveLimits()): Promise<Shape> {
    const language = findLanguage(languageId);
    if (!language) throw new Error(`there is no language ${languageId}`);
    const image =
      (await findImage(this.docker, language.docker.image)) ??
      (await findImage(this.docker, localImageName(languageId)));
    if (!image) throw new SandboxError(`there is no image for ${languageId}`);
    return shapeFor(language, image.id, harness, limits);
  }

  /** Runs code in a fresh container by one harness; `shell` starts the interpreter in the plain way. */
  async run(languageId: string, harness: HarnessName, code: string, input: Input = {}): Promise<RunOutcome> {
    const language = findLanguage(languageId);
    const entry = input.entry ?? language?.fileName ?? '';
    const token = newToken();
    const container = await SandboxContainer.start(
      this.deps,
      await this.shape(languageId, harness),
      this.identity(),
      token,
    );
    try {
      const files = { [entry]: code, ...input.files };
      const { outcome } = await runIn(
        container,
        {
          token,
          entry,
          files: Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) })),
          argv: (language?.docker.run ?? []).map((part) => (part === '{entry}' ? `/work/${entry}` : part)),
          args: input.args ?? [],
          env: input.env ?? {},
          stdin: Buffer.from(input.stdin ?? ''),
        },
        resolveLimits(),
        {},
      );
      return outcome;
    } finally {
      await container.destroy();
    }
  }
}
