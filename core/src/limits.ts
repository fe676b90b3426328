import { z } from 'zod';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

interface LimitRow {
  readonly unit: 'ms' | 'bytes' | 'count';
  /** What a job gets that asks for nothing. */
  readonly default: number;
  readonly min: number;
  /** The highest value a submitter may ask for, unless the operator sets another (RCE_MAX_*). */
  readonly max: number;
  /** The highest value an operator may set: beyond it, something else of the engine would give way. */
  readonly ceiling: number;
  readonly what: string;
}

/** Limits of one run, which a submitter may choose below the operator's maximum. */
export const RUN_LIMITS = {
  wallTimeMs: {
    unit: 'ms',
    default: 5_000,
    min: 100,
    max: 15_000,
    ceiling: 300_000,
    what: 'wall-clock time from the start of the program to its end',
  },
  cpuTimeMs: {
    unit: 'ms',
    default: 5_000,
    min: 100,
    max: 15_000,
    ceiling: 300_000,
    what: 'processor time of the program and all its children together',
  },
  memoryBytes: {
    unit: 'bytes',
    default: 128 * MiB,
    min: 16 * MiB,
    max: 512 * MiB,
    ceiling: 8 * GiB,
    what: 'memory of the program, its children and its files together; there is no swap',
  },
  processes: {
    unit: 'count',
    default: 50,
    min: 1,
    max: 50,
    ceiling: 1_000,
    what: 'processes and threads alive at one time',
  },
  outputBytes: {
    unit: 'bytes',
    default: 64 * KiB,
    min: 0,
    max: 64 * KiB,
    ceiling: 64 * KiB,
    what: 'output kept of each stream; a program that prints more is stopped',
  },
  diskBytes: {
    unit: 'bytes',
    default: 16 * MiB,
    min: 64 * KiB,
    max: 64 * MiB,
    ceiling: 1 * GiB,
    what: 'files that the program may write, in the working directory and in /tmp each',
  },
} as const satisfies Record<string, LimitRow>;

export type RunLimitName = keyof typeof RUN_LIMITS;
export type RunLimits = Readonly<Record<RunLimitName, number>>;
export const RUN_LIMIT_NAMES = Object.keys(RUN_LIMITS) as RunLimitName[];

export const DEFAULT_RUN_LIMITS = mapLimits((name) => RUN_LIMITS[name].default);
export const MAX_RUN_LIMITS = mapLimits((name) => RUN_LIMITS[name].max);

function mapLimits(pick: (name: RunLimitName) => number): RunLimits {
  return Object.fromEntries(RUN_LIMIT_NAMES.map((name) => [name, pick(name)])) as RunLimits;
}

/**
 * Limits of the compile step, in a sandbox of its own. The clock's is for a machine with more to do than processors:
 * a compiler that is made to wait has not failed.
 */
export const COMPILE_LIMITS: RunLimits = {
  ...DEFAULT_RUN_LIMITS,
  wallTimeMs: 20_000,
  cpuTimeMs: 10_000,
  memoryBytes: 512 * MiB,
  diskBytes: 64 * MiB,
};

/** Share of one processor that a program gets. */
export const CPUS_PER_JOB = 0.5;

/** Sizes that one submission may have. Together they keep a job's item under DynamoDB's 400 KB. */
export const SUBMISSION_LIMITS = {
  /** UTF-8 bytes of one source file. */
  codeBytes: 64 * KiB,
  /** UTF-8 bytes of code, files, stdin, args, env and tests together. */
  inputBytes: 256 * KiB,
  /** Bytes of the HTTP request body, JSON escapes included. */
  bodyBytes: 1 * MiB,
  files: 32,
  pathLength: 128,
  args: 64,
  argBytes: 4 * KiB,
  env: 32,
  tests: 100,
  /** Wall-clock milliseconds that all runs of one job may take together: for so long it can hold a slot. */
  jobTimeMs: 600_000,
  /** Levels of nesting in the JSON body. */
  jsonDepth: 16,
} as const;

/** Bytes kept of each stream of one test, so that the result of many tests fits in an item. */
export const TEST_OUTPUT_BYTES = 4 * KiB;
/** Bytes of a job's whole result; outputs of tests are cut further where they would not fit. */
export const RESULT_BYTES = 128 * KiB;

/** How jobs are kept alive, retried and given up. Durations are in milliseconds. */
export const DELIVERY = {
  /** How long a claim lasts without a heartbeat. */
  leaseMs: 15_000,
  /** How often a runner renews its lease and the message's visibility. */
  heartbeatMs: 5_000,
  /** How often a runner asks whether the job it runs is to be cancelled. */
  cancelPollMs: 1_000,
  /** Least time between two writes of partial output. */
  partialOutputMs: 500,
  /** How long a received message stays hidden from other receivers. */
  visibilityMs: 30_000,
  /** How often a job may be started before it ends as internal-error. */
  maxAttempts: 3,
  /** How often SQS delivers a message before it moves it to the dead-letter queue. */
  maxReceiveCount: 3,
  /** How long SQS keeps a message: as long as a job is kept. */
  messageRetentionMs: 24 * 60 * 60 * 1000,
  /** How long a job is kept after its submission. */
  retentionMs: 24 * 60 * 60 * 1000,
  /** How often `reconcile` looks for stuck jobs. */
  reconcileEveryMs: 60_000,
  /** A queued job older than this is given a new message by `reconcile`. */
  queuedGraceMs: 60_000,
  /** A runner that has not announced itself for this long counts as gone. */
  runnerTtlMs: 20_000,
} as const;

/** What the API accepts before it asks callers to come back later. */
export const ADMISSION = {
  queueJobs: 10_000,
  /** Age of the oldest queued job, in milliseconds, while at least `backlogJobs` wait. */
  backlogMs: 5 * 60_000,
  /** Fewer jobs are no backlog, however old: they may have waited for the engine to be started again. */
  backlogJobs: 100,
  /** Submissions per client address and minute; 0 turns the limit off. */
  submissionsPerMinute: 60,
} as const;

/**
 * `?wait=`: how long a caller may wait, and how often the table is asked; not before the fastest job is done, and
 * seldom where hints of changes come.
 */
export const WAIT = {
  maxSeconds: 25,
  pollFirstMs: 30,
  pollMinMs: 15,
  pollMaxMs: 250,
  pollHintedMs: 1_000,
} as const;

/** Wire schema of `limits` in a submission, bounded by the operator's maxima. */
export function runLimitsSchema(max: RunLimits = MAX_RUN_LIMITS) {
  const shape = Object.fromEntries(
    RUN_LIMIT_NAMES.map((name) => {
      const row = RUN_LIMITS[name];
      const unit = row.unit === 'count' ? '' : ` In ${row.unit}.`;
      return [
        name,
        z
          .int()
          .min(row.min)
          .max(max[name])
          .optional()
          .describe(`${row.what}.${unit} Default ${Math.min(row.default, max[name])}.`),
      ];
    }),
  ) as Record<RunLimitName, z.ZodOptional<z.ZodInt>>;
  return z.strictObject(shape);
}

/** The limits of a run: what was asked for, else the default, never over the operator's maximum. */
export function resolveLimits(
  asked: { readonly [name in RunLimitName]?: number | undefined } = {},
  max: RunLimits = MAX_RUN_LIMITS,
): RunLimits {
  return mapLimits((name) => Math.min(asked[name] ?? RUN_LIMITS[name].default, max[name]));
}
