import { describe, expect, it } from '@jest/globals';
import { COMPILE_LIMITS, DEFAULT_RUN_LIMITS, MAX_RUN_LIMITS } from '@rce/core/limits.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { containerConfig, shapeFor } from '../../sandbox-runner/src/drivers/docker/container-config.ts';
import { seccompProfile } from '../../sandbox-runner/src/drivers/docker/seccomp.ts';
import { SandboxContainer, SandboxUpdate } from './container-policy.ts';

const identity = {
  owner: 'runner-1',
  name: 'rce-exec-0011223344556677',
  uid: 12_345,
  imageVolumes: ['/data'],
};
const [python] = LANGUAGES.filter(({ id }) => id === 'python');
if (!python) throw new Error('There is no Python.');

// As the engine gets it: through JSON.
const good = JSON.parse(
  JSON.stringify(containerConfig(shapeFor(python, 'sha256:0', 'python', DEFAULT_RUN_LIMITS), identity)),
) as { HostConfig: Record<string, unknown> } & Record<string, unknown>;

describe('containers that the runner makes', () => {
  for (const language of LANGUAGES) {
    for (const [what, limits, cpus] of [
      ['runs', DEFAULT_RUN_LIMITS, 0.5],
      ['runs at the highest limits', MAX_RUN_LIMITS, 0.5],
      ['compiles', COMPILE_LIMITS, 1],
    ] as const) {
      it(`${language.id} ${what}, in each runtime`, () => {
        const shape = shapeFor(language, 'sha256:0', language.docker.harness, limits, cpus);
        for (const runtime of [undefined, 'crun', 'runsc']) {
          const config: unknown = JSON.parse(
            JSON.stringify(containerConfig(shape, { ...identity, runtime })),
          );
          expect(SandboxContainer.safeParse(config).error).toBeUndefined();
        }
      });
    }
  }
});

