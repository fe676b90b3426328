import { z } from 'zod';
import { seccompProfile } from '../../sandbox-runner/src/drivers/docker/seccomp.ts';

const GiB = 1024 ** 3;
const MAX_MEMORY = 2 * GiB;
const MAX_TMPFS = GiB;
const MAX_PROCESSES = 512;
const MAX_CPUS = 4;
/** Below are users that images know. */
const LEAST_UID = 10_000;

/** Docker hides these by default. Whoever names a list of their own must name them again. */
const ALWAYS_MASKED = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
];
const ALWAYS_READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

const listHolding = (least: readonly string[]) =>
  z
    .array(z.string().regex(/^\/(?:proc|sys|dev)\/[\w./-]+$/))
    .max(200)
    .refine((paths) => least.every((path) => paths.includes(path)), `must hold ${least.join(', ')}`);

/** Bytes that a memory file system may hold. */
function sizeOf(options: string): number {
  const [, digits, kilo] = /size=(\d+)(k?)/.exec(options) ?? [];
  return Number(digits) * (kilo ? 1_024 : 1);
}

/** Options of a memory file system, in the one form that the runner writes. */
const TmpfsOptions = z
  .string()
  .regex(/^(?:rw,nosuid,nodev,(?:no)?exec,size=\d{1,10}k?,nr_inodes=\d{1,6},mode=1777|ro,size=4096)$/)
  .refine((options) => sizeOf(options) <= MAX_TMPFS, 'is too large');

const Limit = z.strictObject({
  Name: z.enum(['core', 'nofile', 'fsize', 'memlock', 'msgqueue', 'stack', 'sigpending']),
  Soft: z.int().min(0),
  Hard: z.int().min(0),
});

const SECCOMP = `seccomp=${seccompProfile('linux')}`;
const SECCOMP_GVISOR = `seccomp=${seccompProfile('gvisor')}`;

const HostConfig = z
  .strictObject({
    Runtime: z.enum(['runc', 'crun', 'runsc', 'kata', 'kata-runtime']).optional(),
    NetworkMode: z.literal('none'),
    IpcMode: z.literal('none'),
    CgroupnsMode: z.literal('private'),
    Memory: z.int().positive().max(MAX_MEMORY),
    MemorySwap: z.int().positive(),
    NanoCpus: z
      .int()
      .positive()
      .max(MAX_CPUS * 1e9),
    PidsLimit: z.int().positive().max(MAX_PROCESSES),
    CapDrop: z.tuple([z.literal('ALL')]),
    SecurityOpt: z.tuple([z.literal('no-new-privileges:true'), z.enum([SECCOMP, SECCOMP_GVISOR])]),
    ReadonlyRootfs: z.literal(true),
    OomScoreAdj: z.int().min(0).max(1_000),
    Tmpfs: z.record(z.string().regex(/^\/[\w./-]+$/), TmpfsOptions),
    Ulimits: z.array(Limit).max(10),
    LogConfig: z.strictObject({ Type: z.literal('none'), Config: z.strictObject({}) }),
    MaskedPaths: listHolding(ALWAYS_MASKED),
    ReadonlyPaths: listHolding(ALWAYS_READ_ONLY),
    RestartPolicy: z.strictObject({ Name: z.literal('no') }),
    AutoRemove: z.literal(false),
    Init: z.literal(false),
    Privileged: z.literal(false),
    PublishAllPorts: z.literal(false),
  })
  .refine(({ Memory, MemorySwap }) => Memory === MemorySwap, 'Memory and MemorySwap must be equal: no swap')
  .refine(
    ({ Runtime, SecurityOpt }) => Runtime === 'runsc' || SecurityOpt[1] === SECCOMP,
    'the seccomp profile for gVisor needs its runtime',
  );

/**
 * What a container may be, field by field: everything that is not named here is refused, so a setting that a
 * later Docker adds is refused as well. It says so by itself, rather than by the runner's own code, and so does
 * not inherit a mistake made there; that the two agree is what container-policy.test.ts tests. Only the seccomp
 * profile is shared: it must be this one, byte by byte.
 */
export const SandboxContainer = z.strictObject({
  name: z.string().optional(),
  Image: z.string().max(300),
  Entrypoint: z.array(z.string()).min(1).max(64),
  Cmd: z.array(z.string()).max(0),
  User: z
    .string()
    .regex(/^(\d{5,7}):\1$/, 'must be a number, the same for user and group')
    .refine((user) => Number.parseInt(user, 10) >= LEAST_UID, `must be at least ${LEAST_UID}`),
  WorkingDir: z.literal('/'),
  Hostname: z.literal('sandbox'),
  Env: z.array(z.string()).max(50),
  Labels: z.strictObject({ 'rce.owner': z.string().max(100), 'rce.role': z.enum(['sandbox', 'owner']) }),
  OpenStdin: z.literal(true),
  StdinOnce: z.literal(true),
  AttachStdin: z.literal(true),
  AttachStdout: z.literal(true),
  AttachStderr: z.literal(true),
  Tty: z.literal(false),
  NetworkDisabled: z.literal(true),
  Healthcheck: z.strictObject({ Test: z.tuple([z.literal('NONE')]) }),
  StopSignal: z.literal('SIGKILL'),
  HostConfig,
});

/** What may be changed in a container that runs. */
export const SandboxUpdate = z
  .strictObject({
    Memory: HostConfig.shape.Memory,
    MemorySwap: HostConfig.shape.MemorySwap,
    PidsLimit: HostConfig.shape.PidsLimit,
  })
  .refine(({ Memory, MemorySwap }) => Memory === MemorySwap, 'Memory and MemorySwap must be equal: no swap');
