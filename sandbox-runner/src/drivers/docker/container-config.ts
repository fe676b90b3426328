import type { Language } from '@rce/core/language.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import { CPUS_PER_JOB, SUBMISSION_LIMITS } from '@rce/core/limits.ts';
import type { ContainerCreateOptions } from 'dockerode';
import { ARTIFACT_DIR, DOCKER_HARNESSES, HARNESS_DIR, type HarnessName, WORK_DIR } from './harness.ts';
import { isGvisor, kernelLimits } from './kernel-limits.ts';
import { seccompProfile } from './seccomp.ts';

/** What a container is made for. Two jobs whose shapes are equal can use the same waiting container. */
export interface Shape {
  readonly image: string;
  readonly harness: HarnessName;
  /** The file that a waiting interpreter will open. */
  readonly main: string;
  readonly memoryBytes: number;
  readonly processes: number;
  readonly diskBytes: number;
  /** Share of processors. */
  readonly cpus: number;
  /** Whether programs that the sandbox wrote itself may be started there: compilers and what they make. */
  readonly executable: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export interface Identity {
  readonly owner: string;
  readonly name: string;
  /** User and group id, of its own for each container. */
  readonly uid: number;
  readonly runtime?: string | undefined;
  /** Folders that the image declares as volumes. */
  readonly imageVolumes: readonly string[];
}

export const LABELS = { owner: 'rce.owner', role: 'rce.role' } as const;
export const ROLES = { sandbox: 'sandbox', owner: 'owner' } as const;
export const NAME_PREFIX = 'rce-exec-';

const INODES = 4_096;
/** Bytes of the harness, the program's files and its input; they do not count against diskBytes. */
const LAYOUT_BYTES = 64 * 1024 + 2 * SUBMISSION_LIMITS.inputBytes;
const ARTIFACT_BYTES = 64 * 1024 * 1024;

const SECCOMP = { linux: seccompProfile('linux'), gvisor: seccompProfile('gvisor') };

/**
 * Paths that a container does not get to see. Docker's own list, which naming ours replaces; then devices
 * and queues no program needs; then what would reach into process 1, the harness: it has the user id
 * of the program, so the kernel alone would let the program write there.
 */
export const MASKED_PATHS = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual',
  '/sys/firmware',
  // Of the host: what it is, what it runs, what it has mounted.
  '/proc/cmdline',
  '/proc/config.gz',
  '/proc/diskstats',
  '/proc/kallsyms',
  '/proc/kmsg',
  '/proc/modules',
  '/proc/key-users',
  '/proc/partitions',
  '/proc/pressure',
  '/proc/swaps',
  '/sys/block',
  '/sys/dev',
  '/sys/kernel',
  '/sys/module',
  '/sys/class',
  '/sys/bus',
  '/dev/mqueue',
  '/dev/pts',
  '/dev/shm',
  '/dev/tty',
  '/proc/1/autogroup',
  '/proc/1/clear_refs',
  '/proc/1/cmdline',
  '/proc/1/coredump_filter',
  '/proc/1/environ',
  '/proc/1/map_files',
  '/proc/1/mem',
  '/proc/1/oom_adj',
  '/proc/1/oom_score_adj',
  '/proc/1/sched',
  '/proc/1/task',
  '/proc/1/timerslack_ns',
];

const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Everything a container is allowed, in one place. What is not said here is Docker's default. */
export function containerConfig(shape: Shape, identity: Identity): ContainerCreateOptions {
  const exec = shape.executable ? 'exec' : 'noexec';
  const tmpfs = (bytes: number, flags: string) =>
    `rw,nosuid,nodev,${flags},size=${bytes},nr_inodes=${INODES},mode=1777`;
  const space = shape.diskBytes + LAYOUT_BYTES;
  const seccomp = SECCOMP[isGvisor(identity.runtime) ? 'gvisor' : 'linux'];
  return {
    name: identity.name,
    Image: shape.image,
    Entrypoint: DOCKER_HARNESSES[shape.harness].entrypoint(shape.main),
    Cmd: [],
    // Not root, and not the user of any other container: the kernel counts pipes, queues, watches and
    // pending signals per user, over all containers of the host.
    User: `${identity.uid}:${identity.uid}`,
    // Not WORK_DIR, where the harness goes by itself: Docker would make the folder for it, and runc gives a
    // tmpfs the mode of the folder that it covers.
    WorkingDir: '/',
    Hostname: 'sandbox',
    Env: Object.entries({ HOME: WORK_DIR, USER: 'sandbox', LANG: 'C.UTF-8', ...shape.env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    Labels: { [LABELS.owner]: identity.owner, [LABELS.role]: ROLES.sandbox },
    OpenStdin: true,
    // When the runner dies, stdin ends, and a waiting harness with it.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    // Beside NetworkMode none, which alone would cost a third more to start: Docker then writes /etc/hosts and
    // the like. Therefore 127.0.0.1 is there, and the name localhost is not: an image's own /etc/hosts lies beneath an
    // empty one of Docker's, archives are refused where the root is read-only, and mounts where there is a proxy.
    NetworkDisabled: true,
    Healthcheck: { Test: ['NONE'] },
    StopSignal: 'SIGKILL',
    HostConfig: {
      ...(identity.runtime === undefined ? {} : { Runtime: identity.runtime }),
      NetworkMode: 'none',
      IpcMode: 'none',
      CgroupnsMode: 'private',
      ...kernelLimits(shape, identity.runtime),
      NanoCpus: Math.round(shape.cpus * 1e9),
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true', `seccomp=${seccomp}`],
      ReadonlyRootfs: true,
      // The kernel should choose a sandbox before anything else of the host.
      OomScoreAdj: 500,
      Tmpfs: {
        // A volume that the image declares would be a writable folder without a limit.
        ...Object.fromEntries(identity.imageVolumes.map((path) => [path, 'ro,size=4096'])),
        [HARNESS_DIR]: 'rw,nosuid,nodev,noexec,size=128k,nr_inodes=16,mode=1777',
        [WORK_DIR]: tmpfs(space, exec),
        '/tmp': tmpfs(space + (shape.executable ? ARTIFACT_BYTES : 0), exec),
        ...(shape.executable ? { [ARTIFACT_DIR]: tmpfs(ARTIFACT_BYTES, 'exec') } : {}),
      },
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'nofile', Soft: 1_024, Hard: 1_024 },
        { Name: 'fsize', Soft: ARTIFACT_BYTES, Hard: ARTIFACT_BYTES },
        { Name: 'memlock', Soft: 0, Hard: 0 },
        { Name: 'msgqueue', Soft: 0, Hard: 0 },
      ],
      LogConfig: { Type: 'none', Config: {} },
      MaskedPaths: MASKED_PATHS,
      ReadonlyPaths: READONLY_PATHS,
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      Init: false,
      Privileged: false,
      PublishAllPorts: false,
    },
  } as ContainerCreateOptions;
}

/** The shape that a run under these limits needs. */
export function shapeFor(
  language: Pick<Language, 'docker' | 'fileName'>,
  image: string,
  harness: Shape['harness'],
  limits: RunLimits,
  cpus: number = CPUS_PER_JOB,
): Shape {
  return {
    image,
    harness,
    main: language.fileName,
    memoryBytes: limits.memoryBytes,
    processes: Math.max(limits.processes, language.docker.minProcesses ?? 1),
    diskBytes: limits.diskBytes,
    cpus,
    executable: language.docker.compile !== undefined,
    env: language.docker.env,
  };
}
