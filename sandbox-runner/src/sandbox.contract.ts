import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunOutcome } from '@rce/core/job.ts';
import { type RunLimits, resolveLimits } from '@rce/core/limits.ts';
import type { Program, RunHooks, RunInput, Sandbox, Session } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import { PROGRAMS } from './sandbox.programs.ts';

const MiB = 1024 * 1024;

/** One program and what must come of it. */
export interface Case {
  readonly name: string;
  readonly language: string;
  readonly code: string;
  /** File that holds the code; the language's own when it is left out. */
  readonly entry?: string;
  readonly files?: Program['files'];
  readonly stdin?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<RunLimits>;
  readonly verdict: RunOutcome['verdict'];
  readonly exitCode?: number;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

const LIMITED = { wallTimeMs: 1_000 };

/** What both drivers must do, whatever they are made of. Cases that one of them cannot pass carry the reason. */
const CASES: readonly Case[] = [
  { name: 'prints', language: 'python', code: 'print(sum(range(1, 101)))', verdict: 'ok', stdout: '5050\n' },
  {
    name: 'prints, in JavaScript',
    language: 'javascript',
    code: 'let s = 0; for (let i = 1; i <= 100; i++) s += i; console.log(s)',
    verdict: 'ok',
    stdout: '5050\n',
  },
  {
    name: 'prints, in TypeScript',
    language: 'typescript',
    code: 'interface A { n: number }\nconst a: A = { n: 7 };\nconsole.log(a.n)',
    verdict: 'ok',
    stdout: '7\n',
  },
  { name: 'prints nothing', language: 'python', code: 'pass', verdict: 'ok', stdout: '', stderr: '' },
  {
    name: 'keeps Unicode and leaves a last line without its end as it is',
    language: 'python',
    code: 'print("Grüße, 世界 🎉", end="")',
    verdict: 'ok',
    stdout: 'Grüße, 世界 🎉',
  },
  {
    name: 'keeps the two streams apart',
    language: 'python',
    code: 'import sys\nprint("out")\nprint("err", file=sys.stderr)',
    verdict: 'ok',
    stdout: 'out\n',
    stderr: 'err\n',
  },
  {
    name: 'gives stdin to the program',
    language: 'python',
    code: 'import sys\nprint(input(), sys.stdin.read())',
    stdin: 'first\nsecond\nthird',
    verdict: 'ok',
    stdout: 'first second\nthird\n',
  },
  {
    name: 'gives a lot of stdin to the program',
    language: 'python',
    code: 'import sys\nprint(len(sys.stdin.buffer.read()))',
    stdin: 'x'.repeat(200_000),
    verdict: 'ok',
    stdout: '200000\n',
  },
  {
    name: 'ends stdin when there is none',
    language: 'python',
    code: 'import sys\nprint(repr(sys.stdin.read()))',
    verdict: 'ok',
    stdout: "''\n",
  },
  {
    name: 'gives arguments with any characters',
    language: 'python',
    code: 'import sys\nprint(sys.argv[1:])',
    args: ['a b', "it's", '', '$HOME', '世'],
    verdict: 'ok',
    stdout: `['a b', "it's", '', '$HOME', '世']\n`,
  },
  {
    name: 'gives the variables asked for',
    language: 'python',
    code: 'import os\nprint(os.environ["GREETING"])',
    env: { GREETING: "hello 'world'" },
    verdict: 'ok',
    stdout: "hello 'world'\n",
  },
  {
    name: 'hides the runner',
    language: 'python',
    code: 'import os\nprint([name for name in os.environ if name.startswith(("RCE", "AWS", "NODE", "PYTHON"))])',
    verdict: 'ok',
    stdout: /^\[(?:'(?:PYTHON_VERSION|PYTHON_SHA256|PYTHON_PIP_VERSION)'(?:, )?)*\]\n$/,
  },
  {
    name: 'imports the other files of a submission',
    language: 'python',
    code: 'from lib.util import double\nprint(double(21))',
    files: [
      { path: 'lib/__init__.py', content: '' },
      { path: 'lib/util.py', content: 'def double(n):\n    return 2 * n\n' },
    ],
    verdict: 'ok',
    stdout: '42\n',
  },
  {
    name: 'lets the program write a file beside it',
    language: 'python',
    code: 'open("note.txt", "w").write("kept")\nprint(open("note.txt").read())',
    verdict: 'ok',
    stdout: 'kept\n',
  },
  {
    name: 'tells an exit code',
    language: 'python',
    code: 'import sys\nprint("so far")\nsys.exit(3)',
    verdict: 'runtime-error',
    exitCode: 3,
    stdout: 'so far\n',
  },
  {
    name: 'shows a traceback as the interpreter does',
    language: 'python',
    code: 'def f():\n    return 1 / 0\n\nf()\n',
    verdict: 'runtime-error',
    exitCode: 1,
    stderr:
      /^Traceback \(most recent call last\):\n {2}File "[^"]*main\.py", line 4, in <module>\n[\s\S]*line 2, in f\n[\s\S]*ZeroDivisionError: division by zero\n$/,
  },
  {
    name: 'tells an uncaught error, in JavaScript',
    language: 'javascript',
    code: 'throw new Error("boom")',
    verdict: 'runtime-error',
    stderr: /Error: boom/,
  },
  {
    name: 'tells a syntax error',
    language: 'python',
    code: 'print("a"\n',
    verdict: 'runtime-error',
    exitCode: 1,
    stdout: '',
    stderr: /SyntaxError/,
  },
  {
    name: 'ends a loop without end, and keeps its output',
    language: 'python',
    code: 'print("started", flush=True)\nwhile True: pass',
    limits: LIMITED,
    verdict: 'time-limit-exceeded',
    stdout: 'started\n',
  },
  {
    name: 'ends a loop without end, in JavaScript',
    language: 'javascript',
    code: 'for (;;) {}',
    limits: LIMITED,
    verdict: 'time-limit-exceeded',
  },
  {
    name: 'ends a program that wants too much memory',
    language: 'python',
    code: 'blocks = []\nwhile True: blocks.append(bytearray(8 * 1024 * 1024))',
    verdict: 'memory-limit-exceeded',
  },
  {
    name: 'ends a flood of output, and keeps what fits',
    language: 'python',
    code: 'while True: print("x" * 1000)',
    verdict: 'output-limit-exceeded',
    stdout: /^(?:x{1000}\n){65}x*$/,
  },
  {
    name: 'ends a flood on stderr',
    language: 'python',
    code: 'import sys\nwhile True: sys.stderr.write("e" * 1000)',
    limits: { outputBytes: 1_000 },
    verdict: 'output-limit-exceeded',
    stderr: /^e{1000}$/,
  },
  {
    name: 'does not take a forged end for the end',
    language: 'python',
    code: `print("${'0'.repeat(32)}E0 1\\n\\x01rce-ready", flush=True)\nimport sys\nsys.exit(4)`,
    verdict: 'runtime-error',
    exitCode: 4,
  },
  {
    name: 'limits what can be written',
    language: 'python',
    code: 'data = b"x" * 1048576\nn = 0\ntry:\n    with open("big", "wb", buffering=0) as f:\n        while n < 200: n += f.write(data) // 1048576\nexcept OSError as e:\n    print("full", 10 < n < 40)',
    verdict: 'ok',
    stdout: 'full True\n',
  },
  {
    name: 'has no network',
    language: 'python',
    code: 'import socket\ntry:\n    socket.create_connection(("1.1.1.1", 53), 2)\n    print("connected")\nexcept (OSError, AttributeError):\n    print("no network")',
    verdict: 'ok',
    stdout: 'no network\n',
  },
];

