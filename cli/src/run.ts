import type { JobView } from '@rce/core/job.ts';
import { type SubmissionInput, TestCase } from '@rce/core/submission.ts';
import { VERDICTS } from '@rce/core/verdict.ts';
import { z } from 'zod';
import type { Api } from './api.ts';
import { CliError, usageError } from './errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { pair, parseOptions } from './options.ts';
import { languageOf, readPiped, readText } from './source.ts';

const OPTIONS = {
  language: { type: 'string', short: 'l' },
  stdin: { type: 'string' },
  'stdin-file': { type: 'string' },
  args: { type: 'string', multiple: true, default: [] as string[] },
  env: { type: 'string', multiple: true, default: [] as string[] },
  file: { type: 'string', multiple: true, default: [] as string[] },
  limit: { type: 'string', multiple: true, default: [] as string[] },
  tests: { type: 'string' },
  'stop-on-first-failure': { type: 'boolean', default: false },
  wait: { type: 'boolean', default: true },
} as const;

type RunOptions = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

/** `rce run`. @returns the exit code. */
export async function run(api: Api, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, OPTIONS);
  const [file, ...rest] = positionals;
  if (file === undefined) throw usageError('rce run needs a file; - takes the program from the input.');
  if (file === '-' && values.language === undefined) throw usageError('rce run - needs --language.');
  const submission = await toSubmission(api, file, rest, values);

  const first = await api.submit(submission, values.wait ? undefined : 0);
  if (!values.wait) {
    console.log(values.json ? JSON.stringify(first) : first.jobId);
    return EXIT.ok;
  }
  process.once('SIGINT', () => {
    api
      .cancel(first.jobId)
      .catch(() => undefined)
      .finally(() => process.exit(EXIT.interrupted));
  });
  const printer = new Printer();
  const show = (now: JobView) => {
    if (!values.json) printer.print(now);
  };
  show(first);
  const job = await api.untilEnd(first, show);
  if (values.json) console.log(JSON.stringify(job, undefined, 2));
  else printEnd(job);
  return exitCodeOf(job);
}

async function toSubmission(
  api: Api,
  file: string,
  rest: readonly string[],
  values: RunOptions,
): Promise<SubmissionInput> {
  const code = readText(file);
  const language = values.language ?? languageOf(file, await api.languages());
  const limits = Object.fromEntries(
    values.limit.map((text) => {
      const [name, value] = pair(text, 'limit');
      if (!/^\d+$/.test(value)) throw usageError(`--limit ${name} takes a whole number, not ${value}.`);
      return [name, Number(value)];
    }),
  );
  return {
    language,
    code,
    stdin: readInput(file, values),
    args: [...values.args, ...rest],
    env: Object.fromEntries(values.env.map((text) => pair(text, 'env'))),
    limits,
    stopOnFirstFailure: values['stop-on-first-failure'],
    ...(values.file.length > 0
      ? { files: values.file.map((path) => ({ path, content: readText(path) })) }
      : {}),
    ...(values.tests === undefined ? {} : { tests: readTests(values.tests) }),
  };
}

function readInput(file: string, values: RunOptions): string {
  const { stdin, 'stdin-file': stdinFile } = values;
  if (stdin !== undefined && stdinFile !== undefined)
    throw usageError('Give --stdin or --stdin-file, not both.');
  if (stdin !== undefined) return stdin;
  if (stdinFile !== undefined) return readText(stdinFile);
  return file === '-' || values.tests !== undefined ? '' : readPiped();
}

const Tests = z.union([
  z.array(TestCase),
  z.object({ tests: z.array(TestCase) }).transform(({ tests }) => tests),
]);

function readTests(file: string): z.output<typeof Tests> {
  let content: unknown;
  try {
    content = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`, EXIT.usage);
  }
  const parsed = Tests.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new CliError(
    `${file} must hold a list of tests such as [{"stdin": "1 2", "expected": "3"}]:\n${z.prettifyError(parsed.error)}`,
    EXIT.usage,
  );
}

/** Prints output as it grows, byte for byte. */
class Printer {
  readonly #printed = { output: 0, stderr: 0 };

  print(job: JobView): void {
    this.#printNew('output', process.stdout, job.output, job.outputBase64);
    this.#printNew('stderr', process.stderr, job.stderr, job.stderrBase64);
  }

  #printNew(
    stream: 'output' | 'stderr',
    to: NodeJS.WriteStream,
    text: string,
    base64: string | undefined,
  ): void {
    const bytes = base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64');
    if (bytes.length > this.#printed[stream]) to.write(bytes.subarray(this.#printed[stream]));
    this.#printed[stream] = bytes.length;
  }
}

/** What the output does not say. */
function printEnd(job: JobView): void {
  const { verdict, tests = [] } = job;
  for (const test of tests) {
    const name = test.name ? ` (${test.name})` : '';
    console.error(`test ${test.index + 1}${name}: ${test.verdict}, ${duration(test.executionTime)}`);
  }
  if (verdict === null || verdict === 'ok' || (verdict === 'runtime-error' && job.exitCode !== null)) return;
  const time = job.executionTime === null ? '' : ` after ${duration(job.executionTime)}`;
  const end = job.signal === null ? '' : ` by ${job.signal}`;
  console.error(`rce: ${verdict}${end}${time}: ${job.reason ?? VERDICTS[verdict].meaning}`);
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
