/**
 * npm run images:local [-- LANGUAGE...]: builds one image that holds these languages, or all, out of Debian
 * packages and the project's own Node, for machines that reach no image registry. The runner finds it by
 * itself where the stock image of a language is missing; the settings printed make it use this one always.
 *
 * One image under one tag per language rather than one image each: they share their layers either way, and
 * this takes one pass of apt. A second call finds nothing changed and returns at once.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { imageSetting } from '@rce/core/language.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';

const SUITE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
const REPOSITORY = 'rce-local';
const CONTENT_LABEL = 'org.rce-engine.content';

const asked = process.argv.slice(2);
const languages = LANGUAGES.filter(({ id }) => asked.length === 0 || asked.includes(id));
const packages = [...new Set(languages.flatMap((language) => language.docker.debian))].toSorted();
const content = createHash('sha256')
  .update(JSON.stringify([SUITE, packages, process.version]))
  .digest('hex');

function fail(message: string): never {
  console.error(`images:local: ${message}`);
  process.exit(1);
}

function docker(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('docker', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function missing(program: string): boolean {
  return spawnSync(program, ['--version']).error !== undefined;
}

/**
 * Imports a root file system as it is made, and names it once that went well. mmdebstrap works as root, or in a user
 * namespace where the kernel allows it.
 */
async function build(image: string): Promise<void> {
  const args = [
    '--variant=minbase',
    '--aptopt=Apt::Install-Recommends "false"',
    '--dpkgopt=force-unsafe-io',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    `--include=${packages.join(',')}`,
    // Debian's own Node is too old to strip types.
    `--customize-hook=upload ${process.execPath} /usr/local/bin/node`,
    '--customize-hook=chmod 755 "$1/usr/local/bin/node"',
    SUITE,
    '-',
    MIRROR,
  ];
  const maker = spawn('mmdebstrap', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const change = `LABEL ${CONTENT_LABEL}=${content}`;
  const importer = spawn('docker', ['import', '--change', change, '-'], {
    stdio: [maker.stdout, 'pipe', 'inherit'],
  });
  // The importer has it: only its end may end the pipe.
  maker.stdout.destroy();
  let log = '';
  maker.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-4_000);
  });
  let id = '';
  importer.stdout.on('data', (chunk: Buffer) => {
    id += chunk.toString('utf8');
  });
  const [made, imported] = await Promise.all(
    [maker, importer].map((child) => new Promise((resolve) => child.on('close', resolve))),
  );
  if (made !== 0 || imported !== 0) {
    if (id !== '') docker('rmi', id.trim());
    fail(
      made === 0
        ? `docker import ended with code ${String(imported)}`
        : `mmdebstrap ended with code ${String(made)}:\n${log}`,
    );
  }
  docker('tag', id.trim(), image) ?? fail(`docker tag failed for ${image}`);
}

const unknown = asked.filter((id) => !languages.some((language) => language.id === id));
if (unknown.length > 0) {
  fail(`no such language: ${unknown.join(', ')}. There are ${LANGUAGES.map(({ id }) => id).join(', ')}.`);
}
if (missing('docker')) fail('the docker client is missing: apt-get install docker.io');
if (docker('info') === undefined) fail('no Docker engine answers; see: npm run doctor');

const label = docker(
  'inspect',
  '--format',
  `{{index .Config.Labels "${CONTENT_LABEL}"}}`,
  `${REPOSITORY}/all`,
);
if (label === content) {
  console.error(`${REPOSITORY}/all is up to date`);
} else {
  if (missing('mmdebstrap')) fail('mmdebstrap is missing: apt-get install mmdebstrap');
  console.error(`building ${REPOSITORY}/all from ${packages.length} Debian packages (2 to 5 minutes) ...`);
  await build(`${REPOSITORY}/all`);
}
for (const { id } of languages) {
  docker('tag', `${REPOSITORY}/all`, `${REPOSITORY}/${id}`) ?? fail(`docker tag failed for ${id}`);
  console.log(`export ${imageSetting(id)}=${REPOSITORY}/${id}`);
}
