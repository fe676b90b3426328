import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Language } from '@rce/core/language.ts';
import { resolveLimits } from '@rce/core/limits.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import Docker from 'dockerode';
import { describeLayer, missingDocker } from '../../../../e2e/support/layers.ts';
import { createDockerSandbox } from './docker-sandbox.ts';

/** Programs that every language can write, by language. */
interface Sample {
  /** Prints its first argument and its input, then ends with code 3. */
  readonly echo: string;
  /** Does not compile, or is not understood by the interpreter. */
  readonly broken: string;
}

const SAMPLES: Readonly<Record<string, Sample>> = {
  bash: { echo: 'printf "%s " "$1"; cat; exit 3', broken: 'if then' },
  c: {
    echo: '#include <stdio.h>\nint main(int n, char **a) { char s[99]; printf("%s %s", a[1], fgets(s, 99, stdin)); return 3; }',
    broken: 'int main(void) { return missing; }',
  },
  cpp: {
    echo: '#include <iostream>\n#include <string>\nint main(int, char **a) { std::string s; std::getline(std::cin, s); std::cout << a[1] << " " << s << std::endl; return 3; }',
    broken: 'int main() { return missing; }',
  },
  go: {
    echo: 'package main\nimport ("bufio"; "fmt"; "os")\nfunc main() { s, _ := bufio.NewReader(os.Stdin).ReadString(10); fmt.Print(os.Args[1], " ", s); os.Exit(3) }',
    broken: 'package main\nfunc main() { missing() }',
  },
  java: {
    echo: 'public class Main { public static void main(String[] a) { System.out.println(a[0] + " " + new java.util.Scanner(System.in).nextLine()); System.exit(3); } }',
    broken: 'public class Main { int missing }',
  },
  javascript: {
    echo: 'process.stdout.write(process.argv[2] + " " + require("node:fs").readFileSync(0)); process.exitCode = 3;',
    broken: 'const = 1;',
  },
  php: { echo: '<?php echo $argv[1], " ", fgets(STDIN); exit(3);', broken: '<?php if (' },
  python: { echo: 'import sys\nprint(sys.argv[1], input())\nsys.exit(3)', broken: 'if:' },
  ruby: { echo: 'print ARGV[0], " ", STDIN.gets\nexit 3', broken: 'def (' },
  rust: {
    echo: 'fn main() { let mut s = String::new(); std::io::stdin().read_line(&mut s).unwrap(); print!("{} {}", std::env::args().nth(1).unwrap(), s); std::process::exit(3) }',
    broken: 'fn main() { missing() }',
  },
  typescript: {
    echo: 'import { readFileSync } from "node:fs";\nconst word: string = process.argv[2]!;\nprocess.stdout.write(word + ` ` + readFileSync(0));\nprocess.exit(3);',
    broken: 'const x: = 1;',
  },
};

describe('languages', () => {
  it('each have samples in this test', () => {
    expect(Object.keys(SAMPLES).toSorted()).toEqual(LANGUAGES.map(({ id }) => id));
  });
});

describeLayer('docker', await missingDocker(), 'every language in the docker driver', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = createDockerSandbox({
      docker: new Docker(),
      images: {},
      pull: [],
      slots: 1,
      owner: 'languages',
    });
    await sandbox.start(() => {});
  }, 120_000);

  afterAll(() => sandbox.close(), 60_000);

  async function run(language: Language, code: string, args: string[] = [], stdin = '') {
    const session = await sandbox.open({
      jobId: crypto.randomUUID(),
      language: language.id,
      files: [{ path: language.fileName, content: code }],
      entry: language.fileName,
      limits: resolveLimits(),
      runs: 1,
    });
    try {
      const { compilation } = session;
      const outcome =
        compilation && compilation.verdict !== 'ok'
          ? compilation
          : await session.run({ stdin: Buffer.from(stdin), args, env: {} });
      return {
        compiled: compilation?.verdict ?? null,
        verdict: outcome.verdict,
        exitCode: outcome.exitCode,
        stdout: Buffer.from(outcome.stdout).toString('utf8'),
        stderr: Buffer.from(outcome.stderr).toString('utf8'),
      };
    } finally {
      await session.close();
    }
  }

  describe.each(LANGUAGES.map((language) => [language.id, language] as const))('%s', (id, language) => {
    const sample = SAMPLES[id];

    it('is there, with its version', () => {
      expect(sandbox.languages().find((one) => one.id === id)).toEqual({
        id,
        available: true,
        version: expect.stringMatching(/^\d+\.\d+/),
      });
    });

    it('runs its example', async () => {
      const result = await run(language, language.example);
      expect(result).toMatchObject({ verdict: 'ok', stderr: '' });
      expect(result.stdout).toMatch(/\w.*\n$/);
    }, 30_000);

    it('gives the program its arguments, its input and its exit code', async () => {
      expect(await run(language, sample?.echo ?? '', ['héllo'], 'wörld\n')).toMatchObject({
        verdict: 'runtime-error',
        exitCode: 3,
        stdout: 'héllo wörld\n',
      });
    }, 30_000);

    it('says where a program is broken', async () => {
      const result = await run(language, sample?.broken ?? '');
      // What `execute` makes of it is compilation-error; see execute.test.ts.
      expect(result.compiled).toBe(language.docker.compile ? result.verdict : null);
      expect(result.verdict).toMatch(/^(compilation-error|runtime-error)$/);
      expect(result.stdout + result.stderr).toContain(language.fileName);
    }, 30_000);
  });
});
