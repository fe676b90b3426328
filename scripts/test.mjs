/**
 * `npm test`: installs what is stale, runs every test that this machine can, and says which it could not.
 * Further arguments go to jest: `npm test -- localstack`. Plain JavaScript for Node 20.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { COMPILE_CACHE, checkNode, installIfStale, NODE, ROOT } from './install.mjs';

checkNode();
await installIfStale();
await buildIfStale();

const folder = mkdtempSync(join(tmpdir(), 'rce-test-'));
const report = join(folder, 'jest.json');
const jest = spawn(
  NODE,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: ROOT,
    // jest prints its JSON to stdout, which the file has already; what people read goes to stderr.
    stdio: ['inherit', 'ignore', 'inherit'],
    // Programs that tests start by the name `node` must be this one as well.
    env: {
      ...process.env,
      PATH: [dirname(NODE), process.env.PATH].join(delimiter),
      // Engines that tests start find compiled code, as those of `npm start` do.
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => jest.kill(signal));
const code = await new Promise((resolve) => jest.on('close', (status) => resolve(status ?? 1)));

const results = readReport();
rmSync(folder, { recursive: true, force: true });
if (!results) {
  console.error('jest ended without a report.');
  process.exit(code || 1);
}
printSkips(results);
// A suite that fails to load has no tests to count, but is a failure.
const broken = results.testResults.filter(
  (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
).length;
const failed = results.numFailedTests + broken;
const skipped = results.numPendingTests + results.numTodoTests;
console.log(`${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(code || (failed > 0 ? 1 : 0));

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Layers write their reason into the title of the skipped describe: see e2e/support/layers.ts. */
function printSkips({ testResults }) {
  const reasons = new Map();
  for (const test of testResults.flatMap((suite) => suite.assertionResults)) {
    if (test.status !== 'pending') continue;
    const titles = [...test.ancestorTitles, test.title].join(' ');
    const reason =
      /\[skipped, (.*?)\](?: |$)/.exec(titles)?.[1] ?? 'left out by the arguments, or skipped in the code';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (reasons.size === 0) return;
  console.log('\nSkipped on this machine:');
  for (const [reason, count] of reasons) console.log(`  ${count} test${count === 1 ? '' : 's'}: ${reason}`);
  console.log('RCE_REQUIRE=docker,chromium (a list of layers, or all) makes their absence a failure.\n');
}
