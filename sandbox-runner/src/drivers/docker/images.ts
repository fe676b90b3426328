import { SandboxError } from '@rce/core/ports/sandbox.ts';
import type Docker from 'dockerode';
import { messageOf } from './container.ts';

export interface Image {
  /** Content address: what a container is made from does not change when the tag moves. */
  readonly id: string;
  readonly name: string;
  /** Folders that the image declares as volumes. */
  readonly volumes: readonly string[];
}

/** Images built on a machine without a registry (`npm run images:local`) have these names. */
export function localImageName(languageId: string): string {
  return `rce-local/${languageId}`;
}

/** Finds an image on this machine; undefined when it is not here. */
export async function findImage(docker: Docker, name: string): Promise<Image | undefined> {
  try {
    const info = await docker.getImage(name).inspect();
    return { id: info.Id, name, volumes: Object.keys(info.Config?.Volumes ?? {}) };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

const PROGRESS_EVERY_MS = 5_000;

/**
 * Pulls an image, with a sentence of progress every few seconds.
 * @throws SandboxError with the registry's complaint.
 */
export async function pullImage(
  docker: Docker,
  name: string,
  progress: (message: string) => void,
): Promise<void> {
  progress(`Pulling the image ${name} …`);
  const layers = new Map<string, { current: number; total: number }>();
  let told = Date.now();
  try {
    const stream = await docker.pull(name);
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error) => (error ? reject(error) : resolve()),
        (event: { id?: string; progressDetail?: { current?: number; total?: number } }) => {
          const { current, total } = event.progressDetail ?? {};
          if (event.id !== undefined && current !== undefined && total !== undefined) {
            layers.set(event.id, { current, total });
          }
          if (Date.now() - told < PROGRESS_EVERY_MS) return;
          told = Date.now();
          const sum = (pick: 'current' | 'total') =>
            Math.round([...layers.values()].reduce((bytes, layer) => bytes + layer[pick], 0) / 1e6);
          progress(`Pulling the image ${name}: ${sum('current')} of ${sum('total')} MB`);
        },
      );
    });
  } catch (error) {
    throw new SandboxError(`The image ${name} could not be pulled: ${messageOf(error)}`, { cause: error });
  }
}

/** Why Docker cannot be used, and what to do, for the person who starts the runner. */
export function dockerAdvice(error: unknown): string {
  const code = (error as { code?: string }).code;
  const where = process.platform === 'linux' ? 'sudo systemctl start docker' : 'start Docker Desktop';
  switch (code) {
    case 'EACCES':
      return 'You may not use the Docker socket. Add yourself to its group (sudo usermod -aG docker "$USER", then log in again), or set RCE_SANDBOX=wasm.';
    case 'ENOENT':
      return `There is no Docker socket here. Start Docker (${where}), point DOCKER_HOST to it, or set RCE_SANDBOX=wasm.`;
    case 'ECONNREFUSED':
      return `The Docker socket is there, but no daemon answers. Start it (${where}), or set RCE_SANDBOX=wasm.`;
    default:
      return `Docker does not answer: ${messageOf(error)}. Check \`docker info\`, or set RCE_SANDBOX=wasm.`;
  }
}
