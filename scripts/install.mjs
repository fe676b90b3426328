/** Shared by start.mjs and test.mjs. Plain JavaScript for Node 20, and nothing installed. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
/** Holds the hash of the lockfile that was installed from. */
const STAMP = join(MODULES, '.rce-installed');
export const WINDOWS = process.platform === 'win32';
/** The Node that runs the project, whichever the host has: a dependency like any other. */
export const NODE = join(MODULES, 'node', 'bin', WINDOWS ? 'node.exe' : 'node');

/** Where Node keeps compiled code, so that the next start is faster. */
export const COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(MODULES, '.cache', 'node');

const LEAST_NODE = 20;

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The first thing that runs: everything behind it may count on the version. */
export function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < LEAST_NODE) {
    fail(
      `Node ${process.versions.node} is too old: Node ${LEAST_NODE} or newer is needed to install. See https://nodejs.org/.`,
    );
  }
}

/** Runs `npm ci` when node_modules is missing or was installed from another lockfile. */
export async function installIfStale() {
  const wanted = hashOf(join(ROOT, 'package-lock.json'));
  const installed = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : '';
  if (installed === wanted && existsSync(NODE)) return;
  // Somebody ran npm by hand: what it says it has installed is what the lockfile asks for.
  if (agreesWithNpm() && existsSync(NODE)) return writeFileSync(STAMP, wanted);
  const why = existsSync(MODULES)
    ? 'The installed packages are not those of package-lock.json'
    : 'First start';
  const done = progress(`${why}: installing packages (about 450 MB to load, 1.1 GB on disk)`);
  // Nobody reads warnings about the engines of packages that run under the project's own Node.
  const { code, output } = await run(
    WINDOWS ? 'npm.cmd' : 'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      shell: WINDOWS,
    },
  );
  done();
  if (code !== 0)
    fail(`npm ci failed (exit code ${code}):\n${output}\nCheck the network connection, then start again.`);
  if (!existsSync(NODE)) {
    fail(`${NODE} was not installed. npm may be set to ignore install scripts: run npm rebuild node`);
  }
  writeFileSync(STAMP, wanted);
}

/** npm writes what it has installed; `npm ci` and `npm install` leave it in step with the lockfile. */
function agreesWithNpm() {
  const record = join(MODULES, '.package-lock.json');
  if (!existsSync(record)) return false;
  const inModules = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      !path.startsWith('node_modules/') ||
      entry.optional ||
      entry.link ||
      inModules[path]?.version === entry.version,
  );
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Runs a program to its end and keeps what it prints. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Says what is being done, and on a terminal how long it has taken. @returns ends it. */
export function progress(what) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  if (!process.stdout.isTTY) {
    console.log(`${what} …`);
    return () => console.log(`  done in ${seconds()}`);
  }
  const show = () => process.stdout.write(`\r${what} … ${seconds()}`);
  show();
  const timer = setInterval(show, 1000);
  return () => {
    clearInterval(timer);
    process.stdout.write(`\r${what}: done in ${seconds()}\n`);
  };
}
