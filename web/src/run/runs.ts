import * as z from 'zod/mini';
import { cancel, type Job, RequestFailure, submit } from '../api/client.ts';
import { randomId } from '../lib/random-id.ts';
import { readStored, writeStored } from '../lib/storage.ts';
import { createStore, type Store, useStore } from '../lib/store.ts';
import { remember } from '../workspace/history.ts';
import { type Workspace, WorkspaceSchema } from '../workspace/workspace.ts';
import { followJob, isFinal } from './follow-job.ts';
import { type RunKind, toSubmission } from './submission.ts';

export interface Run {
  readonly kind: RunKind;
  readonly workspace: Workspace;
  /** Of the key press, by this machine's clock. */
  readonly startedAt: number;
  /** null until the engine has taken it. */
  readonly job: Job | null;
  readonly cancelling: boolean;
  /** There is no connection just now; it is being tried again. */
  readonly trouble: RequestFailure | null;
  /** The run has ended without a result. */
  readonly failure: RequestFailure | null;
  /** The same key for the same submission makes sending it again safe. */
  readonly key: string;
}

export type Runs = Readonly<Record<RunKind, Run | null>>;

const PENDING = 'rce:run';
const PendingSchema = z.object({
  kind: z.enum(['run', 'tests']),
  jobId: z.string(),
  startedAt: z.number(),
  workspace: WorkspaceSchema,
});
const tabStorage = () => sessionStorage;

export function isActive(run: Run | null): boolean {
  return run !== null && run.failure === null && (run.job === null || !isFinal(run.job));
}

/** The last run and the last test run of a workspace, at most one of which is going on. */
export class RunController {
  readonly store: Store<Runs> = createStore<Runs>({ run: null, tests: null });
  private following = new AbortController();
  /** Whether runs are remembered: in the history, and over a reload of the page. */
  private readonly persist: boolean;

  constructor(persist: boolean) {
    this.persist = persist;
  }

  get active(): Run | null {
    return activeOf(this.store.get());
  }

  /** Sends a program and follows it to its end; does nothing while another runs. */
  async start(kind: RunKind, workspace: Workspace): Promise<void> {
    if (this.active !== null) return;
    await this.send({
      kind,
      workspace,
      startedAt: Date.now(),
      job: null,
      cancelling: false,
      trouble: null,
      failure: null,
      key: randomId(),
    });
  }

  async retry(kind: RunKind): Promise<void> {
    const run = this.store.get()[kind];
    if (run?.failure == null || this.active !== null) return;
    await this.send({ ...run, startedAt: Date.now(), failure: null });
  }

  private async send(run: Run): Promise<void> {
    this.set(run);
    try {
      const { job, etag } = await submit(toSubmission(run.workspace, run.kind), run.key);
      // Escape was pressed before there was a job to cancel.
      const cancelled = this.store.get()[run.kind]?.cancelling === true;
      this.update(run.kind, { job });
      if (cancelled) void this.cancel();
      this.keepPending(run, job.jobId);
      await this.follow(run.kind, job.jobId, etag);
    } catch (error) {
      this.fail(run.kind, error);
    }
  }

  /** Takes up a run that was going on when the page was left. */
  async resume(): Promise<void> {
    const pending = this.persist ? readStored(PENDING, PendingSchema, tabStorage) : null;
    if (pending === null || this.active !== null) return;
    const { kind, jobId, startedAt, workspace } = pending;
    this.set({
      kind,
      workspace,
      startedAt,
      job: null,
      cancelling: false,
      trouble: null,
      failure: null,
      key: randomId(),
    });
    try {
      await this.follow(kind, jobId, null);
    } catch (error) {
      this.fail(kind, error);
    }
  }

  /** Shows a job of someone else's, or of the history. */
  show(job: Job, workspace: Workspace): void {
    const kind = job.tests === undefined ? 'run' : 'tests';
    const startedAt = Date.parse(job.createdAt);
    this.set({
      kind,
      workspace,
      startedAt,
      job,
      cancelling: false,
      trouble: null,
      failure: null,
      key: randomId(),
    });
    if (!isFinal(job)) void this.follow(kind, job.jobId, null).catch((error) => this.fail(kind, error));
  }

  async cancel(): Promise<void> {
    const run = this.active;
    if (run === null) return;
    this.update(run.kind, { cancelling: true });
    if (run.job === null) return;
    try {
      await cancel(run.job.jobId);
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      this.update(run.kind, { cancelling: false, trouble: error });
    }
  }

  dispose(): void {
    this.following.abort();
  }

  private async follow(kind: RunKind, jobId: string, etag: string | null): Promise<void> {
    this.following = new AbortController();
    await followJob(
      jobId,
      etag,
      {
        onJob: (job) => {
          this.update(kind, { job });
          if (isFinal(job)) this.finished(kind, job);
        },
        onTrouble: (trouble) => this.update(kind, { trouble }),
      },
      this.following.signal,
    );
  }

  private finished(kind: RunKind, job: Job): void {
    const run = this.store.get()[kind];
    if (!this.persist || run === null) return;
    writeStored(PENDING, null, tabStorage);
    remember(job, run.workspace);
  }

  private keepPending({ kind, startedAt, workspace }: Run, jobId: string): void {
    if (this.persist) writeStored(PENDING, { kind, jobId, startedAt, workspace }, tabStorage);
  }

  private fail(kind: RunKind, error: unknown): void {
    if (!(error instanceof RequestFailure)) throw error;
    if (this.persist && !error.isTemporary) writeStored(PENDING, null, tabStorage);
    this.update(kind, { failure: error, trouble: null });
  }

  private set(run: Run): void {
    this.store.set((runs) => ({ ...runs, [run.kind]: run }));
  }

  private update(kind: RunKind, part: Partial<Run>): void {
    this.store.set((runs) => {
      const run = runs[kind];
      return run === null ? runs : { ...runs, [kind]: { ...run, ...part } };
    });
  }
}

export function useRun(controller: RunController, kind: RunKind): Run | null {
  return useStore(controller.store, (runs) => runs[kind]);
}

function activeOf({ run, tests }: Runs): Run | null {
  if (isActive(run)) return run;
  return isActive(tests) ? tests : null;
}

export function useActiveRun(controller: RunController): Run | null {
  return useStore(controller.store, activeOf);
}
