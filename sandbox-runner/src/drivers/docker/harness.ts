import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from '@rce/core/language.ts';
import type { RunInput } from '@rce/core/ports/sandbox.ts';
import { LANGUAGES_DIR } from '@rce/languages/catalog.ts';

/** Folders inside every container that a program may write in. The harnesses know them by these names. */
export const WORK_DIR = '/work';
export const ARTIFACT_DIR = '/artifact';
/** `{artifact}` in a language's commands. */
export const ARTIFACT = `${ARTIFACT_DIR}/program`;

/** Printed by a harness that waits for a program. */
export const READY = Buffer.from('\u0001rce-ready\n');

/** The message is for one run in one container; the token is 32 characters that nobody else knows. */
export interface RunMessage extends RunInput {
  readonly token: string;
  readonly entry: string;
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
  /** What starts the program, for the harness that knows no interpreter. */
  readonly argv: readonly string[];
  /** A tar archive to unpack in ARTIFACT_DIR. */
  readonly artifact?: Uint8Array;
  /** Whether ARTIFACT_DIR is wanted back when the program has ended with code 0. */
  readonly wantsArtifact?: boolean;
}

export interface Harness {
  /** Starts process 1 of the container; `main` is the file that the waiting interpreter will open. */
  entrypoint(main: string): string[];
  /** Whether it can start another file than `main`. */
  readonly anyEntry: boolean;
  /** Whether it runs one program after the other, each in a fresh process and fresh folders. */
  readonly reusable: boolean;
  /** Bytes that the container's stdin gets before it reports ready, if it needs the token so early. */
  prepare(token: string): Buffer;
  encode(message: RunMessage): Buffer;
}

const source = (path: string) => readFileSync(join(LANGUAGES_DIR, path), 'utf8');
const NOTHING = Buffer.alloc(0);

/** Netstrings: the only framing that every interpreter parses in a few lines without importing anything. */
function netstrings(fields: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = typeof field === 'string' ? Buffer.from(field) : field;
      return [Buffer.from(`${bytes.length}:`), bytes, Buffer.from(',')];
    }),
  );
}

function list(items: readonly (string | Uint8Array)[]): (string | Uint8Array)[] {
  return [String(items.length), ...items];
}

function encodeFields({ entry, args, env, files, stdin }: RunMessage): Buffer {
  const body = netstrings([
    entry,
    ...list(args),
    ...list(Object.entries(env).flat()),
    ...list(files.flatMap(({ path, content }) => [path, content])),
    stdin,
  ]);
  return Buffer.concat([Buffer.from(body.length.toString(16).padStart(8, '0')), body]);
}

/** One argument of a shell, whatever its bytes. */
export function quote(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

function encodeScript(message: RunMessage): Buffer {
  const { token, files, argv, args, env, stdin, artifact, wantsArtifact } = message;
  const script: string[] = [];
  const data: Uint8Array[] = [];
  const put = (path: string, bytes: Uint8Array) => {
    data.push(bytes);
    script.push(
      bytes.length === 0
        ? `: >${quote(path)}`
        : `dd bs=${bytes.length} count=1 iflag=fullblock of=${quote(path)}`,
    );
  };
  const folders = new Set(files.map(({ path }) => path.split('/').slice(0, -1).join('/')));
  folders.delete('');
  if (folders.size > 0) script.push(`mkdir -p ${[...folders].map(quote).join(' ')}`);
  for (const { path, content } of files) put(path, content);
  if (artifact) {
    put('/tmp/.artifact.tar', artifact);
    script.push(`tar -C ${ARTIFACT_DIR} -xf /tmp/.artifact.tar`, 'rm /tmp/.artifact.tar');
  }
  if (stdin.length > 0) {
    put('/tmp/.stdin', stdin);
    script.push('exec 4</tmp/.stdin', 'rm /tmp/.stdin');
  } else {
    script.push('exec 4</dev/null');
  }
  const exported = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`);
  if (exported.length > 0) script.push(`environment() { ${exported.join('; ')}; }`);
  if (wantsArtifact) script.push('artifact=1');
  script.push(`set -- ${[...argv, ...args].map(quote).join(' ')}`);
  const text = Buffer.from(script.join('\n'));
  return Buffer.concat([Buffer.from(`${token}\n${text.length}\n`), text, ...data]);
}

const SHELL = source('shell/harness.sh');
const INTERPRETER = source('shell/interpreter.sh');
const PYTHON = source('python/harness.py');
const NODE = source('javascript/harness.cjs');

/** Where an interpreter finds its harness. */
export const HARNESS_DIR = '/rce';
const SITE = `${HARNESS_DIR}/sitecustomize.py`;
const PRELOAD = `${HARNESS_DIR}/harness.cjs`;

const sh = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];
const pythonServing = (call: string) => `${PYTHON}\n\n${call}\nleave()\n`;

/** How a runtime is kept waiting, and how it is told what to run. */
export const DOCKER_HARNESSES = {
  /** A Python interpreter that waits for one program. */
  python: {
    entrypoint: (main) =>
      sh(
        INTERPRETER,
        SITE,
        pythonServing('serve(many=False)'),
        'env',
        `PYTHONPATH=${HARNESS_DIR}`,
        'python3',
        `${WORK_DIR}/${main}`,
      ),
    anyEntry: true,
    reusable: false,
    prepare: (token) => Buffer.from(`${token}\n`),
    encode: encodeFields,
  },
  /** A Python interpreter that forks for each of many programs. */
  'python-many': {
    entrypoint: (main) =>
      sh(
        'cd /work && printf %s "$2" >"$1" && PYTHONPATH=$3 exec python3 "$4"',
        SITE,
        pythonServing('serve(many=True)'),
        HARNESS_DIR,
        `${WORK_DIR}/${main}`,
      ),
    anyEntry: true,
    reusable: true,
    prepare: () => NOTHING,
    // The token comes last: process 1 reads it when the program's process exists already.
    encode: (message) => Buffer.concat([encodeFields(message), Buffer.from(message.token)]),
  },
  /** A Node interpreter that waits for one program. */
  node: {
    // One thread beside the program's for compiling and collecting: a job has half a processor, and each thread that
    // has to be ended delays the end of the process.
    entrypoint: (main) =>
      sh(INTERPRETER, PRELOAD, NODE, 'node', '--v8-pool-size=1', '--require', PRELOAD, `${WORK_DIR}/${main}`),
    anyEntry: false,
    reusable: false,
    prepare: (token) => Buffer.from(`${token}\n`),
    encode: encodeFields,
  },
  /** Any image with a shell; what runs the program starts when it comes. */
  shell: {
    entrypoint: () => sh(SHELL),
    anyEntry: true,
    reusable: false,
    prepare: () => NOTHING,
    encode: encodeScript,
  },
} as const satisfies Record<string, Harness>;

export type HarnessName = keyof typeof DOCKER_HARNESSES;

/** The harness for one program that is to run `runs` times. */
export function harnessFor(
  language: Pick<Language, 'docker' | 'fileName'>,
  entry: string,
  runs: number,
): HarnessName {
  const { harness } = language.docker;
  if (harness === 'python') return runs > 1 ? 'python-many' : 'python';
  if (!DOCKER_HARNESSES[harness].anyEntry && entry !== language.fileName) return 'shell';
  return harness;
}
