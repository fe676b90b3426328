import { expect, it } from '@jest/globals';
import type { RunOutcome } from '@rce/core/job.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import type { Attack, Expectation } from './attack.ts';
import { launch } from './launch.ts';

export function expectOutcome(outcome: RunOutcome, expected: Expectation): void {
  const stdout = Buffer.from(outcome.stdout).toString('latin1');
  const stderr = Buffer.from(outcome.stderr).toString('utf8');
  // One object, so that a failure shows all of what came out.
  const seen = {
    verdict: outcome.verdict,
    exitCode: outcome.exitCode,
    stdout: Buffer.from(outcome.stdout).toString('utf8').slice(0, 2_000),
    stderr: stderr.slice(0, 2_000),
  };
  const verdicts: readonly string[] = [expected.verdict].flat();
  expect({ ...seen, verdict: verdicts.includes(outcome.verdict) ? 'as expected' : outcome.verdict }).toEqual({
    ...seen,
    verdict: 'as expected',
  });
  expect(stdout).not.toContain('ESCAPED');
  if (expected.exitCode !== undefined) expect(seen).toMatchObject({ exitCode: expected.exitCode });
  if (typeof expected.stdout === 'string') expect(seen).toMatchObject({ stdout: expected.stdout });
  else if (expected.stdout instanceof RegExp) {
    expect(Buffer.from(outcome.stdout).toString('utf8')).toMatch(expected.stdout);
  } else if (expected.stdout) {
    expect(Buffer.from(outcome.stdout).toString('hex')).toBe(Buffer.from(expected.stdout).toString('hex'));
  }
  if (expected.stderr) expect(stderr).toMatch(expected.stderr);
  if (expected.truncated) expect(outcome.truncated[expected.truncated]).toBe(true);
}

/** The next job of the same language: it must know nothing of the one before. */
async function expectNextJobUnharmed(sandbox: Sandbox, language: string): Promise<void> {
  const code = CANARIES[language] ?? CANARIES.python;
  const [outcome] = await launch(sandbox, {
    name: 'the next job',
    language: language in CANARIES ? language : 'python',
    code: code ?? '',
    expect: { verdict: 'ok' },
  });
  expect({ ...outcome, stdout: String(Buffer.from(outcome?.stdout ?? [])) }).toMatchObject({
    verdict: 'ok',
    stdout: 'unharmed 0\n',
  });
}

/** Each prints how many files it finds in /tmp. */
const CANARIES: Readonly<Record<string, string>> = {
  python: 'import os\nprint("unharmed", len(os.listdir("/tmp")) if os.path.isdir("/tmp") else 0)',
  javascript:
    'let files = 0; try { files = require("node:fs").readdirSync("/tmp").length; } catch {}\nconsole.log("unharmed", files);',
  bash: 'echo unharmed "$(ls -A /tmp | wc -l)"',
};

/** Declares one test per attack: what comes out of it, and that the job behind it is unharmed. */
export function describeAttacks(attacks: readonly Attack[], sandbox: () => Sandbox): void {
  for (const attack of attacks) {
    it(attack.name, async () => {
      const wasm = sandbox().driver === 'wasm';
      const expected = (wasm && attack.expectWasm) || attack.expect;
      for (const outcome of await launch(sandbox(), attack)) expectOutcome(outcome, expected);
      await expectNextJobUnharmed(sandbox(), attack.language);
    }, 60_000);
  }
}
