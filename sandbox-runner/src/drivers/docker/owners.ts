import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { removeContainer } from './container.ts';
import { containerConfig, type Identity, LABELS, ROLES, type Shape } from './container-config.ts';

/**
 * Which runner a container belongs to, and whether that runner is alive. Only the daemon can tell that of all
 * runners on a host, wherever they run: each runner holds the stdin of one small container, its anchor.
 * The anchor ends when its stdin does, and that is when the runner's process ends, however it ends. So a
 * container whose owner has no running anchor is a dead runner's.
 */
export class Owner {
  readonly #docker: Docker;
  readonly #id: string;
  #anchor: { readonly id: string; readonly stream: Duplex } | undefined;

  constructor(docker: Docker, id: string) {
    this.#docker = docker;
    this.#id = id;
  }

  /** Starts the anchor. No container of this owner may be made before. */
  async claim(shape: Shape, identity: Identity): Promise<void> {
    const config = containerConfig(shape, identity);
    const container = await this.#docker.createContainer({
      ...config,
      name: `rce-owner-${this.#id}`,
      Entrypoint: ['sh', '-c', 'read -r _'],
      Labels: { [LABELS.owner]: this.#id, [LABELS.role]: ROLES.owner },
    });
    const stream = await container.attach({ hijack: true, stream: true, stdin: true, stdout: true });
    stream.on('error', () => {});
    stream.resume();
    await container.start();
    this.#anchor = { id: container.id, stream: stream as Duplex };
  }

  /** Removes what dead runners left. Returns how many containers that were. */
  async sweep(): Promise<number> {
    const containers = await this.#docker.listContainers({
      all: true,
      filters: { label: [LABELS.owner] },
    });
    const alive = new Set([this.#id]);
    for (const { Labels, State } of containers) {
      // `created`: its owner is about to start it.
      if (Labels[LABELS.role] === ROLES.owner && (State === 'running' || State === 'created')) {
        alive.add(Labels[LABELS.owner] ?? '');
      }
    }
    const orphans = containers.filter(({ Labels }) => !alive.has(Labels[LABELS.owner] ?? ''));
    await Promise.all(orphans.map(({ Id }) => removeContainer(this.#docker, Id)));
    return orphans.length;
  }

  /** Gives up the anchor, after everything else is gone. */
  async release(): Promise<void> {
    const anchor = this.#anchor;
    this.#anchor = undefined;
    if (!anchor) return;
    await removeContainer(this.#docker, anchor.id);
    anchor.stream.destroy();
  }
}
