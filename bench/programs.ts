import { resolveLimits } from '@rce/core/limits.ts';
import type { Program, Sandbox } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import type { Row } from './report.ts';

function programOf(language: string, content: string, runs = 1): Program {
  const entry = findLanguage(language)?.fileName ?? '';
  return {
    jobId: 'bench',
    language,
    files: [{ path: entry, content }],
    entry,
    limits: resolveLimits(),
    runs,
  };
}

/** From claim to result: everything that lies between a job and its outcome. */
export async function runProgram(sandbox: Sandbox, language: string, code: string): Promise<void> {
  const session = await sandbox.open(programOf(language, code));
  const outcome = await session.run({ stdin: new Uint8Array(), args: [], env: {} });
  void session.close();
  if (outcome.verdict !== 'ok') throw new Error(`${language} ended with ${outcome.verdict}`);
}

/** Many tests of one program: one session, a fresh process and fresh folders for each. */
export async function measureTests(name: string, sandbox: Sandbox, tests: number): Promise<Row> {
  const session = await sandbox.open(programOf('python', 'print(int(input()) * 2)', tests));
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < tests) {
      const stdin = Buffer.from(String(next++));
      const { verdict } = await session.run({ stdin, args: [], env: {} });
      if (verdict !== 'ok') throw new Error(`a test ended with ${verdict}`);
    }
  };
  await Promise.all(Array.from({ length: session.lanes ?? 1 }, lane));
  const perSecond = (1_000 * tests) / (performance.now() - startedAt);
  await session.close();
  return { name, unit: 'per s', p50: perSecond, p95: perSecond, n: tests };
}
