import { setTimeout as sleep } from 'node:timers/promises';
import { DRIVERS, type Driver } from '@rce/core/job.ts';
import { z } from 'zod';

const POLL_MS = 50;

const Languages = z.object({
  languages: z.array(
    z.object({ id: z.string(), available: z.boolean(), driver: z.enum(DRIVERS).nullable() }),
  ),
});

export interface Serving {
  readonly driver: Driver;
  /** Ids of the languages that can be run. */
  readonly languages: readonly string[];
}

/** Resolves once the health check is good and a runner has said what it can run; with undefined when told to end. */
export async function waitUntilServing(url: string, signal: AbortSignal): Promise<Serving | undefined> {
  while (!signal.aborted) {
    const serving = await look(url).catch(() => undefined);
    if (serving) return serving;
    await sleep(POLL_MS);
  }
  return undefined;
}

async function look(url: string): Promise<Serving | undefined> {
  const health = await fetch(`${url}/api/health`);
  if (health.status !== 200) return undefined;
  const { languages } = Languages.parse(await (await fetch(`${url}/api/languages`)).json());
  const available = languages.filter((language) => language.available);
  const driver = available.find((language) => language.driver !== null)?.driver;
  return driver ? { driver, languages: available.map((language) => language.id) } : undefined;
}

/** Why the runner took this driver. */
export async function describeSandbox(driver: Driver): Promise<string> {
  const asked = process.env.RCE_SANDBOX;
  if (asked === driver) return `RCE_SANDBOX=${asked} asks for it`;
  return driver === 'docker' ? 'a Docker socket answers' : 'no Docker socket answers';
}
