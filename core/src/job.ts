import { z } from 'zod';
import type { RunLimits } from './limits.ts';
import { AnalysisReport } from './report.ts';
import { SourceFile, type Submission, type TestCase } from './submission.ts';
import { STATUSES, type Status, VERDICT_NAMES, type Verdict } from './verdict.ts';

export const DRIVERS = ['docker', 'wasm'] as const;
export const Driver = z
  .enum(DRIVERS)
  .describe('`docker` is the boundary for production; `wasm` is for machines without Docker.');
export type Driver = z.infer<typeof Driver>;

export const JobId = z.uuid().describe('A random UUID; who knows it can read the job.');

/** What one run of a program came to. Times and memory are measured from outside of it. */
export interface RunOutcome {
  readonly verdict: Verdict;
  /** null when a signal or the engine ended the program. */
  readonly exitCode: number | null;
  /** For example SIGSEGV. */
  readonly signal: string | null;
  /** Milliseconds from the start of the program to its end. */
  readonly wallTimeMs: number;
  /** Milliseconds of processor time; null where the driver cannot tell. */
  readonly cpuTimeMs: number | null;
  /** Peak, in bytes; null where the driver cannot tell. */
  readonly memoryBytes: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean };
}

export interface TestOutcome extends RunOutcome {
  readonly index: number;
}

/** Which sandbox ran a job. */
export interface SandboxInfo {
  readonly driver: Driver;
  /** For example `Python 3.12.4`. */
  readonly runtime: string;
}

/** What a job came to: its run, or its tests; the verdict is the first that is not ok. */
export interface ExecutionResult extends RunOutcome {
  /** null when the job never ran: cancelled or given up while it was queued. */
  readonly sandbox: SandboxInfo | null;
  readonly tests?: readonly TestOutcome[];
}

/** What became of the analysis of a job. */
export const ANALYSIS_STATES = ['pending', 'done', 'unsupported', 'unavailable'] as const;
export type AnalysisState = (typeof ANALYSIS_STATES)[number];

/** A job as the store keeps it. Times are milliseconds since 1970. */
export interface Job {
  readonly jobId: string;
  readonly submission: Submission;
  readonly limits: RunLimits;
  readonly status: Status;
  readonly createdAt: number;
  /** A whole second: the store's own clock of expiry has no finer unit. */
  readonly expiresAt: number;
  /** How often the job was claimed. */
  readonly attempts: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly cancelRequested?: boolean;
  readonly lease?: { readonly owner: string; readonly until: number };
  /** Output so far, while the job is processing. */
  readonly partial?: { readonly stdout: Uint8Array; readonly stderr: Uint8Array };
  readonly result?: ExecutionResult;
  /** For people, beside an internal-error or a cancellation. */
  readonly reason?: string;
  readonly analysis: { readonly state: AnalysisState; readonly report?: AnalysisReport };
  /** W3C traceparent of the request that submitted the job. */
  readonly traceparent?: string;
}

export const TestView = z
  .object({
    index: z.int().min(0),
    name: z.string().optional(),
    verdict: z.enum(VERDICT_NAMES),
    output: z.string().describe('The first 4 KiB of stdout.'),
    stderr: z.string(),
    truncated: z.object({ output: z.boolean(), stderr: z.boolean() }),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    executionTime: z.number(),
    cpuTime: z.number().nullable(),
    memoryPeak: z.int().nullable(),
  })
  .meta({ id: 'TestResult' });

