import type { Job } from '@rce/core/job.ts';
import { isFieldError, sourcesOf } from '@rce/core/program.ts';
import { findLanguage } from '@rce/languages/find.ts';
import type { Dependencies } from './process-message.ts';

/** Longest wait for the analysis of one job, in milliseconds. */
const TIMEOUT_MS = 20_000;

export interface RunningAnalysis {
  /** What the analysis came to, or undefined while it goes on. */
  settled(): Job['analysis'] | undefined;
  /** Never rejects. */
  readonly done: Promise<Job['analysis']>;
}

/** Starts the analysis of a job beside its run. It can neither delay nor fail the run. */
export function beginAnalysis(
  deps: Pick<Dependencies, 'analyzer' | 'clock' | 'emit'>,
  job: Job,
): RunningAnalysis {
  let settled: Job['analysis'] | undefined;
  const done = analyze(deps, job).then((analysis) => {
    settled = analysis;
    return analysis;
  });
  return { settled: () => settled, done };
}

async function analyze(
  { analyzer, clock, emit }: Pick<Dependencies, 'analyzer' | 'clock' | 'emit'>,
  job: Job,
): Promise<Job['analysis']> {
  if (job.analysis.state !== 'pending') return job.analysis;
  const { submission, jobId } = job;
  const language = findLanguage(submission.language);
  const sources = language && sourcesOf(submission, language);
  if (!language?.analysis || !sources || isFieldError(sources)) return { state: 'unsupported' };
  const code = sources.files.find((file) => file.path === sources.entry)?.content ?? '';
  const startedAt = clock.now();
  try {
    const report = await analyzer.analyze({ language: language.id, code }, AbortSignal.timeout(TIMEOUT_MS));
    emit({ type: 'analysis-finished', jobId, report, durationMs: clock.now() - startedAt });
    return { state: 'done', report };
  } catch (error) {
    emit({ type: 'analysis-failed', jobId, error });
    return { state: 'unavailable' };
  }
}
