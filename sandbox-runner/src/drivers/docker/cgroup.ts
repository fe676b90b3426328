import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';

/** What the kernel has counted for one container since it started. */
export interface Usage {
  readonly cpuNs: number;
  /** Peak; null where the kernel does not tell. */
  readonly memoryBytes: number | null;
  /** How often the out-of-memory killer has ended a process; null where only the daemon knows. */
  readonly oomKills: number | null;
}

/** The files that hold the counters of one container. */
interface Files {
  cpuNs(): number;
  memoryBytes(): number | null;
  oomKills(): number | null;
}

const NS_PER_US = 1_000;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function counter(text: string | undefined, name: string): number | null {
  const match = text === undefined ? null : new RegExp(`^${name} (\\d+)$`, 'm').exec(text);
  return match ? Number(match[1]) : null;
}

function plain(text: string | undefined): number | null {
  return text !== undefined && /^\d+\n?$/.test(text) ? Number(text) : null;
}

function v1Files(cpu: string, memory: string): Files {
  return {
    cpuNs: () => plain(read(join(cpu, 'cpuacct.usage'))) ?? 0,
    memoryBytes: () => plain(read(join(memory, 'memory.max_usage_in_bytes'))),
    oomKills: () => counter(read(join(memory, 'memory.oom_control')), 'oom_kill'),
  };
}

function v2Files(dir: string): Files {
  return {
    cpuNs: () => (counter(read(join(dir, 'cpu.stat')), 'usage_usec') ?? 0) * NS_PER_US,
    // Linux 5.19 and later.
    memoryBytes: () => plain(read(join(dir, 'memory.peak'))),
    oomKills: () => counter(read(join(dir, 'memory.events')), 'oom_kill'),
  };
}

/**
 * Reads the kernel's counters of containers. Where this process sees the host's cgroup files, a reading takes
 * some 50 µs; elsewhere it asks the daemon, which takes some 10 ms and, on cgroup v2, knows no peak.
 */
export class CgroupReader {
  readonly #docker: Docker;
  readonly #root: string;
  /** Where the daemon keeps its containers' control groups, by its cgroup driver: cgroupfs, systemd. */
  readonly #parents = ['docker', 'system.slice'];
  #isElsewhere = false;

  /** `root` is where the host's cgroup file systems are mounted. */
  constructor(docker: Docker, root: string) {
    this.#docker = docker;
    this.#root = root;
  }

  /** Finds the counters of a container that runs. */
  meter(containerId: string): Meter {
    return new Meter(this.#find(containerId), this.#docker.getContainer(containerId));
  }

  #find(id: string): Files | undefined {
    if (this.#isElsewhere) return undefined;
    const names = [id, `docker-${id}.scope`];
    const known = this.#filesIn(this.#parents, names);
    if (known) return known;
    // A daemon without root, or one that was told of another parent. It is the same for all containers: looked for once.
    const hierarchy = existsSync(join(this.#root, 'cgroup.controllers')) ? '' : 'memory';
    const parent = findParent(join(this.#root, hierarchy), names);
    if (parent === undefined) {
      this.#isElsewhere = true;
      return undefined;
    }
    this.#parents.push(parent);
    return this.#filesIn([parent], names);
  }

  #filesIn(parents: readonly string[], names: readonly string[]): Files | undefined {
    for (const path of parents.flatMap((parent) => names.map((name) => join(parent, name)))) {
      const unified = join(this.#root, path);
      if (existsSync(join(unified, 'cgroup.controllers'))) return v2Files(unified);
      for (const controller of ['cpuacct', 'cpu,cpuacct']) {
        const cpu = join(this.#root, controller, path);
        if (existsSync(cpu)) return v1Files(cpu, join(this.#root, 'memory', path));
      }
    }
    return undefined;
  }
}

/** The folder, relative to `top`, that has one of these in it. */
function findParent(top: string, names: readonly string[]): string | undefined {
  const left = [''];
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    for (const name of foldersIn(join(top, folder))) {
      if (names.includes(name)) return folder;
      left.push(join(folder, name));
    }
  }
  return undefined;
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    // A control group that has gone in the meantime.
    return [];
  }
}

export class Meter {
  readonly #files: Files | undefined;
  readonly #container: Docker.Container;

  constructor(files: Files | undefined, container: Docker.Container) {
    this.#files = files;
    this.#container = container;
  }

  /** Whether a reading takes microseconds, so that nobody need put it off. */
  get isFast(): boolean {
    return this.#files !== undefined;
  }

  /** Nanoseconds of processor time so far. */
  async cpuNs(): Promise<number> {
    return this.#files ? this.#files.cpuNs() : (await this.#ask()).cpuNs;
  }

  async usage(): Promise<Usage> {
    if (!this.#files) return this.#ask();
    return {
      cpuNs: this.#files.cpuNs(),
      memoryBytes: this.#files.memoryBytes(),
      oomKills: this.#files.oomKills(),
    };
  }

  async #ask(): Promise<Usage> {
    try {
      const stats = await this.#container.stats({ stream: false, 'one-shot': true });
      return {
        cpuNs: stats.cpu_stats?.cpu_usage?.total_usage ?? 0,
        memoryBytes: stats.memory_stats?.max_usage ?? null,
        oomKills: null,
      };
    } catch {
      // It ended in the meantime.
      return { cpuNs: 0, memoryBytes: null, oomKills: null };
    }
  }
}
