import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Job } from '@rce/core/job.ts';
import { isFieldError, sourcesOf } from '@rce/core/program.ts';
import { findLanguage } from '@rce/languages/find.ts';
import type { Dependencies } from './process-message.ts';

/** Longest wait for the analysis of one job, in milliseconds. */
const TIMEOUT_MS = 20_000;

type AnalysisDependencies = Pick<Dependencies, 'analyzer' | 'clock' | 'emit' | 'tracing'>;

/**
 * Starts the analysis of a job beside its run, which it cannot fail.
 * @param giveUp aborts when the runner ends and will not wait for the report.
 * @returns what it came to; never rejects.
 */
export async function beginAnalysis(
  deps: AnalysisDependencies,
  job: Job,
  giveUp: AbortSignal,
): Promise<Job['analysis']> {
  // A sandbox that waits has been given the program by then: putting together the request must not delay that.
  await nextTurn();
  return analyze(deps, job, giveUp);
}

async function analyze(
  { analyzer, clock, emit, tracing }: AnalysisDependencies,
  job: Job,
  giveUp: AbortSignal,
): Promise<Job['analysis']> {
  if (job.analysis.state !== 'pending') return job.analysis;
  const { submission } = job;
  const language = findLanguage(submission.language);
  const sources = language && sourcesOf(submission, language);
  if (!language?.analysis || !sources || isFieldError(sources)) return { state: 'unsupported' };
  const code = sources.files.find((file) => file.path === sources.entry)?.content ?? '';
  const startedAt = clock.now();
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), giveUp]);
    const request = { language: language.id, code };
    const report = await tracing.span(
      'analysis',
      { parent: job.traceparent, kind: 'client' },
      (traceparent) => Promise.race([analyzer.analyze(request, { signal, traceparent }), rejectedBy(signal)]),
    );
    emit({ type: 'analysis-finished', job, report, durationMs: clock.now() - startedAt });
    return { state: 'done', report };
  } catch (error) {
    emit({ type: 'analysis-failed', job, error });
    return { state: 'unavailable' };
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
