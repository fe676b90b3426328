import { isGvisor } from '../drivers/docker/kernel-limits.ts';
import type { SandboxSettings } from '../settings.ts';
import type { Facts } from './facts.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const MiB = 1024 * 1024;

type Settings = Pick<SandboxSettings, 'RCE_DOCKER_RUNTIME' | 'RCE_SLOTS' | 'maxima'>;
type Check = (facts: Facts, settings: Settings) => Finding;

/** Compares versions such as 1.1.12, 5.15.0-91-generic, 1.2.8+ds1: by their leading numbers. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => (/^v?(\d+(?:\.\d+)*)/.exec(text)?.[1] ?? '0').split('.').map(Number);
  const [a, b] = [numbers(version), numbers(than)];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Holes of runc through which a program in a container has reached the host, by the release that closed them. */
const RUNC_HOLES = [
  { fixed: ['1.1.12'], hole: 'CVE-2024-21626, a descriptor of the host left open' },
  {
    // One release per line that was maintained then.
    fixed: ['1.2.8', '1.3.3', '1.4.0'],
    hole: 'CVE-2025-31133, CVE-2025-52565 and CVE-2025-52881, masked paths and /proc redirected by a race',
  },
];

function runcHoles(version: string): string[] {
  return RUNC_HOLES.filter(({ fixed }) => {
    const line = version.split('.').slice(0, 2).join('.');
    const closed = fixed.find((release) => release.startsWith(`${line}.`)) ?? fixed[0] ?? version;
    return isOlder(version, closed);
  }).map(({ hole }) => hole);
}

