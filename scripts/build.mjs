/** `npm run build`: what `npm start` needs and what has changed since it was built. Plain JavaScript for Node 20. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, NODE, progress, ROOT, run } from './install.mjs';

const STEPS = [
  {
    what: 'Bundling the functions',
    needs: 'scripts/bundle.ts',
    script: ['scripts/bundle.ts'],
    inputs: [
      'core',
      'languages',
      'analysis',
      'aws',
      'observability',
      'functions',
      'scripts/bundle.ts',
      'package-lock.json',
    ],
    output: 'dist/functions',
  },
  {
    what: 'Building the page',
    needs: 'web/scripts/build.ts',
    script: ['scripts/build.ts'],
    cwd: 'web',
    inputs: ['core/src', 'web', 'package-lock.json'],
    output: 'web/dist',
  },
];

export async function buildIfStale() {
  for (const step of STEPS) {
    if (!existsSync(join(ROOT, step.needs))) continue;
    const stamp = join(ROOT, step.output, '.built-from');
    const wanted = hashOf(step.inputs);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    const done = progress(step.what);
    const { code, output } = await run(NODE, step.script, { cwd: join(ROOT, step.cwd ?? '.') });
    done();
    if (code !== 0) fail(`${step.what} failed (exit code ${code}):\n${output}`);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, wanted);
  }
}

/** By content: a fresh clone or a changed branch gives files new times. */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesBelow(path))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage']);

function filesBelow(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  let entries;
  try {
    entries = readdirSync(full, { withFileTypes: true });
  } catch {
    return [path];
  }
  return entries
    .filter((entry) => !LEFT_OUT.has(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(`${path}/${entry.name}`) : [`${path}/${entry.name}`],
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildIfStale();
