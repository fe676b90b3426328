import { describe, expect, it } from '@jest/globals';
import { MAX_RUN_LIMITS } from '@rce/core/limits.ts';
import { diagnose, isOlder } from './checks.ts';
import { EngineInfo, type Facts } from './facts.ts';

const settings = { RCE_DOCKER_RUNTIME: undefined, RCE_SLOTS: 2, maxima: MAX_RUN_LIMITS };

const healthy: Facts = {
  info: EngineInfo.parse({
    ServerVersion: '28.5.1',
    KernelVersion: '6.12.1',
    CgroupVersion: '2',
    CgroupDriver: 'systemd',
    Driver: 'overlay2',
    MemTotal: 16 * 2 ** 30,
    NCPU: 4,
    MemoryLimit: true,
    SwapLimit: true,
    PidsLimit: true,
    CpuCfsQuota: true,
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=userns'],
    Runtimes: { runc: {} },
  }),
  runcVersion: '1.3.3',
  images: [{ language: 'python', image: 'python:3.13-slim', present: 'stock' }],
  swapBytes: 0,
  seesCgroups: true,
};

/** The findings that are not ok, as `state what`. */
function complaints(facts: Facts, changed: Partial<typeof settings> | { RCE_DOCKER_RUNTIME: string } = {}) {
  return diagnose(facts, { ...settings, ...changed })
    .filter(({ state }) => state !== 'ok')
    .map(({ state, what }) => `${state} ${what}`);
}

const engine = (change: Partial<Facts['info']>): Facts => ({
  ...healthy,
  info: { ...healthy.info, ...change },
});

describe('the doctor', () => {
  it('finds nothing to complain of on a healthy machine', () => {
    expect(complaints(healthy)).toEqual([]);
  });

  it.each<[string, Facts, string]>([
    ['an engine that is too old', engine({ ServerVersion: '19.03.15' }), 'fail Docker engine'],
    ['no control groups', engine({ CgroupDriver: 'none' }), 'fail control groups'],
    ['a kernel that keeps no peak', engine({ KernelVersion: '5.15.0-91-generic' }), 'warn control groups'],
    ['no memory limit', engine({ MemoryLimit: false }), 'fail memory limit'],
    ['swap that is not counted', { ...engine({ SwapLimit: false }), swapBytes: 2 ** 30 }, 'warn swap'],
    ['no process limit', engine({ PidsLimit: false }), 'fail process limit'],
    ['no processor limit', engine({ CpuCfsQuota: false }), 'warn processor limit'],
    ['no seccomp', engine({ SecurityOptions: ['name=userns'] }), 'fail seccomp'],
    ['users that are not remapped', engine({ SecurityOptions: ['name=seccomp'] }), 'warn users'],
    ['a storage driver that copies', engine({ Driver: 'vfs' }), 'warn storage'],
    ['too little memory', engine({ MemTotal: 2 ** 29 }), 'warn memory'],
    ['hidden control groups', { ...healthy, seesCgroups: false }, 'warn measuring'],
    [
      'a missing image',
      { ...healthy, images: [{ language: 'go', image: 'golang:1.24', present: 'no' }] },
      'warn image of go',
    ],
  ])('complains of %s, and says what mends it', (_, facts, complaint) => {
    expect(complaints(facts)).toEqual([complaint]);
    for (const { state, fix } of diagnose(facts, settings)) expect(state === 'ok').toBe(fix === undefined);
  });

  it('takes no swap for what it is', () => {
    expect(complaints({ ...engine({ SwapLimit: false }), swapBytes: 0 })).toEqual([]);
  });

  it('complains of a runtime that the engine lacks', () => {
    expect(complaints(healthy, { RCE_DOCKER_RUNTIME: 'runsc' })).toEqual(['fail runtime']);
    const runsc = (...runtimeArgs: string[]) => engine({ Runtimes: { runsc: { runtimeArgs } } });
    expect(complaints(runsc('--oci-seccomp'), { RCE_DOCKER_RUNTIME: 'runsc' })).toEqual([]);
    expect(complaints(runsc(), { RCE_DOCKER_RUNTIME: 'runsc' })).toEqual(['warn runtime']);
  });

  it.each([
    ['1.1.5+ds1', 2],
    ['1.1.12', 1],
    ['1.2.7', 1],
    ['1.2.8', 0],
    ['1.3.2', 1],
    ['1.3.3', 0],
    ['1.4.0', 0],
    ['2.0.1', 0],
  ])('knows the holes of runc %s: %i', (runcVersion, holes) => {
    const found = diagnose({ ...healthy, runcVersion }, settings).find(({ what }) => what === 'runc');
    expect(found?.state === 'ok' ? 0 : (found?.found.split(';').length ?? 0)).toBe(holes);
  });

  it('compares versions by their numbers', () => {
    expect(isOlder('20.10.24+dfsg1', '20.10')).toBe(false);
    expect(isOlder('1.10.0', '1.9.0')).toBe(false);
    expect(isOlder('v1.2', '1.2.1')).toBe(true);
  });
});
