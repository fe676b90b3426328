import type { RunOutcome } from '@rce/core/job.ts';
import { resolveLimits } from '@rce/core/limits.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import type { Attack } from './attack.ts';
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
