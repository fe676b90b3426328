import type { AnalysisReport } from '../report.ts';
import type { AnalyzeRequest } from '../submission.ts';

/** Reads a program without running it. */
export interface Analyzer {
  analyze(request: AnalyzeRequest, signal?: AbortSignal): Promise<AnalysisReport>;
}