export const JobView = z
  .object({
    jobId: JobId,
    status: z.enum(STATUSES),
    verdict: z.enum(VERDICT_NAMES).nullable().describe('null until the job has finished.'),
    reason: z
      .string()
      .optional()
      .describe('What happened, in a sentence, where the verdict alone does not say.'),
    language: z.string(),
    output: z.string().describe('stdout; bytes that are not UTF-8 are shown as U+FFFD.'),
    outputBase64: z.string().optional().describe('The exact bytes of stdout, when they are not valid UTF-8.'),
    stderr: z.string(),
    stderrBase64: z.string().optional(),
    truncated: z
      .object({ output: z.boolean(), stderr: z.boolean() })
      .describe('Which stream was cut at its limit.'),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    executionTime: z.number().nullable().describe('Wall-clock milliseconds; with tests, of all of them.'),
    cpuTime: z.number().nullable().describe('Processor milliseconds; null where the sandbox cannot tell.'),
    memoryPeak: z.int().nullable().describe('Bytes; null where the sandbox cannot tell.'),
    tests: z.array(TestView).optional(),
    limits: z.record(z.string(), z.number()).describe('The limits in force.'),
    analysisState: z.enum(ANALYSIS_STATES),
    analysisReport: AnalysisReport.nullable(),
    sandbox: z
      .object({ driver: Driver, runtime: z.string() })
      .nullable()
      .describe('null until the job has run.'),
    source: z
      .object({
        entry: z.string().optional(),
        code: z.string().optional(),
        files: z.array(SourceFile).optional(),
      })
      .describe('What was submitted.'),
    attempts: z.int().describe('How often the job was started; more than 1 after a failure of the engine.'),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Job' });
export type JobView = z.infer<typeof JobView>;

const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Text for people and, where that loses something, the exact bytes as well. */
export function decodeOutput(bytes: Uint8Array): { text: string; base64?: string } {
  try {
    return { text: strict.decode(bytes) };
  } catch {
    return { text: lossy.decode(bytes), base64: Buffer.from(bytes).toString('base64') };
  }
}

/** Cuts at the limit without leaving half a character of UTF-8 behind. */
export function cutUtf8(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length <= limit) return bytes;
  let end = limit;
  // A continuation byte is 10xxxxxx; a character has at most three of them.
  while (end > 0 && limit - end < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, ((bytes[end] ?? 0) & 0xc0) === 0x80 ? limit : end);
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** What clocks tell beyond a thousandth of a millisecond is noise. */
function rounded(ms: number): number {
  return Math.round(1000 * ms) / 1000;
}

/** The wire form of a job. */
export function toView(job: Job): JobView {
  const { result, submission } = job;
  const stdout = decodeOutput(result?.stdout ?? job.partial?.stdout ?? new Uint8Array());
  const stderr = decodeOutput(result?.stderr ?? job.partial?.stderr ?? new Uint8Array());
  return {
    jobId: job.jobId,
    status: job.status,
    verdict: result?.verdict ?? null,
    ...(job.reason === undefined ? {} : { reason: job.reason }),
    language: submission.language,
    output: stdout.text,
    ...(stdout.base64 === undefined ? {} : { outputBase64: stdout.base64 }),
    stderr: stderr.text,
    ...(stderr.base64 === undefined ? {} : { stderrBase64: stderr.base64 }),
    truncated: { output: result?.truncated.stdout ?? false, stderr: result?.truncated.stderr ?? false },
    exitCode: result?.exitCode ?? null,
    signal: result?.signal ?? null,
    executionTime: result ? rounded(result.wallTimeMs) : null,
    cpuTime: (result?.cpuTimeMs && rounded(result.cpuTimeMs)) ?? null,
    memoryPeak: result?.memoryBytes ?? null,
    ...(result?.tests === undefined
      ? {}
      : { tests: result.tests.map((test) => toTestView(test, submission.tests)) }),
    limits: { ...job.limits },
    analysisState: job.analysis.state,
    analysisReport: job.analysis.report ?? null,
    sandbox: result?.sandbox ?? null,
    source: {
      ...(submission.entry === undefined ? {} : { entry: submission.entry }),
      ...(submission.code === undefined ? {} : { code: submission.code }),
      ...(submission.files === undefined ? {} : { files: submission.files }),
    },
    attempts: job.attempts,
    createdAt: new Date(job.createdAt).toISOString(),
    startedAt: iso(job.startedAt),
    finishedAt: iso(job.finishedAt),
    expiresAt: new Date(job.expiresAt).toISOString(),
  };
}

function toTestView(test: TestOutcome, cases: readonly TestCase[] | undefined): z.infer<typeof TestView> {
  const name = cases?.[test.index]?.name;
  return {
    index: test.index,
    ...(name === undefined ? {} : { name }),
    verdict: test.verdict,
    output: decodeOutput(test.stdout).text,
    stderr: decodeOutput(test.stderr).text,
    truncated: { output: test.truncated.stdout, stderr: test.truncated.stderr },
    exitCode: test.exitCode,
    signal: test.signal,
    executionTime: rounded(test.wallTimeMs),
    cpuTime: test.cpuTimeMs && rounded(test.cpuTimeMs),
    memoryPeak: test.memoryBytes,
  };
}

/** The result of a job that never ran to its end. */
export function emptyResult(verdict: Verdict, sandbox: SandboxInfo | null = null): ExecutionResult {
  const nothing = new Uint8Array();
  return {
    verdict,
    exitCode: null,
    signal: null,
    wallTimeMs: 0,
    cpuTimeMs: null,
    memoryBytes: null,
    stdout: nothing,
    stderr: nothing,
    truncated: { stdout: false, stderr: false },
    sandbox,
  };
}
