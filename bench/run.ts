import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { report } from './report.ts';

/**
 * `npm run bench [-- --json FILE]`: runs every suite of this folder that this machine can, one after another,
 * and reports all their rows together. A suite is a module that ends with report().
 */

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

const Rows = z.array(
  z.object({
    name: z.string(),
    unit: z.enum(['ms', 'per s']),
    p50: z.number(),
    p95: z.number(),
    n: z.number(),
  }),
);

function suites(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'run.ts')
    .filter((name) =>
      /^import .*\breport\b.* from '\.\/report\.ts';$/m.test(readFileSync(join(FOLDER, name), 'utf8')),
    )
    .toSorted();
}

function run(suite: string, json: string): Promise<number | null> {
  return new Promise((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', join(FOLDER, suite), '--json', json];
    // The table of all comes at the end; what goes wrong is shown as it does.
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('close', resolve);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'rce-bench-'));
const rows: z.output<typeof Rows> = [];
for (const suite of suites()) {
  console.error(`${suite} …`);
  const json = join(folder, `${suite}.json`);
  const code = await run(suite, json);
  if (code === 0 && existsSync(json)) rows.push(...Rows.parse(JSON.parse(readFileSync(json, 'utf8'))));
  else console.error(`${suite}: not measured (exit code ${code}), see above.`);
}
rmSync(folder, { recursive: true, force: true });
report(rows);
process.exit(rows.length > 0 ? 0 : 1);
