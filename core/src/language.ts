import { z } from 'zod';
import { Driver } from './job.ts';
import { FilePath } from './paths.ts';
import { LanguageId } from './submission.ts';

/** How the pool keeps a runtime waiting. `shell` starts the command by a shell that waits. */
export const HARNESSES = ['python', 'node', 'shell'] as const;

const Argv = z.array(z.string()).min(1);

/**
 * Schema of languages/<id>/language.json. In its commands stand, each as a whole argument:
 * - `{entry}`: the path of the file that is started;
 * - `{sources}`: every submitted file with the entry's extension, one argument each;
 * - `{artifact}`: a path in a folder that only the compile step can write and the run can read: a file
 *   or a folder, whichever the compiler makes of it.
 */
export const LanguageDefinition = z.strictObject({
  id: LanguageId,
  name: z.string(),
  aliases: z.array(LanguageId).default([]),
  /** Name of the file that holds `code`. */
  fileName: FilePath,
  /** What an editor calls it. */
  editorMode: z.string(),
  /** Whether the static analysis knows the language. */
  analysis: z.boolean(),
  docker: z.strictObject({
    /** The default image; RCE_IMAGE_<ID> sets another. */
    image: z.string(),
    /** Debian packages that hold the runtime, for images built where there is no registry (images:local). */
    debian: z.array(z.string()).min(1),
    harness: z.enum(HARNESSES),
    /** Starts the program when there is no harness for the interpreter, or no warm container. */
    run: Argv,
    compile: Argv.optional(),
    /** Prints the version of the runtime. */
    version: Argv,
    /** Least number of processes and threads that the runtime itself needs. */
    minProcesses: z.int().positive().optional(),
    env: z.record(z.string(), z.string()).default({}),
  }),
  /** Absent where there is no interpreter compiled to WASI. */
  wasm: z
    .strictObject({
      interpreter: z.enum(['python', 'quickjs']),
      runtime: z.string(),
      stripTypes: z.boolean().default(false),
    })
    .optional(),
});
export type LanguageDefinition = z.output<typeof LanguageDefinition>;

/** Name of the setting that chooses a language's image: RCE_IMAGE_PYTHON for `python`, RCE_IMAGE_CPP for `cpp`. */
export function imageSetting(languageId: string): string {
  return `RCE_IMAGE_${languageId.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** A definition with its example program, as the catalog holds it. */
export interface Language extends LanguageDefinition {
  readonly example: string;
}

export const LanguageView = z
  .object({
    id: LanguageId,
    name: z.string(),
    version: z.string().nullable().describe('Of the runtime; null while no runner has reported it.'),
    fileName: z.string(),
    editorMode: z.string(),
    example: z.string(),
    analysis: z.boolean(),
    available: z.boolean().describe('Whether a runner that is alive can run it.'),
    unavailable: z.string().optional().describe('Why it cannot be run, and what to do.'),
    driver: Driver.nullable(),
  })
  .meta({ id: 'Language' });
export type LanguageView = z.infer<typeof LanguageView>;
