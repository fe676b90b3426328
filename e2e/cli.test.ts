import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from '@jest/globals';
import { describeEngines } from './support/describe-engines.ts';

const RCE = fileURLToPath(new URL('../cli/bin/rce.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rce-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function rce(url: string, args: readonly string[], input?: string): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [RCE, ...args],
      { env: { ...process.env, RCE_URL: url, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' } },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

describeEngines('rce', (target) => {
  it('runs a program as if it were here', async () => {
    const source = file(
      'add.py',
      'import sys\nprint(int(input()) + int(sys.argv[1]))\nprint("note", file=sys.stderr)\nsys.exit(3)',
    );
    expect(await rce(target.url, ['run', source, '--stdin', '40', '2'])).toEqual({
      code: 3,
      stdout: '42\n',
      stderr: 'note\n',
    });
  });

  it('gives arguments behind -- to the program', async () => {
    const source = file('args.py', 'import sys; print(sys.argv[1:])');
    expect(await rce(target.url, ['run', source, '--', '--help', '-x'])).toMatchObject({
      code: 0,
      stdout: "['--help', '-x']\n",
    });
  });

  it('takes the program from its input', async () => {
    expect(await rce(target.url, ['run', '-', '-l', 'python'], 'print("piped")')).toMatchObject({
      stdout: 'piped\n',
    });
  });

  it('says what became of a program that was stopped', async () => {
    const source = file('loop.py', 'print("begun", flush=True)\nwhile True: pass');
    const result = await rce(target.url, ['run', source, '--limit', 'wallTimeMs=500']);
    expect(result).toMatchObject({ code: 124, stdout: 'begun\n' });
    expect(result.stderr).toMatch(/^rce: time-limit-exceeded after [\d.]+ m?s: /);
  });

  it('runs tests', async () => {
    const source = file('double.py', 'print(2 * int(input()))');
    const tests = file('tests.json', '[{"stdin":"1","expected":"2"},{"stdin":"2","expected":"5"}]');
    const result = await rce(target.url, ['run', source, '--tests', tests]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/test 1: ok, .*\ntest 2: wrong-answer, /);
  });

  it('prints the job as JSON', async () => {
    const { stdout, code } = await rce(target.url, ['run', file('j.py', 'print(1)'), '--json']);
    expect([JSON.parse(stdout), code]).toMatchObject([{ status: 'completed', output: '1\n' }, 0]);
  });

  it('submits, then asks', async () => {
    const { stdout } = await rce(target.url, ['run', file('s.py', 'print(1)'), '--no-wait']);
    const status = await rce(target.url, ['status', stdout.trim(), '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ jobId: stdout.trim() });
  });

  it('lists languages', async () => {
    expect((await rce(target.url, ['languages'])).stdout).toMatch(
      /^python +Python +3\.\S+ \((docker|wasm)\)$/m,
    );
  });

  it('analyses', async () => {
    const source = file('bad.py', 'import os\nos.system(input())\n');
    const plain = await rce(target.url, ['analyze', source, '--fail-on', 'high']);
    expect(plain.stdout).toMatch(/bad\.py:2:1: (critical|high) /);
    expect(plain.code).toBe(1);
    const sarif = await rce(target.url, ['analyze', source, '--sarif']);
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
  });

  it.each([
    [['run'], 64, /needs a file/],
    [['fly'], 64, /no command "fly"/],
    [['run', '/nowhere.py'], 64, /there is no such file/],
    [['run', RCE, '--nope'], 64, /--nope/],
    [['status', 'x'], 65, /no such job/i],
    [['languages', '--url', 'http://127.0.0.1:1'], 69, /Cannot reach the engine .*npm start/],
  ])('explains a mistake: %j', async (args, code, message) => {
    const result = await rce(target.url, args);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});
