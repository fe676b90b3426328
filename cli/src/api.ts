import { Problem } from '@rce/core/errors.ts';
import { JobView } from '@rce/core/job.ts';
import { LanguageView } from '@rce/core/language.ts';
import { AnalysisReport } from '@rce/core/report.ts';
import type { SubmissionInput } from '@rce/core/submission.ts';
import { z } from 'zod';
import { CliError, problemError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

/** The first answer brings the job's id; short programs are done by then, of long ones there is output to show. */
const FIRST_WAIT_SECONDS = 1;
const WAIT_SECONDS = 20;

export interface ApiOptions {
  /** Of the server, for example http://127.0.0.1:3000 */
  readonly url: string;
  readonly apiKey?: string | undefined;
}

/** The server's API. Every method throws CliError with a message for the user. */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** @param waitSeconds how long to wait for the job's end. */
  submit(submission: SubmissionInput, waitSeconds = FIRST_WAIT_SECONDS): Promise<JobView> {
    return this.#call(JobView, 'POST', `/api/submit?wait=${waitSeconds}`, submission);
  }

  /** Waits until the job changes, for at most `waitSeconds`. */
  status(jobId: string, waitSeconds = 0): Promise<JobView> {
    return this.#call(JobView, 'GET', `/api/status/${encodeURIComponent(jobId)}?wait=${waitSeconds}`);
  }

  /** Waits for the job's end, and tells of each change on the way. */
  async untilEnd(job: JobView, onChange: (job: JobView) => void = () => undefined): Promise<JobView> {
    let latest = job;
    while (latest.verdict === null) {
      latest = await this.status(latest.jobId, WAIT_SECONDS);
      onChange(latest);
    }
    return latest;
  }

  cancel(jobId: string): Promise<unknown> {
    return this.#call(z.unknown(), 'POST', `/api/cancel/${encodeURIComponent(jobId)}`);
  }

  async languages(): Promise<readonly LanguageView[]> {
    const answer = await this.#call(z.object({ languages: z.array(LanguageView) }), 'GET', '/api/languages');
    return answer.languages;
  }

  analyze(language: string, code: string): Promise<AnalysisReport> {
    return this.#call(AnalysisReport, 'POST', '/analysis/analyze', { language, code });
  }

  /** The report as SARIF 2.1.0, for tools that read that. */
  analyzeAsSarif(language: string, code: string): Promise<unknown> {
    return this.#call(z.unknown(), 'POST', '/analysis/analyze', { language, code }, 'application/sarif+json');
  }

  async #call<Schema extends z.ZodType>(
    schema: Schema,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    accept = 'application/json',
  ): Promise<z.output<Schema>> {
    const { url, apiKey } = this.#options;
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, url), {
        method,
        headers: {
          accept,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      throw new CliError(
        `Cannot reach the engine at ${url} (${causeOf(error)}). Start it with npm start, or name another by --url or RCE_URL.`,
        EXIT.unavailable,
      );
    }
    const content = parseJson(text);
    if (!response.ok) {
      const problem = Problem.safeParse(content);
      if (problem.success) throw problemError(problem.data);
      throw new CliError(`${url} answered with ${response.status}: ${text.slice(0, 200)}`, EXIT.internal);
    }
    const parsed = schema.safeParse(content);
    if (parsed.success) return parsed.data;
    throw new CliError(
      `${url} did not answer as an RCE Engine does: is the address right?\n${z.prettifyError(parsed.error)}`,
      EXIT.internal,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause);
}
