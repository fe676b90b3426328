import type { ErrorCode } from '@rce/core/errors.ts';
import { WAIT } from '@rce/core/limits.ts';
import type { FunctionName } from '../manifest.ts';

/** Names of the schemas under components. */
export type SchemaName =
  | 'Submission'
  | 'AnalyzeRequest'
  | 'Job'
  | 'Languages'
  | 'Health'
  | 'EngineStats'
  | 'AnalysisReport'
  | 'AnalysisHealth'
  | 'Rules';

export interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly tag: 'Jobs' | 'Engine' | 'Analysis';
  readonly parameters: readonly (keyof typeof PARAMETERS)[];
  readonly body?: { readonly schema: SchemaName; readonly example: unknown };
  /** Answers other than errors. */
  readonly responses: Readonly<
    Record<
      number,
      {
        readonly description: string;
        /** Without it there is no body, or one of no fixed form. */
        readonly schema?: SchemaName;
      }
    >
  >;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Errors that it may answer with, besides `internal` and `timeout`. */
  readonly errors: readonly ErrorCode[];
}

const seconds = { type: 'number', minimum: 0, maximum: WAIT.maxSeconds };

export const PARAMETERS = {
  jobId: {
    name: 'jobId',
    in: 'path',
    required: true,
    description: 'What POST /api/submit answered.',
    schema: { type: 'string', format: 'uuid' },
  },
  waitForEnd: {
    name: 'wait',
    in: 'query',
    description: 'Seconds to wait for the job to finish, its analysis included.',
    schema: seconds,
  },
  waitForChange: {
    name: 'wait',
    in: 'query',
    description:
      'Seconds to wait until the job changes: its status, its output so far or its analysis. A change counts from the state that If-None-Match names, else from the state at the time of the request.',
    schema: seconds,
  },
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A string of your own, for example a UUID. The same key with the same submission leads to the same job for as long as that is kept, so that a request may be repeated safely.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  ifNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of the state that you know.',
    schema: { type: 'string' },
  },
  traceparent: {
    name: 'traceparent',
    in: 'header',
    description: 'W3C trace context; the job carries it to the runner.',
    schema: { type: 'string' },
  },
} as const;

const PROTECTED = ['unauthorized'] as const satisfies readonly ErrorCode[];
const BODY_ERRORS = [
  'invalid-json',
  'invalid-input',
  'unknown-language',
  'payload-too-large',
  'unsupported-media-type',
] as const satisfies readonly ErrorCode[];

/** What the API document says of each function that has a route. */
export const OPERATIONS = {
  submit: {
    summary: 'Submit a program',
    description:
      'Stores the program as a job and queues it. A source file may have 64 KiB, all input together 256 KiB. Send `code`, `files` or both.',
    tag: 'Jobs',
    parameters: ['waitForEnd', 'idempotencyKey', 'traceparent'],
    body: { schema: 'Submission', example: { language: 'python', code: 'print(sum(range(1, 101)))' } },
    responses: {
      200: { description: 'The job has finished within `wait`.', schema: 'Job' },
      202: { description: 'The job is accepted; Location says where to read it.', schema: 'Job' },
    },
    responseHeaders: {
      Location: 'Path of the job.',
      ETag: 'Names the state of the job, for If-None-Match of GET /api/status.',
      'Idempotency-Replayed': '`true` when the key had led to this job before.',
      'RateLimit-Limit': 'Submissions allowed per minute; absent when there is no limit.',
      'RateLimit-Remaining': 'How many are left in this minute.',
      'RateLimit-Reset': 'Seconds until the minute ends.',
    },
    errors: [
      ...BODY_ERRORS,
      'language-unavailable',
      'idempotency-key-reused',
      ...PROTECTED,
      'rate-limited',
      'queue-full',
      'unavailable',
    ],
  },
  status: {
    summary: 'Read a job',
    description:
      'The job with what is known of it: while it runs, its output so far. With `wait` the answer comes when the job changes, or at the end of the time.',
    tag: 'Jobs',
    parameters: ['jobId', 'waitForChange', 'ifNoneMatch'],
    responses: {
      200: { description: 'The job.', schema: 'Job' },
      304: { description: 'The job is still as If-None-Match says.' },
    },
    responseHeaders: { ETag: 'Names the state of the job.' },
    errors: ['invalid-input', 'job-not-found', ...PROTECTED],
  },
  cancel: {
    summary: 'Cancel a job',
    description: 'A queued job ends at once; a running one within about a second. Repeating it is safe.',
    tag: 'Jobs',
    parameters: ['jobId'],
    responses: {
      200: { description: 'The job has ended as `cancelled`.', schema: 'Job' },
      202: { description: 'The job runs; its runner has been asked to end it.', schema: 'Job' },
    },
    errors: ['job-not-found', 'job-finished', ...PROTECTED],
  },
  languages: {
    summary: 'List the languages',
    description: 'All languages of the engine, and which of them can be run now, by which sandbox.',
    tag: 'Engine',
    parameters: [],
    responses: { 200: { description: 'The languages, by id.', schema: 'Languages' } },
    errors: [],
  },
  health: {
    summary: 'Ask whether the engine works',
    description: 'The state of each part: table, queue, runners, dead letters.',
    tag: 'Engine',
    parameters: [],
    responses: {
      200: { description: 'Jobs are taken and run.', schema: 'Health' },
      503: { description: 'A part fails without which jobs are not taken or not run.', schema: 'Health' },
    },
    errors: [],
  },
  stats: {
    summary: 'See the last minutes',
    description: 'The queue, and what each runner did, for a picture of the engine at work.',
    tag: 'Engine',
    parameters: [],
    responses: { 200: { description: 'The last minutes.', schema: 'EngineStats' } },
    errors: [],
  },
  openapi: {
    summary: 'Read this document',
    description: 'OpenAPI 3.1, with the limits that this engine has set.',
    tag: 'Engine',
    parameters: [],
    responses: { 200: { description: 'The document.' } },
    errors: [],
  },
  analyze: {
    summary: 'Analyse a program without running it',
    description: 'With `Accept: application/sarif+json` the report comes as SARIF 2.1.0.',
    tag: 'Analysis',
    parameters: [],
    body: { schema: 'AnalyzeRequest', example: { language: 'python', code: 'eval(input())' } },
    responses: {
      200: { description: 'The report.', schema: 'AnalysisReport' },
    },
    errors: [...BODY_ERRORS, 'language-not-analysed', ...PROTECTED],
  },
  rules: {
    summary: 'List the rules of the analysis',
    description: 'Every rule with its severity, what it finds, why that matters and what to do.',
    tag: 'Analysis',
    parameters: [],
    responses: { 200: { description: 'The rules and their categories.', schema: 'Rules' } },
    errors: [],
  },
  'analysis-health': {
    summary: 'Ask whether the analysis works',
    description: 'Analyses a small program in each language.',
    tag: 'Analysis',
    parameters: [],
    responses: {
      200: { description: 'Every language is analysed.', schema: 'AnalysisHealth' },
      503: { description: 'A language is not analysed as it should be.', schema: 'AnalysisHealth' },
    },
    errors: [],
  },
} as const satisfies Partial<Record<FunctionName, Operation>>;
