import { LIMIT_SETTINGS } from '@rce/core/limit-settings.ts';
import { DELIVERY, WAIT } from '@rce/core/limits.ts';
import { TRACE_SETTINGS } from '@rce/core/trace-context.ts';

/**
 * The one table of functions: what starts each, what it may do, and what it needs. The CDK app, the embedded
 * cloud, the bundler and the OpenAPI document all read it; nothing else repeats a route.
 */

export const METHODS = ['GET', 'POST'] as const;
export type Method = (typeof METHODS)[number];

export interface Route {
  readonly method: Method;
  /** As API Gateway writes it: `{name}` stands for one segment. */
  readonly path: `/${string}`;
}

/** What a function may do. IAM statements are derived from this; `actions` is the whole of what is granted. */
export const ACCESS = {
  'jobs-table:read': { resource: 'jobs-table', actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'] },
  'jobs-table:write': { resource: 'jobs-table', actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'] },
  'jobs-table:query': { resource: 'jobs-table-index', actions: ['dynamodb:Query'] },
  'jobs-queue:send': { resource: 'jobs-queue', actions: ['sqs:SendMessage'] },
  'jobs-queue:depth': { resource: 'jobs-queue', actions: ['sqs:GetQueueAttributes'] },
  'dead-letter-queue:depth': { resource: 'dead-letter-queue', actions: ['sqs:GetQueueAttributes'] },
  'dead-letter-queue:consume': {
    resource: 'dead-letter-queue',
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
    ],
  },
} as const;
export type Access = keyof typeof ACCESS;

/** Settings that name a resource of the deployment; whoever deploys fills them in. */
export const RESOURCE_SETTINGS = [
  'RCE_JOBS_TABLE',
  'RCE_JOBS_QUEUE_URL',
  'RCE_DEAD_LETTER_QUEUE_URL',
] as const;
export type ResourceSetting = (typeof RESOURCE_SETTINGS)[number];

export interface FunctionDefinition {
  /** In a sentence, for people who see it in a console. */
  readonly description: string;
  /** Module that exports `handler`, from the folder functions/. */
  readonly entry: `src/handlers/${string}.ts`;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly routes: readonly Route[];
  /** Started by a schedule, in milliseconds. */
  readonly scheduleEveryMs?: number;
  /** Started by the messages of a queue; it answers with the ids of those to try again. */
  readonly queue?: { readonly name: 'dead-letter-queue'; readonly batchSize: number };
  readonly access: readonly Access[];
  /** Settings without which it does not start. */
  readonly settings: readonly ResourceSetting[];
  /** Settings with a default: passed on where the operator sets them. */
  readonly options: readonly string[];
}

/** API Gateway gives up after 29 s; a function that waits 25 s answers before that. */
const WAITING_SECONDS = WAIT.maxSeconds + 3;
const QUICK_SECONDS = 10;
/** A Lambda's share of a processor grows with its memory: 512 MB start in half the time of 128 MB. */
const MEMORY_MB = 512;
const COMMON = ['RCE_LOG_LEVEL', 'RCE_METRICS_NAMESPACE'] as const;
const KEYS = [...COMMON, 'RCE_API_KEYS'] as const;
/** For those that are a part of what becomes of a job. */
const TRACES = Object.keys(TRACE_SETTINGS);

export const FUNCTIONS = {
  submit: {
    description: 'Takes a submission, stores it as a job and queues it',
    entry: 'src/handlers/submit.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: WAITING_SECONDS,
    routes: [{ method: 'POST', path: '/api/submit' }],
    access: [
      'jobs-table:read',
      'jobs-table:write',
      'jobs-table:query',
      'jobs-queue:send',
      'jobs-queue:depth',
    ],
    settings: ['RCE_JOBS_TABLE', 'RCE_JOBS_QUEUE_URL'],
    options: [...KEYS, ...TRACES, 'RCE_RATE_LIMIT', 'RCE_TRUSTED_PROXIES', ...Object.keys(LIMIT_SETTINGS)],
  },
  status: {
    description: 'Answers with a job, at once or when it changes',
    entry: 'src/handlers/status.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: WAITING_SECONDS,
    routes: [{ method: 'GET', path: '/api/status/{jobId}' }],
    access: ['jobs-table:read'],
    settings: ['RCE_JOBS_TABLE'],
    options: KEYS,
  },
  cancel: {
    description: 'Stops a job',
    entry: 'src/handlers/cancel.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'POST', path: '/api/cancel/{jobId}' }],
    access: ['jobs-table:read', 'jobs-table:write'],
    settings: ['RCE_JOBS_TABLE'],
    options: KEYS,
  },
  languages: {
    description: 'Lists the languages, with what the runners that are alive say of them',
    entry: 'src/handlers/languages.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'GET', path: '/api/languages' }],
    access: ['jobs-table:query'],
    settings: ['RCE_JOBS_TABLE'],
    options: COMMON,
  },
  health: {
    description: 'Tells whether jobs can be taken and run, with the state of each part',
    entry: 'src/handlers/health.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'GET', path: '/api/health' }],
    access: ['jobs-table:query', 'jobs-queue:depth', 'dead-letter-queue:depth'],
    settings: ['RCE_JOBS_TABLE', 'RCE_JOBS_QUEUE_URL', 'RCE_DEAD_LETTER_QUEUE_URL'],
    options: COMMON,
  },
  stats: {
    description: 'Tells what queue and runners did in the last minutes',
    entry: 'src/handlers/stats.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'GET', path: '/api/stats' }],
    access: ['jobs-table:query', 'jobs-queue:depth'],
    settings: ['RCE_JOBS_TABLE', 'RCE_JOBS_QUEUE_URL'],
    options: COMMON,
  },
  openapi: {
    description: 'Describes this API as OpenAPI 3.1',
    entry: 'src/handlers/openapi.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'GET', path: '/api/openapi.json' }],
    access: [],
    settings: [],
    options: [...COMMON, ...Object.keys(LIMIT_SETTINGS)],
  },
  analyze: {
    description: 'Reads a program, without running it, and reports what is risky in it',
    entry: 'src/handlers/analyze.ts',
    memoryMb: 1024,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'POST', path: '/analysis/analyze' }],
    access: [],
    settings: [],
    options: [...KEYS, ...TRACES],
  },
  rules: {
    description: 'Lists the rules of the analysis',
    entry: 'src/handlers/rules.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'GET', path: '/analysis/rules' }],
    access: [],
    settings: [],
    options: COMMON,
  },
  'analysis-health': {
    description: 'Tells whether the analysis works, by analysing a small program',
    entry: 'src/handlers/analysis-health.ts',
    memoryMb: 1024,
    timeoutSeconds: QUICK_SECONDS,
    routes: [{ method: 'GET', path: '/analysis/health' }],
    access: [],
    settings: [],
    options: COMMON,
  },
  'dead-letter': {
    description: 'Ends jobs whose message failed too often as internal-error',
    entry: 'src/handlers/dead-letter.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: QUICK_SECONDS,
    routes: [],
    queue: { name: 'dead-letter-queue', batchSize: 10 },
    access: ['jobs-table:read', 'jobs-table:write', 'dead-letter-queue:consume'],
    settings: ['RCE_JOBS_TABLE'],
    options: COMMON,
  },
  reconcile: {
    description: 'Finds jobs that nobody works on, and gives them a new message or ends them',
    entry: 'src/handlers/reconcile.ts',
    memoryMb: MEMORY_MB,
    timeoutSeconds: 50,
    routes: [],
    scheduleEveryMs: DELIVERY.reconcileEveryMs,
    access: [
      'jobs-table:read',
      'jobs-table:write',
      'jobs-table:query',
      'jobs-queue:send',
      'jobs-queue:depth',
    ],
    settings: ['RCE_JOBS_TABLE', 'RCE_JOBS_QUEUE_URL'],
    options: COMMON,
  },
} as const satisfies Record<string, FunctionDefinition>;

export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

export interface RoutedFunction extends Route {
  readonly name: FunctionName;
}

/** Every route with the function that answers it. */
export const ROUTES: readonly RoutedFunction[] = FUNCTION_NAMES.flatMap((name) =>
  FUNCTIONS[name].routes.map((route) => ({ ...route, name })),
);