export interface SandboxSuite {
  /** A sandbox that has not started. */
  create(): Sandbox | Promise<Sandbox>;
  /** Names of cases that this driver cannot pass, with the reason. */
  readonly skips?: Readonly<Record<string, string>>;
}

/** What every sandbox driver must do. */
export function describeSandbox(name: string, suite: SandboxSuite): void {
  describe(`${name} is a sandbox`, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await suite.create();
      await sandbox.start(() => {});
    }, 120_000);
    afterAll(() => sandbox?.close(), 60_000);

    const test = (title: string, body: () => Promise<void>) => {
      const reason = suite.skips?.[title];
      if (reason === undefined) it(title, body);
      else it.skip(`${title} [skipped: ${reason}]`, body);
    };

    async function withSession<T>(
      spec: Pick<Case, 'language' | 'code' | 'entry' | 'files' | 'limits'>,
      body: (session: Session) => Promise<T>,
      runs = 1,
      hooks: RunHooks = {},
    ): Promise<T> {
      const entry = spec.entry ?? findLanguage(spec.language)?.fileName ?? '';
      const session = await sandbox.open(
        {
          jobId: 'contract',
          language: spec.language,
          files: [{ path: entry, content: spec.code }, ...(spec.files ?? [])],
          entry,
          limits: resolveLimits(spec.limits),
          runs,
        },
        hooks,
      );
      try {
        return await body(session);
      } finally {
        await session.close();
      }
    }

    const input = (spec: Partial<Pick<Case, 'stdin' | 'args' | 'env'>> = {}): RunInput => ({
      stdin: Buffer.from(spec.stdin ?? ''),
      args: spec.args ?? [],
      env: spec.env ?? {},
    });

    const run = (spec: Case, hooks?: RunHooks) =>
      withSession(spec, (session) => session.run(input(spec), hooks));

    for (const spec of [...CASES, ...PROGRAMS]) {
      test(spec.name, async () => {
        const outcome = await run(spec);
        const seen = {
          verdict: outcome.verdict,
          stdout: text(outcome.stdout),
          stderr: text(outcome.stderr),
        };
        expect(seen).toEqual({
          verdict: spec.verdict,
          stdout: matching(spec.stdout),
          stderr: matching(spec.stderr),
        });
        if (spec.exitCode !== undefined) expect(outcome.exitCode).toBe(spec.exitCode);
        if (spec.verdict === 'ok') expect(outcome).toMatchObject({ exitCode: 0, signal: null });
        if (spec.verdict === 'output-limit-exceeded')
          expect(outcome.truncated.stdout || outcome.truncated.stderr).toBe(true);
        else expect(outcome.truncated).toEqual({ stdout: false, stderr: false });
        expect(outcome.wallTimeMs).toBeGreaterThan(0);
      });
    }

    test('keeps bytes that are not UTF-8', async () => {
      const outcome = await run({
        name: '',
        language: 'python',
        code: 'import sys\nsys.stdout.buffer.write(bytes(range(256)))',
        verdict: 'ok',
      });
      expect([...outcome.stdout]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
    });

    test('shows output while the program runs, and ends it when asked', async () => {
      const cancel = new AbortController();
      const outcome = await run(
        {
          name: '',
          language: 'python',
          code: 'print("working", flush=True)\nwhile True: pass',
          verdict: 'cancelled',
        },
        {
          signal: cancel.signal,
          onOutput: (stream, chunk) => {
            if (stream === 'stdout' && text(chunk).includes('working')) cancel.abort();
          },
        },
      );
      expect(outcome.verdict).toBe('cancelled');
      expect(text(outcome.stdout)).toBe('working\n');
    });

    test('ends a program at once that was cancelled before it began', async () => {
      const outcome = await run(
        { name: '', language: 'python', code: 'while True: pass', verdict: 'cancelled' },
        { signal: AbortSignal.abort() },
      );
      expect(outcome.verdict).toBe('cancelled');
    });

    test('measures', async () => {
      const outcome = await run({
        name: '',
        language: 'python',
        code: 'block = bytearray(32 * 1024 * 1024)\nn = 0\nwhile n < 1000000: n += 1',
        verdict: 'ok',
      });
      expect(outcome.wallTimeMs).toBeGreaterThan(5);
      if (outcome.cpuTimeMs !== null) expect(outcome.cpuTimeMs).toBeGreaterThan(5);
      if (outcome.memoryBytes !== null) {
        expect(outcome.memoryBytes).toBeGreaterThan(32 * MiB);
        expect(outcome.memoryBytes).toBeLessThan(128 * MiB);
      }
    });

    test('runs one program many times, each time afresh', async () => {
      const code =
        'import os, sys\nprint(os.path.exists("mark"), input())\nopen("mark", "w").close()\nopen("main.py", "w").write("print(666)")\nsys.stdout.flush()';
      const outputs = await withSession(
        { language: 'python', code },
        async (session) => {
          const seen: string[] = [];
          for (const stdin of ['one', 'two', 'three']) {
            seen.push(text((await session.run(input({ stdin }))).stdout));
          }
          return seen;
        },
        3,
      );
      expect(outputs).toEqual(['False one\n', 'False two\n', 'False three\n']);
    });

    test('goes on with the next run when one was ended', async () => {
      const code =
        'import sys\nword = input()\nwhile word == "loop": pass\nprint(word)\nsys.exit(word == "bad")';
      const verdicts = await withSession(
        { language: 'python', code, limits: LIMITED },
        async (session) => {
          const seen: string[] = [];
          for (const stdin of ['good', 'loop', 'bad', 'good']) {
            seen.push((await session.run(input({ stdin }))).verdict);
          }
          return seen;
        },
        4,
      );
      expect(verdicts).toEqual(['ok', 'time-limit-exceeded', 'runtime-error', 'ok']);
    });

    test('runs as many at one time as it says', async () => {
      const outputs = await withSession(
        { language: 'python', code: 'import os\nprint(input(), os.listdir("."))\nopen("mark", "w").close()' },
        async (session) => {
          const seen: string[] = [];
          let next = 0;
          const lane = async () => {
            for (let n = next++; n < 12; n = next++) {
              seen[n] = text((await session.run(input({ stdin: `${n}` }))).stdout);
            }
          };
          await Promise.all(Array.from({ length: session.lanes ?? 1 }, lane));
          return seen;
        },
        12,
      );
      expect(outputs).toEqual(Array.from({ length: 12 }, (_, n) => `${n} ['main.py']\n`));
    });

    test('runs programs beside each other', async () => {
      const outcomes = await Promise.all(
        [1, 2, 3].map((n) =>
          run({ name: '', language: 'python', code: `print(${n})`, verdict: 'ok', stdout: `${n}\n` }),
        ),
      );
      expect(outcomes.map((outcome) => text(outcome.stdout))).toEqual(['1\n', '2\n', '3\n']);
    });

    test('says what it runs', () => {
      const python = sandbox.languages().find(({ id }) => id === 'python');
      expect(python).toMatchObject({ available: true, version: expect.stringMatching(/^3\.\d+/) });
      return withSession({ language: 'python', code: 'pass' }, async (session) => {
        expect(session.runtime).toMatch(/^Python 3/);
        expect(session.compilation).toBeNull();
      });
    });

    test('can be thrown away without a run', async () => {
      await withSession({ language: 'python', code: 'pass' }, async () => {});
    });
  });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function matching(expected: string | RegExp | undefined): unknown {
  if (expected === undefined) return expect.any(String);
  return typeof expected === 'string' ? expected : expect.stringMatching(expected);
}
