import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      optionalDependencies: z.record(z.string(), z.string()).optional(),
      resolved: z.string().optional(),
    }),
  ),
});
const { packages } = Lockfile.parse(
  JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')),
);

describe('package-lock.json', () => {
  // `npm ci` refuses a lockfile in which one is missing, on any system. npm leaves out what its registry did not
  // show at the time: then choose a version whose builds for all systems exist.
  it('names the builds of every optional dependency for every system', () => {
    const named = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !named.has(name))
        .map((name) => `${path} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry, so that whoever installs uses their own', () => {
    const hosts = Object.entries(packages).filter(([, { resolved }]) => resolved?.startsWith('http'));
    expect(hosts).toEqual([]);
  });
});
