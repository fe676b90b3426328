#!/usr/bin/env node
/** Starts the CLI under the project's own Node: the one on the PATH may be too old for TypeScript. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../src/main.ts', import.meta.url);
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(main.href);
} else {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = fileURLToPath(new URL(`../../node_modules/node/bin/${name}`, import.meta.url));
  if (!existsSync(node)) {
    console.error('rce: the packages are not installed yet. Run npm start, or npm ci, first.');
    process.exit(69);
  }
  const { status } = spawnSync(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(status ?? 70);
}
