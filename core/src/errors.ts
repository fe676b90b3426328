import { z } from 'zod';

interface ErrorRow {
  readonly status: number;
  readonly title: string;
  /** What the caller should do. */
  readonly advice: string;
}

/** Every error the API answers with. The wire form is problem+json (RFC 9457). */
export const ERRORS = {
  'invalid-json': {
    status: 400,
    title: 'The body is not valid JSON',
    advice: 'Send one JSON object, encoded as UTF-8.',
  },
  'invalid-input': {
    status: 400,
    title: 'The request has invalid fields',
    advice: 'Correct the fields listed under errors.',
  },
  'unknown-language': {
    status: 400,
    title: 'The language is not known',
    advice: 'Choose an id that GET /api/languages lists.',
  },
  'language-unavailable': {
    status: 422,
    title: 'The language cannot be run here',
    advice: 'Choose one that GET /api/languages lists as available.',
  },
  'language-not-analysed': {
    status: 422,
    title: 'The language is not analysed',
    advice: 'Choose one that GET /api/languages lists with analysis.',
  },
  unauthorized: {
    status: 401,
    title: 'The request lacks a valid API key',
    advice: 'Send the API key that the operator gave you in the X-Api-Key header.',
  },
  forbidden: {
    status: 403,
    title: 'The request comes from a place that may not use the engine',
    advice: 'Use the address that the engine prints at its start; RCE_ALLOWED_HOSTS names further ones.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such route',
    advice: 'See GET /api/openapi.json for all routes.',
  },
  'job-not-found': {
    status: 404,
    title: 'There is no such job',
    advice: 'Check the job id. Jobs are deleted some time after their submission (expiresAt).',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The route does not take this method',
    advice: 'Use a method that the Allow header names.',
  },
  'job-finished': {
    status: 409,
    title: 'The job has already finished',
    advice: 'Read its result from GET /api/status/{jobId}.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The request is too large',
    advice: 'Send less code, files and input; the detail names the limit.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type is not supported',
    advice: 'Send the body with Content-Type: application/json.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another submission',
    advice: 'Choose a new key for each new submission, for example a UUID.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many submissions from this address',
    advice: 'Wait as long as the Retry-After header says.',
  },
  internal: {
    status: 500,
    title: 'The engine failed to answer',
    advice: 'Try again. If it happens again, tell the operator the request id.',
  },
  'queue-full': {
    status: 503,
    title: 'The queue is full',
    advice: 'Wait as long as the Retry-After header says.',
  },
  unavailable: {
    status: 503,
    title: 'A part of the engine does not answer',
    advice: 'Try again in a few seconds; GET /api/health says which part it is.',
  },
  timeout: {
    status: 504,
    title: 'The engine did not answer in time',
    advice: 'Try again in a few seconds.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export const FieldError = z
  .object({
    path: z.string().describe('Where the field is, for example `tests[0].stdin`; empty for the whole body.'),
    message: z.string().describe('What is wrong with it.'),
  })
  .meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

export const Problem = z
  .object({
    type: z.string().describe('A URI that identifies the kind of error: urn:rce:error: and the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened, with which input, and what to do.'),
    code: z.enum(ERROR_CODES),
    instance: z.string().optional().describe('The id of the request, for the operator.'),
    errors: z.array(FieldError).optional().describe('One entry per field that is wrong.'),
  })
  .meta({ id: 'Problem', description: 'An error, as problem+json (RFC 9457).' });
export type Problem = z.infer<typeof Problem>;

/** An error that is the caller's to see. Everything else that is thrown becomes `internal`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  /** Headers for the response, for example Retry-After. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    detail: string,
    options: {
      errors?: readonly FieldError[];
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

export function toProblem(error: ApiError, instance?: string): Problem {
  const row = ERRORS[error.code];
  return {
    type: `urn:rce:error:${error.code}`,
    title: row.title,
    status: row.status,
    detail: `${error.message} ${row.advice}`.trim(),
    code: error.code,
    ...(instance === undefined ? {} : { instance }),
    ...(error.errors.length === 0 ? {} : { errors: [...error.errors] }),
  };
}

/** `['tests', 0, 'stdin']` → `tests[0].stdin`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** Mistakes that one answer lists, and how much of a path, which may be a caller's key of any length. */
const MAX_FIELD_ERRORS = 50;
export const MAX_PATH_LENGTH = 200;

/** One entry per wrong field, of the first 50; an unknown key is named by its own path. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  const all = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, MAX_FIELD_ERRORS).map((key) => ({
          path: formatPath([...issue.path, key]),
          message: 'This key is not known.',
        }))
      : [{ path: formatPath(issue.path), message: issue.message }],
  );
  return all
    .slice(0, MAX_FIELD_ERRORS)
    .map(({ path, message }) => ({ path: path.slice(0, MAX_PATH_LENGTH), message }));
}
