import type { AnalysisReport } from '../report.ts';
import type { AnalyzeRequest } from '../submission.ts';

export interface AnalyzeOptions {
  readonly signal?: AbortSignal | undefined;
  /** W3C trace context of whoever asks. */
  readonly traceparent?: string | undefined;
}

/** Reads a program without running it. */
export interface Analyzer {
  analyze(request: AnalyzeRequest, options?: AnalyzeOptions): Promise<AnalysisReport>;
}
