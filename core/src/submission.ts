import { z } from 'zod';
import { type RunLimits, resolveLimits, runLimitsSchema, SUBMISSION_LIMITS } from './limits.ts';
import { FilePath } from './paths.ts';

const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Text that survives the way to a program and back: no lone surrogates. */
const Text = z
  .string()
  .refine((text) => text.isWellFormed(), 'must be valid Unicode (it holds a lone surrogate)');

function sized(bytes: number) {
  return Text.refine((text) => byteLength(text) <= bytes, `must be at most ${bytes} bytes of UTF-8`);
}

/** The kernel ends arguments and variables at NUL. */
const CString = sized(SUBMISSION_LIMITS.argBytes).refine((text) => !text.includes('\0'), 'must not hold NUL');

export const LanguageId = z
  .string()
  .regex(/^[a-z][a-z0-9+-]{0,31}$/, 'must be a language id such as `python`')
  .describe('An id that GET /api/languages lists.');

const SourceCode = sized(SUBMISSION_LIMITS.codeBytes).refine(
  (text) => text.trim() !== '',
  'must not be empty',
);

export const SourceFile = z
  .strictObject({ path: FilePath, content: sized(SUBMISSION_LIMITS.codeBytes) })
  .meta({ id: 'SourceFile' });
export type SourceFile = z.infer<typeof SourceFile>;

export const CHECKERS = ['exact', 'trimmed', 'tokens', 'floats'] as const;
export const Checker = z
  .enum(CHECKERS)
  .describe(
    'How output is compared with `expected`: `exact` byte by byte; `trimmed` without white space at the ends of lines and of the output; `tokens` by words; `floats` by words, numbers within `tolerance`.',
  );
export type Checker = z.infer<typeof Checker>;

export const TestCase = z
  .strictObject({
    name: Text.max(100).optional(),
    stdin: Text.default(''),
    args: z
      .array(CString)
      .max(SUBMISSION_LIMITS.args)
      .optional()
      .describe('In place of the args of the submission.'),
    expected: Text.optional().describe('Without it, the test passes when the program ends with exit code 0.'),
    checker: Checker.default('trimmed'),
    tolerance: z.number().min(1e-15).max(1).default(1e-6).describe('Absolute or relative, for `floats`.'),
  })
  .meta({ id: 'TestCase' });
export type TestCase = z.infer<typeof TestCase>;

/**
 * Names of environment variables that a submission may set. Those that change how the loader or the
 * interpreter starts are left out: a pre-started interpreter could not honour them.
 */
const EnvName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a name of letters, digits and _')
  .refine(
    (name) =>
      !/^(?:LD_|RCE_|PYTHON|NODE_|RUBY|GEM_|PHP|JAVA|_JAVA|JDK_|BASH|GO|RUST|CARGO)|^(?:PATH|HOME|ENV|IFS)$/.test(
        name,
      ),
    'is reserved: it would change how the runtime starts',
  );

const PLAIN_SHAPE = {
  language: LanguageId,
  code: SourceCode.optional().describe('The program. Either `code` or `files` is needed.'),
  files: z
    .array(SourceFile)
    .min(1)
    .max(SUBMISSION_LIMITS.files)
    .optional()
    .describe('Further files, or the whole program when `code` is left out.'),
  entry: FilePath.optional().describe(
    "Which of `files` is started; by default the language's own file name.",
  ),
  stdin: Text.default(''),
  args: z.array(CString).max(SUBMISSION_LIMITS.args).default([]),
  env: z
    .record(EnvName, CString)
    .default({})
    .refine(
      (env) => Object.keys(env).length <= SUBMISSION_LIMITS.env,
      `must have at most ${SUBMISSION_LIMITS.env} entries`,
    ),
  tests: z
    .array(TestCase)
    .min(1)
    .max(SUBMISSION_LIMITS.tests)
    .optional()
    .describe(
      'The program is compiled once and run once per test, each time afresh. The number of tests times ' +
        `\`limits.wallTimeMs\` is at most ${SUBMISSION_LIMITS.jobTimeMs}.`,
    ),
  stopOnFirstFailure: z.boolean().default(false).describe('Skip the tests behind the first that fails.'),
};

