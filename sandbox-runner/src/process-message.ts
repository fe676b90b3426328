import { randomUUID } from 'node:crypto';
import type { Clock } from '@rce/core/clock.ts';
import { emptyResult, type Job } from '@rce/core/job.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import type { JobQueue, Message } from '@rce/core/ports/job-queue.ts';
import type { JobStore } from '@rce/core/ports/job-store.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import { beginAnalysis } from './analysis.ts';
import type { Emit } from './events.ts';
import { type Execution, execute } from './execute.ts';
import { heartbeat, type StopReason } from './heartbeat.ts';
import { OutputSoFar } from './output-so-far.ts';

export interface Dependencies {
  readonly runnerId: string;
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly sandbox: Sandbox;
  readonly analyzer: Analyzer;
  readonly clock: Clock;
  readonly emit: Emit;
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
  if (message.receiveCount > 1) emit({ type: 'redelivered', jobId, receiveCount: message.receiveCount });

  const owner = `${deps.runnerId}/${randomUUID()}`;
  const claim = await store.claim(jobId, owner, clock.now(), DELIVERY.leaseMs);
  switch (claim.kind) {
    case 'missing':
    case 'finished':
      return queue.remove(receipt);
    case 'leased':
      // Somebody runs it. Look again when that lease has ended; by then the job is finished or up for a claim.
      return queue.extend(receipt, Math.max(0, claim.until - clock.now()) + 1_000);
    case 'claimed':
      return runClaimed(deps, claim.job, owner, receipt, draining);
  }
}

async function runClaimed(
  deps: Dependencies,
  job: Job,
  owner: string,
  receipt: string,
  draining: AbortSignal,
): Promise<void> {
  const { store, queue, clock, emit } = deps;
  const { jobId } = job;
  const claimedAt = clock.now();
  emit({ type: 'job-claimed', job, queueWaitMs: claimedAt - job.createdAt });

  if (job.attempts > DELIVERY.maxAttempts) {
    const reason = `The job was started ${DELIVERY.maxAttempts} times, and the runner failed each time before it could store a result.`;
    return giveUp(deps, job, owner, receipt, reason);
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
  const analysis = beginAnalysis(deps, job, draining);

  let execution: Execution | undefined;
  let failure: unknown;
  try {
    const language = findLanguage(job.submission.language);
    if (!language) throw new Error(`This runner does not know the language ${job.submission.language}.`);
    execution = await execute(deps.sandbox, job, language, {
      signal: run.signal,
      onOutput: (stream, chunk) => output.add(stream, chunk),
    });
  } catch (error) {
    failure = error;
  } finally {
    done.abort();
    draining.removeEventListener('abort', onDraining);
    await beating;
  }

  if (stopped === 'lease-lost') return emit({ type: 'lease-lost', jobId });
  if (stopped === 'draining' && (!execution || execution.result.verdict === 'cancelled')) {
    await store.release(jobId, owner, 'uncounted');
    return queue.extend(receipt, 0);
  }
  if (!execution) {
    if (stopped === 'cancelled') {
      execution = { result: emptyResult('cancelled') };
    } else {
      emit({ type: 'job-retried', jobId, error: failure });
      const text = failure instanceof Error ? failure.message : String(failure);
      if (job.attempts >= DELIVERY.maxAttempts)
        return giveUp(deps, job, owner, receipt, `The sandbox failed: ${text}`);
      await store.release(jobId, owner, 'counted');
      // A failing sandbox is given a moment to recover: 1 s, then 2 s.
      return queue.extend(receipt, job.attempts * 1_000);
    }
  }

  const { result, reason } = execution;
  const executionMs = clock.now() - claimedAt;
  const settled = analysis.settled();
  const written = await store.finish(jobId, owner, result, clock.now(), {
    ...(reason === undefined ? {} : { reason }),
    ...(settled === undefined ? {} : { analysis: settled }),
  });
  if (!written) return emit({ type: 'lease-lost', jobId });
  const finishedAt = clock.now();
  emit({
    type: 'job-finished',
    job,
    result,
    executionMs,
    resultWriteMs: finishedAt - claimedAt - executionMs,
    endToEndMs: finishedAt - job.createdAt,
  });
  deps.background(queue.remove(receipt));
  if (settled === undefined)
    deps.background(analysis.done.then((report) => store.attachAnalysis(jobId, report)));
}

async function giveUp(
  deps: Dependencies,
  job: Job,
  owner: string,
  receipt: string,
  reason: string,
): Promise<void> {
  const { store, queue, clock } = deps;
  const result = emptyResult('internal-error');
  if (await store.finish(job.jobId, owner, result, clock.now(), { reason })) await queue.remove(receipt);
}