/** Settings that lead out of a container, each as a change of one that is fine. */
const HOST_ATTACKS: readonly (readonly [name: string, change: Record<string, unknown>])[] = [
  ['privileged', { Privileged: true }],
  ['a bind mount of the root', { Binds: ['/:/host'] }],
  ['a bind mount of the socket', { Binds: ['/var/run/docker.sock:/var/run/docker.sock'] }],
  ['a mount', { Mounts: [{ Type: 'bind', Source: '/', Target: '/host' }] }],
  ['volumes of another container', { VolumesFrom: ['other'] }],
  ['a volume driver', { VolumeDriver: 'x' }],
  ['an added capability', { CapAdd: ['SYS_ADMIN'] }],
  ['fewer dropped capabilities', { CapDrop: ['NET_RAW'] }],
  ['no dropped capabilities', { CapDrop: [] }],
  ['the network of the host', { NetworkMode: 'host' }],
  ['the default network', { NetworkMode: 'default' }],
  ['the network of another container', { NetworkMode: 'container:x' }],
  ['processes of the host', { PidMode: 'host' }],
  ['processes of another container', { PidMode: 'container:x' }],
  ['users of the host', { UsernsMode: 'host' }],
  ['memory shared with the host', { IpcMode: 'host' }],
  ['the name space of host names', { UTSMode: 'host' }],
  ['control groups of the host', { CgroupnsMode: 'host' }],
  ['a parent of control groups', { CgroupParent: '/' }],
  [
    'a device',
    { Devices: [{ PathOnHost: '/dev/sda', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' }] },
  ],
  ['rules for devices', { DeviceCgroupRules: ['a *:* rwm'] }],
  ['a request for devices', { DeviceRequests: [{ Count: -1 }] }],
  ['no seccomp', { SecurityOpt: ['no-new-privileges:true', 'seccomp=unconfined'] }],
  [
    'a seccomp profile of its own',
    { SecurityOpt: ['no-new-privileges:true', 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'] },
  ],
  [
    'gVisor’s seccomp profile in another runtime',
    { SecurityOpt: ['no-new-privileges:true', `seccomp=${seccompProfile('gvisor')}`] },
  ],
  ['Docker’s seccomp profile', { SecurityOpt: ['no-new-privileges:true'] }],
  ['new privileges', { SecurityOpt: [(good.HostConfig.SecurityOpt as string[])[1]] }],
  [
    'a further security option',
    { SecurityOpt: [...(good.HostConfig.SecurityOpt as string[]), 'apparmor=unconfined'] },
  ],
  [
    'visible system paths',
    { SecurityOpt: [...(good.HostConfig.SecurityOpt as string[]), 'systempaths=unconfined'] },
  ],
  ['no masked paths', { MaskedPaths: [] }],
  ['other masked paths', { MaskedPaths: ['/proc/acpi'] }],
  ['no read-only paths', { ReadonlyPaths: [] }],
  ['a writable root', { ReadonlyRootfs: false }],
  ['system controls', { Sysctls: { 'kernel.core_pattern': '|/x' } }],
  ['more memory than any job may have', { Memory: 2 ** 40, MemorySwap: 2 ** 40 }],
  ['swap', { MemorySwap: -1 }],
  ['no memory limit', { Memory: 0, MemorySwap: 0 }],
  ['no process limit', { PidsLimit: -1 }],
  ['the protection from the memory killer', { OomScoreAdj: -1000 }],
  ['the memory killer turned off', { OomKillDisable: true }],
  ['a tmpfs over the whole root', { Tmpfs: { '/': 'rw,suid,dev,exec' } }],
  ['a tmpfs with devices', { Tmpfs: { '/x': 'rw,dev,size=1,nr_inodes=1,mode=1777' } }],
  ['a tmpfs without a size', { Tmpfs: { '/x': 'rw,nosuid,nodev,exec' } }],
  [
    'a tmpfs of a terabyte',
    { Tmpfs: { '/x': 'rw,nosuid,nodev,exec,size=9999999999,nr_inodes=1,mode=1777' } },
  ],
  ['a log on the host’s disk', { LogConfig: { Type: 'json-file', Config: {} } }],
  ['a log elsewhere', { LogConfig: { Type: 'syslog', Config: { 'syslog-address': 'tcp://10.0.0.1' } } }],
  ['a restart for ever', { RestartPolicy: { Name: 'always' } }],
  ['a published port', { PortBindings: { '22/tcp': [{ HostPort: '22' }] } }],
  ['every port published', { PublishAllPorts: true }],
  ['a runtime of its own', { Runtime: '/tmp/x' }],
  ['a host file written: ContainerIDFile', { ContainerIDFile: '/etc/x' }],
  ['links', { Links: ['x:y'] }],
  ['groups', { GroupAdd: ['docker'] }],
  ['a field that later versions may add', { SomethingNew: true }],
  ['a field in other case', { privileged: true }],
];

const CONTAINER_ATTACKS: readonly (readonly [name: string, change: Record<string, unknown>])[] = [
  ['root', { User: '0:0' }],
  ['root by leaving the user out', { User: undefined }],
  ['a user of the image', { User: '33:33' }],
  ['a group of its own', { User: '12345:0' }],
  ['a user by name', { User: 'root' }],
  ['a network', { NetworkDisabled: false }],
  ['networks to join', { NetworkingConfig: { EndpointsConfig: { host: {} } } }],
  ['a volume', { Volumes: { '/host': {} } }],
  [
    'labels of its own',
    { Labels: { 'rce.owner': 'x', 'rce.role': 'sandbox', 'com.docker.compose.project': 'x' } },
  ],
  ['no label', { Labels: {} }],
  ['a health check that runs something', { Healthcheck: { Test: ['CMD', 'x'] } }],
  ['the settings of the host again, in other case', { hostconfig: { Privileged: true } }],
  ['a terminal', { Tty: true }],
];

describe('containers that are refused', () => {
  it('takes the container that the following are changes of', () => {
    expect(SandboxContainer.safeParse(good).success).toBe(true);
  });

  it.each(HOST_ATTACKS)('%s', (_, change) => {
    const config = { ...good, HostConfig: { ...good.HostConfig, ...change } };
    expect(SandboxContainer.safeParse(JSON.parse(JSON.stringify(config))).success).toBe(false);
  });

  it.each(CONTAINER_ATTACKS)('%s', (_, change) => {
    expect(SandboxContainer.safeParse(JSON.parse(JSON.stringify({ ...good, ...change }))).success).toBe(
      false,
    );
  });

  it.each(Object.keys(good.HostConfig))('one that leaves out %s', (key) => {
    const { [key]: _, ...rest } = good.HostConfig;
    expect(SandboxContainer.safeParse({ ...good, HostConfig: rest }).success).toBe(false);
  });
});

describe('changes of a running container', () => {
  it.each([
    [{ Memory: 1e8, MemorySwap: 1e8, PidsLimit: 50 }, true],
    [{ Memory: 1e8, MemorySwap: 2e8, PidsLimit: 50 }, false],
    [{ Memory: 1e8, MemorySwap: 1e8, PidsLimit: -1 }, false],
    [{ Memory: 1e8, MemorySwap: 1e8, PidsLimit: 50, RestartPolicy: { Name: 'always' } }, false],
    [{ Memory: 1e8, MemorySwap: 1e8, PidsLimit: 50, Devices: [] }, false],
  ])('%j: %s', (change, allowed) => {
    expect(SandboxUpdate.safeParse(change).success).toBe(allowed);
  });
});