/** Wire schema of POST /api/submit, with the operator's maxima. Unknown keys are refused. */
export function submissionSchema(max?: RunLimits) {
  return z
    .strictObject({ ...PLAIN_SHAPE, limits: runLimitsSchema(max).default({}) })
    .superRefine((submission, context) => {
      const { code, files, entry } = submission;
      const fail = (path: PropertyKey[], message: string) =>
        context.addIssue({ code: 'custom', path, message });
      if (code === undefined && files === undefined) fail(['code'], 'is required, unless files are given');
      if (code !== undefined && entry !== undefined)
        fail(['entry'], 'goes with files only; code is the entry itself');
      if (entry !== undefined && files && !files.some((file) => file.path === entry)) {
        fail(['entry'], 'must be the path of one of files');
      }
      const paths = new Map<string, number>();
      for (const [index, file] of (files ?? []).entries()) {
        // Case is folded: on some hosts A.py and a.py are one file.
        const key = file.path.toLowerCase();
        if (paths.has(key)) fail(['files', index, 'path'], `is the same as files[${paths.get(key)}].path`);
        paths.set(key, index);
      }
      for (const [index, file] of (files ?? []).entries()) {
        const parts = file.path.toLowerCase().split('/');
        const parent = parts
          .slice(0, -1)
          .map((_, depth) => parts.slice(0, depth + 1).join('/'))
          .find((folder) => paths.has(folder));
        if (parent !== undefined)
          fail(['files', index, 'path'], `needs a folder where files has the file ${parent}`);
      }
      const { wallTimeMs } = resolveLimits(submission.limits, max);
      const jobTimeMs = (submission.tests?.length ?? 1) * wallTimeMs;
      if (jobTimeMs > SUBMISSION_LIMITS.jobTimeMs) {
        fail(
          ['tests'],
          `could take ${jobTimeMs} ms together, at ${wallTimeMs} ms each; at most ${SUBMISSION_LIMITS.jobTimeMs} are ` +
            'allowed: send fewer tests, or a lower limits.wallTimeMs',
        );
      }
      const bytes = inputBytes(submission);
      if (bytes > SUBMISSION_LIMITS.inputBytes) {
        fail(
          [],
          `code, files, stdin, args, env and tests together are ${bytes} bytes; at most ${SUBMISSION_LIMITS.inputBytes} are allowed`,
        );
      }
    })
    .meta({ id: 'Submission' });
}

export const Submission = submissionSchema();
export type Submission = z.output<typeof Submission>;
export type SubmissionInput = z.input<typeof Submission>;

/** What a part takes in a stored job beside its text: names, lengths, the numbers of a test. */
const STRUCTURE_BYTES = { text: 2, file: 20, test: 80 } as const;

/** What a submission takes in a stored job. Without its structure, many tiny parts could outgrow an item. */
function inputBytes(submission: {
  code?: string | undefined;
  files?: readonly SourceFile[] | undefined;
  stdin: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  tests?: readonly TestCase[] | undefined;
}): number {
  const texts = [
    submission.code ?? '',
    submission.stdin,
    ...submission.args,
    ...Object.entries(submission.env).flat(),
    ...(submission.files ?? []).flatMap((file) => [file.path, file.content]),
    ...(submission.tests ?? []).flatMap((test) => [
      test.name ?? '',
      test.stdin,
      test.expected ?? '',
      ...(test.args ?? []),
    ]),
  ];
  const structure =
    STRUCTURE_BYTES.file * (submission.files?.length ?? 0) +
    STRUCTURE_BYTES.test * (submission.tests?.length ?? 0);
  return texts.reduce((sum, text) => sum + byteLength(text) + STRUCTURE_BYTES.text, structure);
}

/** Wire schema of POST /analysis/analyze. */
export const AnalyzeRequest = z
  .strictObject({ language: LanguageId, code: SourceCode })
  .meta({ id: 'AnalyzeRequest' });
export type AnalyzeRequest = z.infer<typeof AnalyzeRequest>;
