/**
 * Completes package-lock.json with the builds for other systems that npm left out:
 *   node scripts/complete-lockfile.mjs [--check]
 * npm forgets optional packages that its registry did not show it at the time, and then `npm ci` refuses the
 * lockfile, on any system. What is added has no integrity; npm checks it by its version alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = {
  arm: /-arm(-|$)/,
  arm64: /-arm64/,
  ia32: /-ia32/,
  loong64: /-loong64/,
  mips64el: /-mips64el/,
  ppc64: /-ppc64/,
  riscv64: /-riscv64/,
  s390x: /-s390x/,
  wasm32: /-wasm32/,
  x64: /-x64/,
};

/** The lockfile's own words for what a package's name says: `core-linux-arm64-gnu`. */
function platform(name) {
  const os = SYSTEMS.filter((system) => new RegExp(`-${system}(-|$)`).test(name));
  const cpu = Object.keys(PROCESSORS).filter((processor) => PROCESSORS[processor].test(name));
  return { ...(cpu.length ? { cpu } : {}), ...(os.length ? { os } : {}) };
}

/** Where node would look for a package that `path` asks for, nearest first. */
function candidates(path, name) {
  const folders = [];
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0)))
    folders.push(`${at}/`);
  return [...folders, ''].map((folder) => `${folder}node_modules/${name}`);
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (candidates(path, name).some((candidate) => candidate in lock.packages)) continue;
    if (!/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`${path} asks for ${name}@${version}, which is no version`);
    const { cpu, os } = platform(name);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu ? { cpu } : {}),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...(os ? { os } : {}),
    };
    added.push(name);
  }
}
if (added.length > 0 && process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${added.join(', ')}\nRun node scripts/complete-lockfile.mjs`);
  process.exit(1);
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${added.length} packages to package-lock.json`);
}
