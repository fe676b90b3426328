import type { Driver, ExecutionResult, Job } from '../job.ts';
import type { StatsSample } from '../stats.ts';
import type { LanguageAvailability } from './sandbox.ts';

export type NewJob = Pick<
  Job,
  'jobId' | 'submission' | 'limits' | 'createdAt' | 'expiresAt' | 'analysis' | 'traceparent'
>;

export type Claim =
  | { readonly kind: 'claimed'; readonly job: Job }
  /** Another runner works on it until `until`. */
  | { readonly kind: 'leased'; readonly until: number }
  | { readonly kind: 'finished' }
  /** Never existed, or has expired. */
  | { readonly kind: 'missing' };

export type CancelOutcome =
  /** It was queued and will never run. */
  | 'cancelled'
  /** It is running; its runner ends it with the next heartbeat. */
  | 'requested'
  | 'finished'
  | 'missing';

/** Times are milliseconds since 1970. An owner is unique to one claim of one runner. */
export interface JobStore {
  /** Creates the job unless the id exists already. Returns whether it was created. */
  create(job: NewJob): Promise<boolean>;
  get(jobId: string): Promise<Job | undefined>;
  /** Those of the jobs that exist, by id; at most 100 ids. */
  getMany(jobIds: readonly string[]): Promise<ReadonlyMap<string, Job>>;
  /** Takes a queued job, or one whose lease has lapsed, and counts the attempt. */
  claim(jobId: string, owner: string, now: number, leaseMs: number): Promise<Claim>;
  /**
   * Renews the lease, and writes partial output when given. `lost` means that another owner has the job
   * or that it is finished: the caller must stop and report nothing.
   */
  renew(
    jobId: string,
    owner: string,
    until: number,
    partial?: { stdout: Uint8Array; stderr: Uint8Array },
  ): Promise<'renewed' | 'cancel-requested' | 'lost'>;
  /**
   * Gives the job back: its status is `queued` again and it has no lease. An `uncounted` attempt, of a runner
   * that shuts down, is taken off `attempts`; that of a sandbox that failed counts.
   */
  release(jobId: string, owner: string, attempt: 'counted' | 'uncounted'): Promise<boolean>;
  /** Writes the result if the owner still holds the lease. Returns whether it was written. */
  finish(
    jobId: string,
    owner: string,
    result: ExecutionResult,
    finishedAt: number,
    options?: { reason?: string; analysis?: Job['analysis'] },
  ): Promise<boolean>;
  /** Adds the report to a job, whatever its status; it never changes anything else. */
  attachAnalysis(jobId: string, analysis: Job['analysis']): Promise<void>;
  requestCancel(jobId: string, now: number): Promise<CancelOutcome>;
  /** Ends a job as internal-error unless it is finished or leased. Returns whether it did. */
  fail(jobId: string, reason: string, now: number): Promise<boolean>;
  /** Queued jobs created before `queuedBefore`, and processing jobs whose lease ended before `now`. */
  findStuck(queuedBefore: number, now: number, limit: number): Promise<readonly StuckJob[]>;
  /** Time at which the oldest job that is still queued was created. */
  oldestQueued(): Promise<number | undefined>;
}

export interface StuckJob {
  readonly jobId: string;
  readonly status: 'queued' | 'processing';
  readonly attempts: number;
}

/** Remembers which job an Idempotency-Key led to. */
export interface IdempotencyStore {
  /**
   * Binds the key to the job id unless it is bound already; answers with what it is bound to.
   * `fingerprint` tells whether the same key came with the same submission.
   */
  bind(
    key: string,
    jobId: string,
    fingerprint: string,
    expiresAt: number,
  ): Promise<{ jobId: string; fingerprint: string }>;
}

/** Counts submissions per caller and window. */
export interface RateStore {
  /** Adds one and returns the count in the window that begins at `windowStart`. */
  hit(caller: string, windowStart: number, windowMs: number): Promise<number>;
}

/** What a runner says of itself, for GET /api/languages and /api/health. */
export interface RunnerAnnouncement {
  readonly runnerId: string;
  readonly driver: Driver;
  readonly languages: readonly LanguageAvailability[];
  readonly slots: number;
  readonly busy: number;
  readonly seenAt: number;
  /** What it did in the last minutes, oldest first. */
  readonly samples: readonly StatsSample[];
}

export interface RunnerRegistry {
  announce(runner: RunnerAnnouncement, ttlMs: number): Promise<void>;
  /** Runners seen since `since`. */
  alive(since: number): Promise<readonly RunnerAnnouncement[]>;
  withdraw(runnerId: string): Promise<void>;
}
