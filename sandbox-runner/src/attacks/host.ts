import { readdirSync, readFileSync } from 'node:fs';
import Docker from 'dockerode';

/** Descriptors that this process has open. */
export function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** A Docker client that remembers which containers were made through it. */
export class RecordingDocker extends Docker {
  readonly made: string[] = [];

  override async createContainer(options: Docker.ContainerCreateOptions): Promise<Docker.Container> {
    const container = await super.createContainer(options);
    this.made.push(container.id);
    return container;
  }
}

/** What the host still holds of containers: mounts, control groups of processes, and the daemon's own record. */
export async function leftOnHost(docker: Docker, ids: readonly string[]): Promise<string[]> {
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

/** Looks until what it sees is wanted, for at most 20 seconds; returns what it saw last. */
export async function eventually<T>(look: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 20_000;
  let value = await look();
  while (!wanted(value) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    value = await look();
  }
  return value;
}
