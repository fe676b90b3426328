import { randomBytes, randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { RunOutcome } from '@rce/core/job.ts';
import type { Language } from '@rce/core/language.ts';
import { COMPILE_LIMITS, type RunLimits, resolveLimits } from '@rce/core/limits.ts';
import {
  type LanguageAvailability,
  type Program,
  type RunHooks,
  type Sandbox,
  SandboxError,
  type Session,
} from '@rce/core/ports/sandbox.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { WarmPool } from '../../pool.ts';
import { CgroupReader } from './cgroup.ts';
import { type ContainerDeps, messageOf, SandboxContainer } from './container.ts';
import { type Identity, NAME_PREFIX, type Shape, shapeFor } from './container-config.ts';
import { ARTIFACT, harnessFor } from './harness.ts';
import { dockerAdvice, findImage, type Image, localImageName, pullImage } from './images.ts';
import type { DockerSandboxOptions } from './options.ts';
import { Owner } from './owners.ts';
import { runIn } from './run.ts';
import { DockerSession, newToken } from './session.ts';
import { TearDown } from './tear-down.ts';

/** User ids of containers: above those of Debian's and Alpine's users, within one user namespace's 65,536. */
const UIDS = { first: 10_000, count: 50_000 };
/** A compiler may use a whole processor: its time is the submitter's wait, and it ends soon. */
const COMPILE_CPUS = 1;
/** What a compile step may hand on: the run's sandbox holds it twice for a moment, within its own memory. */
const MAX_ARTIFACT_BYTES = 24 * 1024 * 1024;
const WARM_MAX_AGE_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 60_000;

interface Installed {
  readonly language: Language;
  readonly image: Image;
  readonly version: string;
}

/** The docker driver: single-use containers, started and waiting before a job comes. */
export class DockerSandbox implements Sandbox {
  readonly driver = 'docker';
  readonly #options: DockerSandboxOptions;
  readonly #installed = new Map<string, Installed>();
  readonly #missing = new Map<string, string>();
  readonly #volumes = new Map<string, readonly string[]>();
  readonly #shapes = new Map<string, Shape>();
  readonly #deps: ContainerDeps;
  readonly #pool: WarmPool<SandboxContainer>;
  readonly #ownerId: string;
  readonly #owner: Owner;
  readonly #live = new Set<SandboxContainer>();
  #uid = randomInt(UIDS.count);
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: DockerSandboxOptions) {
    this.#options = options;
    const failed = (error: unknown) => options.onEvent?.({ type: 'sandbox-failed', error });
    const { docker, slots } = options;
    const tearDown = new TearDown(Math.max(2, availableParallelism()), failed);
    this.#ownerId = `${options.owner}-${randomBytes(4).toString('hex')}`;
    this.#owner = new Owner(docker, this.#ownerId);
    this.#deps = {
      docker,
      cgroups: new CgroupReader(docker, options.cgroupRoot ?? '/sys/fs/cgroup'),
      tearDown: async (work) => {
        const startedAt = performance.now();
        await tearDown.run(work);
        options.onEvent?.({ type: 'sandbox-removed', durationMs: performance.now() - startedAt });
      },
    };
    const base = (key: string) => {
      const shape = this.#shapes.get(key);
      return options.warm !== false && shape !== undefined && shape.harness !== 'shell' ? slots : 0;
    };
    this.#pool = new WarmPool<SandboxContainer>({
      create: (key) => this.#start(this.#shapeOf(key)),
      base,
      maxPerKey: options.warm === false ? 0 : Math.max(4, 4 * slots),
      maxTotal: Math.max(16, 12 * slots),
      refills: Math.max(1, availableParallelism()),
      maxAgeMs: WARM_MAX_AGE_MS,
      onRefillFailed: (_, error) => failed(error),
    });
  }

  async start(progress: (message: string) => void): Promise<void> {
    const { docker, images, pull } = this.#options;
    try {
      await docker.ping();
    } catch (error) {
      throw new SandboxError(dockerAdvice(error), { cause: error });
    }
    const found: { language: Language; image: Image }[] = [];
    for (const language of LANGUAGES) {
      const name = images[language.id] ?? language.docker.image;
      try {
        const image = await this.#image(language, name, pull.includes(language.id), progress);
        if (image) found.push({ language, image });
        else
          this.#missing.set(
            language.id,
            `The image ${name} is not on this machine. Pull it (docker pull ${name}), or build one without a registry (npm run images:local ${language.id}), and restart the runner.`,
          );
      } catch (error) {
        this.#missing.set(language.id, messageOf(error));
      }
    }
    const [any] = found;
    if (!any) {
      throw new SandboxError(
        `Docker answers, but no language has an image. ${[...this.#missing.values()][0] ?? ''}`,
      );
    }
    for (const { image } of found) this.#volumes.set(image.id, image.volumes);
    await this.#owner.claim(
      shapeFor(any.language, any.image.id, 'shell', resolveLimits()),
      this.#identity(any.image.id),
    );
    await this.#sweep();
    this.#sweeper = setInterval(() => void this.#sweep(), SWEEP_EVERY_MS);
    this.#sweeper.unref();
    await Promise.all(found.map(({ language, image }) => this.#probe(language, image)));
    if (this.#installed.size === 0) {
      throw new SandboxError(`No language can be run. ${[...this.#missing.values()][0] ?? ''}`);
    }
    const keys = [...this.#installed.values()]
      .filter(({ language }) => language.docker.harness !== 'shell')
      .map(({ language, image }) =>
        this.#key(shapeFor(language, image.id, language.docker.harness, this.#defaultLimits())),
      );
    this.#pool.start([...new Set(keys)]);
    progress(
      `Docker runs ${[...this.#installed.values()].map(({ language, version }) => `${language.name} ${version}`).join(', ')}.`,
    );
  }

  languages(): readonly LanguageAvailability[] {
    return LANGUAGES.map(({ id }) => {
      const installed = this.#installed.get(id);
      if (installed) return { id, available: true, version: installed.version };
      const reason = this.#missing.get(id) ?? 'The runner has not looked for its image yet.';
      return { id, available: false, version: null, reason };
    });
  }

  async open(program: Program, hooks: RunHooks = {}): Promise<Session> {
    const installed = this.#installed.get(program.language);
    if (!installed) {
      throw new SandboxError(
        this.#missing.get(program.language) ?? `There is no language ${program.language}.`,
      );
    }
    const { language, image } = installed;
    const { compile, run } = language.docker;
    const files = program.files.map(({ path, content }) => ({ path, content: Buffer.from(content) }));
    const harness = harnessFor(language, program.entry, program.runs);
    const shape = shapeFor(language, image.id, harness, program.limits);
    const take = () => this.#take(shape, language.id);
    const first = take();
    const parts = {
      program,
      runtime: `${language.name} ${installed.version}`,
      take,
      first,
    };
    const argv = commandOf(run, program);
    if (!compile) {
      return new DockerSession({
        ...parts,
        compilation: null,
        message: { entry: program.entry, files, argv },
      });
    }
    first.catch(() => {});
    const { outcome, artifact } = await this.#compile(
      language,
      image,
      { entry: program.entry, files, argv: commandOf(compile, program) },
      hooks,
    );
    return new DockerSession({
      ...parts,
      compilation: outcome,
      message: { entry: program.entry, files: [], argv, artifact },
    });
  }

  warm() {
    return this.#pool.level();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#pool.close();
    await Promise.all([...this.#live].map((container) => container.destroy()));
    await this.#owner.release();
  }

  #defaultLimits(): RunLimits {
    return resolveLimits({}, this.#options.maxima);
  }

  async #image(
    language: Language,
    name: string,
    mayPull: boolean,
    progress: (message: string) => void,
  ): Promise<Image | undefined> {
    const { docker } = this.#options;
    const here = (await findImage(docker, name)) ?? (await findImage(docker, localImageName(language.id)));
    if (here || !mayPull) return here;
    await pullImage(docker, name, progress);
    return findImage(docker, name);
  }

  /** Runs the language's version command: the surest test that the image holds what it should. */
  async #probe(language: Language, image: Image): Promise<void> {
    const limits = { ...COMPILE_LIMITS };
    try {
      const container = await this.#start(shapeFor(language, image.id, 'shell', limits, COMPILE_CPUS));
      const { outcome } = await runIn(
        container,
        {
          token: newToken(),
          entry: language.fileName,
          files: [],
          argv: language.docker.version,
          args: [],
          env: {},
          stdin: new Uint8Array(),
        },
        limits,
        {},
      ).finally(() => void container.destroy());
      const said = Buffer.concat([outcome.stdout, outcome.stderr]).toString('utf8');
      const version = /\d+(?:\.\d+)+/.exec(said)?.[0];
      if (outcome.verdict === 'ok' && version !== undefined) {
        this.#installed.set(language.id, { language, image, version });
        return;
      }
      this.#missing.set(
        language.id,
        `The image ${image.name} cannot run ${language.name}: \`${language.docker.version.join(' ')}\` ended with ${outcome.verdict}. ${said.trim().slice(0, 300)}`,
      );
    } catch (error) {
      this.#missing.set(language.id, messageOf(error));
    }
  }

  async #compile(
    language: Language,
    image: Image,
    message: { entry: string; files: { path: string; content: Uint8Array }[]; argv: string[] },
    hooks: RunHooks,
  ): Promise<{ outcome: RunOutcome; artifact: Uint8Array }> {
    const shape = shapeFor(language, image.id, 'shell', COMPILE_LIMITS, COMPILE_CPUS);
    const container = await this.#take(shape, language.id);
    try {
      const run = await runIn(
        container,
        { ...message, token: newToken(), args: [], env: {}, stdin: new Uint8Array(), wantsArtifact: true },
        COMPILE_LIMITS,
        hooks,
        { cpus: COMPILE_CPUS },
      );
      if (run.outcome.verdict !== 'ok') return { outcome: run.outcome, artifact: new Uint8Array() };
      const size = run.extra ?? 0;
      if (size > MAX_ARTIFACT_BYTES) {
        const outcome = { ...run.outcome, verdict: 'output-limit-exceeded' } as const;
        return { outcome, artifact: new Uint8Array() };
      }
      const artifact = await container.receive(run.after, size);
      return { outcome: run.outcome, artifact };
    } finally {
      void container.destroy();
    }
  }

  /** A container of this shape that is ready: one that waits where there is one, else a new one. */
  async #take(shape: Shape, language: string): Promise<SandboxContainer> {
    const startedAt = performance.now();
    const told = (container: SandboxContainer, warm: boolean) => {
      const waitMs = performance.now() - startedAt;
      this.#options.onEvent?.({ type: 'sandbox-taken', language, waitMs, warm });
      return container;
    };
    const key = this.#key(shape);
    const usual = this.#usual(shape);
    const usualKey = this.#key(usual);
    const ready = this.#pool.takeReady(usualKey);
    if (usualKey === key) return told(ready ?? (await this.#pool.takeNext(key)), ready !== undefined);
    // Memory and processes can be changed in a container that runs; nobody else will want this shape.
    if (ready && (await ready.resize(shape))) return told(ready, true);
    void ready?.destroy();
    return told(await this.#start(shape), false);
  }

  /** The same with the limits of a job that asks for none, where a running container can be given others. */
  #usual(shape: Shape): Shape {
    const usual = this.#defaultLimits();
    if (shape.harness === 'shell') return shape;
    return {
      ...shape,
      memoryBytes: usual.memoryBytes,
      processes: Math.max(usual.processes, shape.processes),
    };
  }

  async #start(shape: Shape): Promise<SandboxContainer> {
    const startedAt = performance.now();
    const container = await SandboxContainer.start(
      this.#deps,
      shape,
      this.#identity(shape.image),
      newToken(),
    );
    this.#live.add(container);
    void container.gone.then(() => this.#live.delete(container));
    this.#options.onEvent?.({
      type: 'sandbox-started',
      harness: shape.harness,
      durationMs: performance.now() - startedAt,
    });
    return container;
  }

  #identity(image: string): Identity {
    this.#uid = (this.#uid + 1) % UIDS.count;
    return {
      owner: this.#ownerId,
      name: `${NAME_PREFIX}${randomBytes(8).toString('hex')}`,
      uid: UIDS.first + this.#uid,
      runtime: this.#options.runtime,
      imageVolumes: this.#volumes.get(image) ?? [],
    };
  }

  #key(shape: Shape): string {
    const key = JSON.stringify(shape);
    this.#shapes.set(key, shape);
    return key;
  }

  #shapeOf(key: string): Shape {
    const shape = this.#shapes.get(key);
    if (!shape) throw new SandboxError(`No container is known for ${key}.`);
    return shape;
  }

  async #sweep(): Promise<void> {
    try {
      const count = await this.#owner.sweep();
      if (count > 0) this.#options.onEvent?.({ type: 'sandboxes-swept', count });
    } catch (error) {
      this.#options.onEvent?.({ type: 'sandbox-failed', error });
    }
  }
}

/** Fills in a language's command: see core's LanguageDefinition. */
function commandOf(command: readonly string[], program: Pick<Program, 'entry' | 'files'>): string[] {
  const extension = program.entry.slice(program.entry.lastIndexOf('.'));
  const inWork = (path: string) => `/work/${path}`;
  return command.flatMap((argument) => {
    switch (argument) {
      case '{entry}':
        return [inWork(program.entry)];
      case '{sources}':
        return program.files
          .map(({ path }) => path)
          .filter((path) => path.endsWith(extension))
          .map(inWork);
      case '{artifact}':
        return [ARTIFACT];
      default:
        return [argument];
    }
  });
}

export function createDockerSandbox(options: DockerSandboxOptions): Sandbox {
  return new DockerSandbox(options);
}
