import { existsSync, readFileSync } from 'node:fs';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import type Docker from 'dockerode';
import { z } from 'zod';
import { findImage, localImageName } from '../drivers/docker/images.ts';
import type { SandboxSettings } from '../settings.ts';

/** What the doctor reads of `docker info`; the engine leaves out what it does not know. */
export const EngineInfo = z.object({
  ServerVersion: z.string().default(''),
  KernelVersion: z.string().default(''),
  CgroupVersion: z.string().default('1'),
  CgroupDriver: z.string().default(''),
  Driver: z.string().default(''),
  MemTotal: z.number().default(0),
  NCPU: z.number().default(1),
  MemoryLimit: z.boolean().default(false),
  SwapLimit: z.boolean().default(false),
  PidsLimit: z.boolean().default(false),
  CpuCfsQuota: z.boolean().default(false),
  SecurityOptions: z.array(z.string()).nullish(),
  Runtimes: z.record(z.string(), z.object({ runtimeArgs: z.array(z.string()).nullish() })).default({}),
});
export type EngineInfo = z.output<typeof EngineInfo>;

const EngineVersion = z.object({
  Components: z.array(z.object({ Name: z.string(), Version: z.string() })).nullish(),
});

export interface ImageFact {
  readonly language: string;
  readonly image: string;
  readonly present: 'stock' | 'local' | 'no';
}

/** What was seen of a Docker engine and the machine. The checks decide what it means. */
export interface Facts {
  readonly info: EngineInfo;
  readonly runcVersion: string | undefined;
  readonly images: readonly ImageFact[];
  /** Bytes of swap on this machine; undefined where that cannot be read. */
  readonly swapBytes: number | undefined;
  /** Whether this process sees control groups where the host has them. */
  readonly seesCgroups: boolean;
}

/** Asks the engine. @throws when it does not answer. */
export async function collectFacts(
  docker: Docker,
  settings: Pick<SandboxSettings, 'images'>,
): Promise<Facts> {
  const info = EngineInfo.parse(await docker.info());
  const version = EngineVersion.parse(await docker.version());
  const images = await Promise.all(
    LANGUAGES.map(async ({ id, docker: { image } }): Promise<ImageFact> => {
      const name = settings.images[id] ?? image;
      if (await findImage(docker, name)) return { language: id, image: name, present: 'stock' };
      const local = await findImage(docker, localImageName(id));
      return { language: id, image: name, present: local ? 'local' : 'no' };
    }),
  );
  return {
    info,
    runcVersion: version.Components?.find(({ Name }) => Name === 'runc')?.Version,
    images,
    swapBytes: readSwap(),
    seesCgroups: ['/sys/fs/cgroup/cgroup.controllers', '/sys/fs/cgroup/memory'].some(existsSync),
  };
}

function readSwap(): number | undefined {
  try {
    const kib = /^SwapTotal:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}