const CHECKS: readonly Check[] = [
  ({ info }) =>
    isOlder(info.ServerVersion, '20.10')
      ? fail(
          'Docker engine',
          info.ServerVersion,
          'Install Docker 20.10 or later: https://docs.docker.com/engine/install/',
        )
      : ok('Docker engine', `${info.ServerVersion}, kernel ${info.KernelVersion}`),

  ({ info }) => {
    if (info.CgroupDriver === 'none') {
      return fail(
        'control groups',
        'the engine has none, so no limit holds',
        'For rootless Docker, delegate them: https://docs.docker.com/engine/security/rootless/#limiting-resources',
      );
    }
    if (info.CgroupVersion === '2' && isOlder(info.KernelVersion, '5.19')) {
      return warn(
        'control groups',
        `version 2 on kernel ${info.KernelVersion}, which does not keep the peak of memory: memoryPeak will be null`,
        'Update the kernel to 5.19 or later.',
      );
    }
    return ok('control groups', `version ${info.CgroupVersion}, driver ${info.CgroupDriver}`);
  },

  ({ info }) =>
    info.MemoryLimit
      ? ok('memory limit', 'enforced')
      : fail(
          'memory limit',
          'not enforced: any program can take all memory',
          'Boot with cgroup_enable=memory (on a Raspberry Pi, in /boot/firmware/cmdline.txt), then reboot.',
        ),

  ({ info, swapBytes }) => {
    if (info.SwapLimit) return ok('swap', 'counted as memory');
    if (swapBytes === 0) return ok('swap', 'not counted, but there is none');
    return warn(
      'swap',
      'not counted: a program over its memory limit goes on, in swap, and slows the host',
      'sudo swapoff -a, or boot with swapaccount=1',
    );
  },

  ({ info }) =>
    info.PidsLimit
      ? ok('process limit', 'enforced')
      : fail(
          'process limit',
          'not enforced: a fork bomb takes the host',
          'Use a kernel with CONFIG_CGROUP_PIDS.',
        ),

  ({ info }) =>
    info.CpuCfsQuota
      ? ok('processor limit', 'enforced')
      : warn(
          'processor limit',
          'not enforced: programs take whole processors',
          'Use a kernel with CONFIG_CFS_BANDWIDTH; for rootless Docker, delegate the cpu controller.',
        ),

  ({ info }) =>
    info.SecurityOptions?.some((option) => option.includes('name=seccomp'))
      ? ok('seccomp', 'supported')
      : fail(
          'seccomp',
          'not supported by the engine or the kernel: programs reach all of the kernel',
          'Use a kernel with CONFIG_SECCOMP_FILTER and an engine built with seccomp.',
        ),

  ({ info }) => {
    const options = info.SecurityOptions ?? [];
    const remapped = options.some((option) => /name=(?:userns|rootless)/.test(option));
    return remapped
      ? ok('users', 'root inside a container is nobody outside')
      : warn(
          'users',
          'the engine does not remap users; sandboxes do not run as root, so this is a second line of defence',
          'In /etc/docker/daemon.json: {"userns-remap": "default"}, then sudo systemctl restart docker',
        );
  },

  ({ runcVersion }) => {
    if (runcVersion === undefined) return ok('runc', 'not reported by the engine');
    const holes = runcHoles(runcVersion);
    return holes.length === 0
      ? ok('runc', runcVersion)
      : warn(
          'runc',
          `${runcVersion} is older than the release that closed ${holes.join('; ')}`,
          'Update runc (sudo apt-get install --only-upgrade runc containerd.io). A distribution may have closed it under the old number: apt-get changelog runc',
        );
  },

  ({ info }, { RCE_DOCKER_RUNTIME: runtime }) => {
    const known = Object.keys(info.Runtimes);
    if (runtime === undefined) return ok('runtime', `the engine's default; it has ${known.join(', ')}`);
    if (!known.includes(runtime)) {
      return fail(
        'runtime',
        `RCE_DOCKER_RUNTIME is ${runtime}, and the engine has only ${known.join(', ')}`,
        `Install ${runtime} and name it under "runtimes" in /etc/docker/daemon.json, or unset RCE_DOCKER_RUNTIME.`,
      );
    }
    if (
      isGvisor(runtime) &&
      !info.Runtimes[runtime]?.runtimeArgs?.some((arg) => /^--?oci-seccomp/.test(arg))
    ) {
      return warn(
        'runtime',
        `${runtime} leaves out the seccomp profile, so a program can reach into the process that reports its end`,
        `In /etc/docker/daemon.json, give ${runtime} "runtimeArgs": ["--oci-seccomp", "--network=none"].`,
      );
    }
    return ok('runtime', runtime);
  },

  ({ info }) =>
    info.Driver === 'vfs'
      ? warn(
          'storage',
          'vfs copies the whole image for each container',
          'In /etc/docker/daemon.json: {"storage-driver": "overlay2"}; the data root must not be on overlayfs.',
        )
      : ok('storage', info.Driver),

  ({ info }, { RCE_SLOTS: slots, maxima }) => {
    // A job's own limit, and some 40 MiB for what waits warm beside it.
    const needed = slots * (maxima.memoryBytes + 40 * MiB);
    return info.MemTotal < needed
      ? warn(
          'memory',
          `${Math.round(info.MemTotal / MiB)} MiB, and ${slots} jobs at the highest limit may need ${Math.round(needed / MiB)} MiB`,
          'Lower RCE_SLOTS or RCE_MAX_MEMORY_BYTES.',
        )
      : ok('memory', `${Math.round(info.MemTotal / MiB)} MiB for ${slots} jobs at once`);
  },

  ({ seesCgroups }) =>
    seesCgroups
      ? ok('measuring', 'from the control groups’ files')
      : warn(
          'measuring',
          'the control groups of the host are not visible here, so each measurement asks the engine (10 ms)',
          'Mount the host’s /sys/fs/cgroup read-only where the runner runs.',
        ),
];

/** One finding per language: its image is what it needs. */
function checkImages({ images }: Facts): Finding[] {
  return images.map(({ language, image, present }) => {
    const what = `image of ${language}`;
    if (present === 'stock') return ok(what, image);
    if (present === 'local') return ok(what, `rce-local/${language}, in the place of ${image}`);
    return warn(
      what,
      `${image} is missing, so ${language} is not available`,
      `docker pull ${image}, or without a registry: npm run images:local -- ${language}`,
    );
  });
}

/** What the facts say of the engine and the machine. */
export function checkEngine(facts: Facts, settings: Settings): Finding[] {
  return CHECKS.map((check) => check(facts, settings));
}

/** All that the facts say, in the order of the tables. */
export function diagnose(facts: Facts, settings: Settings): Finding[] {
  return [...checkEngine(facts, settings), ...checkImages(facts)];
}
