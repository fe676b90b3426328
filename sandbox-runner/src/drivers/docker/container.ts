import type { Duplex } from 'node:stream';
import { SandboxError } from '@rce/core/ports/sandbox.ts';
import type Docker from 'dockerode';
import { demultiplex, type StreamName } from './attach.ts';
import type { CgroupReader, Meter, Usage } from './cgroup.ts';
import { containerConfig, type Identity, type Shape } from './container-config.ts';
import { DOCKER_HARNESSES, type Harness, READY } from './harness.ts';
import { isGvisor, kernelLimits } from './kernel-limits.ts';

/** A container that does not report ready within this time is given up. Milliseconds. */
const START_TIMEOUT_MS = 30_000;
/** How often the daemon is asked whether a container whose streams have ended is dead, and the pause between. */
const DEATH_TRIES = 60;
const DEATH_PAUSE_MS = 50;
/** How long a container stands in which a program has ended. */
const RETIRE_AFTER_MS = 50;
/** Bytes kept of what a container prints while it starts, to explain a failure. */
const COMPLAINT_BYTES = 2_048;
/** After this time, a container that has reported ready does nothing but wait. */
const SETTLE_MS = 100;

type Listener = (stream: StreamName, chunk: Buffer) => void;

export interface ContainerDeps {
  readonly docker: Docker;
  readonly cgroups: CgroupReader;
  /** Runs a removal some time soon, with a bound on how many go on at once. */
  readonly tearDown: (work: () => Promise<void>) => Promise<void>;
}

/** The memory limit is too small for the runtime itself. It is a verdict, not a failure of the sandbox's. */
export class OutOfMemoryError extends SandboxError {
  constructor(shape: Shape) {
    super(`${shape.memoryBytes} bytes of memory are too little for ${shape.image} to start.`);
  }
}

/** A started container whose harness waits for a program. */
export class SandboxContainer {
  readonly shape: Shape;
  readonly id: string;
  readonly harness: Harness;
  /** What the harness was told before it reported ready, if it needs its token so early. */
  readonly token: string;
  /** Resolves when the container's streams have ended: it is dead, or dying. */
  readonly closed: Promise<void>;
  /** Resolves when it has been removed. */
  readonly gone: Promise<void>;
  #markGone: () => void = () => {};
  readonly meter: Meter;
  /** Counters as it waits for a run, read ahead of it: a reading would delay the program. */
  lastUsage: Usage = { cpuNs: 0, memoryBytes: null, oomKills: null };
  readonly #deps: ContainerDeps;
  readonly #container: Docker.Container;
  readonly #runtime: string | undefined;
  readonly #stream: Duplex;
  #listener: Listener = () => {};
  #isClosed = false;
  #destroyed: Promise<void> | undefined;

