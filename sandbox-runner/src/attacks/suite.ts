import { expect, it } from '@jest/globals';
import type { RunOutcome } from '@rce/core/job.ts';
import { resolveLimits } from '@rce/core/limits.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import type { Attack, Expectation } from './attack.ts';
import { COMPILE } from './programs/compile.ts';
import { FILES } from './programs/files.ts';
import { HARNESS } from './programs/harness.ts';
import { INPUT } from './programs/input.ts';
import { KERNEL } from './programs/kernel.ts';
import { LEFTOVERS } from './programs/leftovers.ts';
import { MEMORY } from './programs/memory.ts';
import { NETWORK } from './programs/network.ts';
import { OUTPUT } from './programs/output.ts';
import { PROCESSES } from './programs/processes.ts';
import { VISIBILITY } from './programs/visibility.ts';

export const ATTACKS: Readonly<Record<string, readonly Attack[]>> = {
  'processes and time': PROCESSES,
  memory: MEMORY,
  files: FILES,
  output: OUTPUT,
  'the harness': HARNESS,
  'what can be seen': VISIBILITY,
  network: NETWORK,
  'the kernel': KERNEL,
  'what an earlier run left': LEFTOVERS,
  input: INPUT,
  'the compile step': COMPILE,
};

/** The attacks that say something about a driver, by group. */
export function attacksFor(driver: Sandbox['driver']): [group: string, attacks: readonly Attack[]][] {
  return Object.entries(ATTACKS)
    .map(([group, attacks]): [string, readonly Attack[]] => [
      group,
      attacks.filter((attack) => (attack.drivers ?? ['docker']).includes(driver)),
    ])
    .filter(([, attacks]) => attacks.length > 0);
}

/** Runs an attack as one session and returns the outcome of each run, or of the compile step that failed. */
export async function launch(sandbox: Sandbox, attack: Attack): Promise<RunOutcome[]> {
  const language = findLanguage(attack.language);
  if (!language) throw new Error(`There is no language ${attack.language}.`);
  const stdins = attack.stdins ?? [''];
  const session = await sandbox.open({
    jobId: crypto.randomUUID(),
    language: language.id,
    files: [{ path: language.fileName, content: attack.code }, ...(attack.files ?? [])],
    entry: language.fileName,
    limits: resolveLimits(attack.limits),
    runs: stdins.length,
  });
  try {
    const { compilation } = session;
    if (compilation && compilation.verdict !== 'ok') {
      return [{ ...compilation, verdict: 'compilation-error' }];
    }
    const outcomes: RunOutcome[] = [];
    for (const stdin of stdins) {
      outcomes.push(
        await session.run({
          stdin: typeof stdin === 'string' ? Buffer.from(stdin) : stdin,
          args: attack.args ?? [],
          env: attack.env ?? {},
        }),
      );
    }
    return outcomes;
  } finally {
    await session.close();
  }
}

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
