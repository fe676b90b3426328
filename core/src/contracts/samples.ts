import { randomUUID } from 'node:crypto';
import type { ExecutionResult } from '../job.ts';
import { DEFAULT_RUN_LIMITS } from '../limits.ts';
import type { NewJob } from '../ports/job-store.ts';
import type { AnalysisReport } from '../report.ts';
import { Submission, type SubmissionInput } from '../submission.ts';

/** Sample jobs, results and reports for the contract suites. */

export const NOW = Date.UTC(2026, 0, 1);
export const HOUR = 60 * 60 * 1000;

export function sampleJob(job: Partial<NewJob> = {}, submission: Partial<SubmissionInput> = {}): NewJob {
  return {
    jobId: randomUUID(),
    submission: Submission.parse({ language: 'python', code: 'print(1)', ...submission }),
    limits: DEFAULT_RUN_LIMITS,
    createdAt: NOW,
    expiresAt: NOW + 24 * HOUR,
    analysis: { state: 'pending' },
    ...job,
  };
}

export function sampleResult(result: Partial<ExecutionResult> = {}): ExecutionResult {
  return {
    verdict: 'ok',
    exitCode: 0,
    signal: null,
    wallTimeMs: 12.5,
    cpuTimeMs: null,
    memoryBytes: 7_000_000,
    stdout: new TextEncoder().encode('1\n'),
    // Not UTF-8, and with a NUL: outputs are bytes.
    stderr: new Uint8Array([0xff, 0x00, 0xfe]),
    truncated: { stdout: false, stderr: true },
    sandbox: { driver: 'wasm', runtime: 'Python 3.11.3 (WASI)' },
    ...result,
  };
}

export function sampleReport(report: Partial<AnalysisReport> = {}): AnalysisReport {
  return {
    language: 'python',
    score: 0,
    level: 'none',
    complete: true,
    findings: [],
    omitted: 0,
    metrics: { lines: 1, functions: 0, complexity: 1, imports: [] },
    durationMs: 3.2,
    analyzer: 'sample 1',
    ...report,
  };
}