  private constructor(
    deps: ContainerDeps,
    shape: Shape,
    container: Docker.Container,
    runtime: string | undefined,
    stream: Duplex,
    token: string,
  ) {
    this.#deps = deps;
    this.shape = shape;
    this.id = container.id;
    this.harness = DOCKER_HARNESSES[shape.harness];
    this.token = token;
    this.#container = container;
    this.#runtime = runtime;
    this.#stream = stream;
    this.meter = deps.cgroups.meter(container.id);
    this.closed = new Promise((resolve) => {
      const close = () => {
        this.#isClosed = true;
        resolve();
      };
      stream.once('end', close);
      stream.once('close', close);
      // A reset when the daemon goes away; `close` follows.
      stream.on('error', () => {});
    });
    this.gone = new Promise((resolve) => {
      this.#markGone = resolve;
    });
    demultiplex(stream, (name, chunk) => this.#listener(name, chunk));
  }

  /**
   * Creates and starts a container, and waits until its harness is ready.
   * @throws SandboxError saying which step failed and how.
   */
  static async start(
    deps: ContainerDeps,
    shape: Shape,
    identity: Identity,
    token: string,
  ): Promise<SandboxContainer> {
    const harness: Harness = DOCKER_HARNESSES[shape.harness];
    let container: Docker.Container | undefined;
    try {
      container = await deps.docker.createContainer(containerConfig(shape, identity));
      const stream = await container.attach({
        hijack: true,
        stream: true,
        stdin: true,
        stdout: true,
        stderr: true,
      });
      await container.start();
      const sandbox = new SandboxContainer(deps, shape, container, identity.runtime, stream as Duplex, token);
      stream.write(harness.prepare(token));
      await sandbox.#ready();
      sandbox.lastUsage = await sandbox.meter.usage();
      // Threads of the runtime may still have been at work.
      setTimeout(() => void sandbox.#readUsage(), SETTLE_MS).unref();
      return sandbox;
    } catch (error) {
      const id = container?.id;
      if (id !== undefined) void deps.tearDown(() => removeContainer(deps.docker, id));
      if (error instanceof SandboxError) throw error;
      throw new SandboxError(`A container of ${shape.image} did not start: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** Whether this side has thrown it away. */
  get isDestroyed(): boolean {
    return this.#destroyed !== undefined;
  }

  get inGvisor(): boolean {
    return isGvisor(this.#runtime);
  }

  get isClosed(): boolean {
    return this.#isClosed || this.isDestroyed;
  }

  /** Sends output to `listener` from now on. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  /** Gives it the memory and the processes of another shape. Returns whether it lives with them. */
  async resize(shape: Shape): Promise<boolean> {
    try {
      await this.#container.update(kernelLimits(shape, this.#runtime));
    } catch {
      // It uses more memory already than it is to have, or its runtime (gVisor's) cannot.
      return false;
    }
    // Control groups of version 2 take a limit that is exceeded, and kill the interpreter before any program comes.
    return !this.meter.isFast || ((await this.meter.usage()).oomKills ?? 0) === 0;
  }

  /**
   * What the daemon says of it: how it ended, or, while it runs, whether the kernel killed a process in it for
   * memory. undefined when it is gone.
   */
  async post(): Promise<{ exitCode: number; oomKilled: boolean } | undefined> {
    try {
      for (let tries = DEATH_TRIES; ; tries--) {
        const { State } = await this.#container.inspect();
        // Streams end a moment before the daemon knows of the end.
        if (!this.#isClosed || !State.Running || tries === 0)
          return { exitCode: State.ExitCode, oomKilled: State.OOMKilled };
        await new Promise((resolve) => setTimeout(resolve, DEATH_PAUSE_MS));
      }
    } catch {
      return undefined;
    }
  }

  /** Kills it, and says how it ended. */
  async end(): Promise<{ exitCode: number; oomKilled: boolean } | undefined> {
    try {
      await this.#container.kill();
    } catch {
      // It is dead or gone already.
    }
    await this.closed;
    return this.post();
  }

  /** Waits until the harness reports ready, anew after a run. @throws SandboxError when it never does. */
  async ready(received: Buffer): Promise<void> {
    await this.#ready(received);
    await this.#readUsage();
  }

  async #readUsage(): Promise<void> {
    if (this.meter.isFast) this.lastUsage = await this.meter.usage();
  }

  /** Collects `size` bytes of stdout, of which `received` came already. @throws SandboxError when it ends before. */
  receive(received: Buffer, size: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks = [received];
      let length = received.length;
      const check = () => {
        if (length >= size) resolve(Buffer.concat(chunks).subarray(0, size));
      };
      this.#listener = (name, chunk) => {
        if (name !== 'stdout') return;
        chunks.push(chunk);
        length += chunk.length;
        check();
      };
      void this.closed.then(() =>
        reject(new SandboxError(`A container of ${this.shape.image} ended in the middle of an artifact.`)),
      );
      check();
    });
  }

  /**
   * Throws away one whose program has ended and in which nothing runs any more. There is no hurry, and the
   * removal would take processor time from the result, which is on its way to whoever waits.
   */
  retire(): void {
    setTimeout(() => void this.destroy(), RETIRE_AFTER_MS).unref();
  }

  /** Kills and removes it, behind whatever else goes on. */
  destroy(): Promise<void> {
    this.#destroyed ??= this.#deps.tearDown(async () => {
      await removeContainer(this.#deps.docker, this.id);
      this.#stream.destroy();
    });
    this.#listener = () => {};
    void this.#destroyed.then(this.#markGone);
    return this.#destroyed;
  }

  #ready(received: Buffer = Buffer.alloc(0)): Promise<void> {
    return new Promise((resolve, reject) => {
      let said = received;
      let settled = false;
      const finish = (settle: () => void) => {
        settled = true;
        clearTimeout(timer);
        this.#listener = () => {};
        settle();
      };
      const fail = async (what: string) => {
        if (settled) return;
        const [end, usage] = await Promise.all([this.post(), this.meter.usage()]);
        const outOfMemory = end?.oomKilled || (usage.oomKills ?? 0) > 0;
        const error = outOfMemory ? new OutOfMemoryError(this.shape) : this.#notReady(what, said);
        finish(() => reject(error));
      };
      const timer = setTimeout(() => void fail('is not ready after 30 seconds'), START_TIMEOUT_MS);
      const check = () => {
        if (said.includes(READY)) finish(resolve);
        // A shell that waits for an interpreter reports its end, whether it ran a program or not.
        else if (said.includes(this.token)) void fail('ended its interpreter before it was ready');
      };
      this.#listener = (_, chunk) => {
        said = Buffer.concat([said, chunk]).subarray(-COMPLAINT_BYTES);
        check();
      };
      void this.closed.then(() => fail('ended before it was ready'));
      check();
    });
  }

  #notReady(what: string, said: Buffer): SandboxError {
    const complaint = said.toString('utf8').trim();
    return new SandboxError(
      `A container of ${this.shape.image} ${what}.${complaint ? ` It said: ${complaint}` : ''}`,
    );
  }
}

/** Kills and removes a container; it may be dead or gone already. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    // 404: gone. 409: another removal is at work.
    const status = (error as { statusCode?: number }).statusCode;
    if (status !== 404 && status !== 409) throw error;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
