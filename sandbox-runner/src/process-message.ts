import { randomUUID } from 'node:crypto';
import type { Clock } from '@rce/core/clock.ts';
import { emptyResult, type Job } from '@rce/core/job.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import type { JobQueue, Message } from '@rce/core/ports/job-queue.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import type { RunHooks, Sandbox } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import type { Tracing } from '@rce/observability/tracing.ts';
import { beginAnalysis } from './analysis.ts';
import type { Emit } from './events.ts';
import { type Execution, execute } from './execute.ts';
import { heartbeat, type StopReason } from './heartbeat.ts';
import { OutputSoFar } from './output-so-far.ts';
import { describeExecution, traceJob, traceLater } from './trace-job.ts';

/**
 * How long the message of a stored result stays. There is no hurry, and its removal would take processor time from the
 * answer, which is on its way to whoever waits.
 */
const REMOVE_AFTER_MS = 50;
/**
 * How long a result waits for the report of the analysis that runs beside it. One that comes later takes a write of its
 * own, which costs some 5 ms of processor time, and who waits for the whole job waits for that too.
 */
const REPORT_WAIT_MS = 10;

export interface Dependencies {
  readonly runnerId: string;
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly sandbox: Sandbox;
  readonly analyzer: Analyzer;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly tracing: Tracing;
  /** Takes over work that need not hold a slot; the runner waits for it before it ends. */
  readonly background: (work: Promise<void>) => void;
}

/**
 * Takes one message from delivery to stored result. The order is what keeps jobs from being lost or reported
 * twice: claim, run, write the result if the claim still holds, and only then remove the message.
 * Whatever fails in between, the message comes back and the lease lapses, so that another run follows.
 * @param draining aborts when the runner must give up what it runs.
 */
export async function processMessage(
  deps: Dependencies,
  message: Message,
  draining: AbortSignal,
): Promise<void> {
  const { store, queue, clock, emit } = deps;
  const { jobId, receipt } = message;
  if (message.receiveCount > 1)
    emit({ type: 'redelivered', job: message, receiveCount: message.receiveCount });

  const owner = `${deps.runnerId}/${randomUUID()}`;
  const receivedAt = clock.now();
  const claim = await store.claim(jobId, owner, receivedAt, DELIVERY.leaseMs);
  switch (claim.kind) {
    case 'missing':
    case 'finished':
      return queue.remove(receipt);
    case 'leased':
      // Somebody runs it. Look again when that lease has ended; by then the job is finished or up for a claim.
      return queue.extend(receipt, Math.max(0, claim.until - clock.now()) + 1_000);
    case 'claimed':
      return traceJob(deps.tracing, claim.job, receivedAt, (job) =>
        runClaimed(deps, { job, owner, receipt, claimedAt: clock.now() }, draining),
      );
  }
}

interface Claimed {
  readonly job: Job;
  readonly owner: string;
  readonly receipt: string;
  readonly claimedAt: number;
}

async function runClaimed(deps: Dependencies, claimed: Claimed, draining: AbortSignal): Promise<void> {
  const { store, queue, clock, emit } = deps;
  const { job, owner, receipt, claimedAt } = claimed;
  const { jobId } = job;
  emit({ type: 'job-claimed', job, queueWaitMs: claimedAt - job.createdAt });

  if (job.attempts > DELIVERY.maxAttempts) {
    const reason = `The job was started ${DELIVERY.maxAttempts} times, and the runner failed each time before it could store a result.`;
    await conclude(deps, claimed, { result: emptyResult('internal-error'), reason });
    return;
  }

  const run = new AbortController();
  let stopped: StopReason | undefined;
  const stop = (reason: StopReason) => {
    stopped ??= reason;
    run.abort();
  };
  const onDraining = () => stop('draining');
  if (draining.aborted) onDraining();
  draining.addEventListener('abort', onDraining, { once: true });

  const output = new OutputSoFar(job.limits.outputBytes);
  const done = new AbortController();
  const beating = heartbeat({ store, queue, clock, jobId, owner, receipt, output, stop }, done.signal);
  const running = runProgram(deps, job, {
    signal: run.signal,
    onOutput: (stream, chunk) => output.add(stream, chunk),
  });
  const analysis = beginAnalysis(deps, job, draining);

  let execution: Execution | undefined;
  let failure: unknown;
  try {
    execution = await running;
  } catch (error) {
    failure = error;
  } finally {
    done.abort();
    draining.removeEventListener('abort', onDraining);
    await beating;
  }

  if (stopped === 'lease-lost') return emit({ type: 'lease-lost', job });
  if (stopped === 'draining' && (!execution || execution.result.verdict === 'cancelled')) {
    await store.release(jobId, owner, 'uncounted');
    return queue.extend(receipt, 0);
  }
  if (!execution) {
    if (stopped === 'cancelled') {
      execution = { result: emptyResult('cancelled') };
    } else {
      emit({ type: 'job-retried', job, error: failure });
      const text = failure instanceof Error ? failure.message : String(failure);
      if (job.attempts < DELIVERY.maxAttempts) {
        await store.release(jobId, owner, 'counted');
        // A failing sandbox is given a moment to recover: 1 s, then 2 s.
        return queue.extend(receipt, job.attempts * 1_000);
      }
      execution = { result: emptyResult('internal-error'), reason: `The sandbox failed: ${text}` };
    }
  }

  const late = clock.sleep(REPORT_WAIT_MS).then(() => undefined);
  const settled = await Promise.race([analysis, late]);
  const written = await conclude(deps, claimed, execution, settled);
  if (written && settled === undefined)
    deps.background(analysis.then((report) => store.attachAnalysis(jobId, report)));
}

/** Writes the result if the claim still holds, and only then removes the message. Returns whether it did. */
async function conclude(
  deps: Dependencies,
  { job, owner, receipt, claimedAt }: Claimed,
  { result, reason }: Execution,
  analysis?: Job['analysis'],
): Promise<boolean> {
  const { store, queue, clock, emit, tracing } = deps;
  const endedAt = clock.now();
  const finishing = store.finish(job.jobId, owner, result, endedAt, {
    ...(reason === undefined ? {} : { reason }),
    ...(analysis === undefined ? {} : { analysis }),
  });
  const written = await traceLater(tracing, 'result', { parent: job.traceparent }, finishing);
  if (!written) {
    emit({ type: 'lease-lost', job });
    return false;
  }
  const finishedAt = clock.now();
  emit({
    type: 'job-finished',
    job,
    result,
    executionMs: endedAt - claimedAt,
    resultWriteMs: finishedAt - endedAt,
    endToEndMs: finishedAt - job.createdAt,
  });
  deps.background(clock.sleep(REMOVE_AFTER_MS).then(() => queue.remove(receipt)));
  return true;
}

function runProgram({ sandbox, tracing }: Dependencies, job: Job, hooks: RunHooks): Promise<Execution> {
  const run = async () => {
    const language = findLanguage(job.submission.language);
    if (!language) throw new Error(`This runner does not know the language ${job.submission.language}.`);
    return execute(sandbox, job, language, hooks);
  };
  return traceLater(tracing, 'run', { parent: job.traceparent, outcome: describeExecution }, run());
}
