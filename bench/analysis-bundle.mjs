/**
 * Run by bench/analysis.ts in a process of its own, since it measures a process: time and memory of the bundle
 * that Lambda gets. Arguments: the bundle's folder, the language, and files with programs, which are read one at a
 * time so that they do not count.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MIB = 1024 * 1024;
const [, , folder, language, ...files] = process.argv;
const bare = process.memoryUsage().rss / MIB;
const started = performance.now();
const { handler } = await import(pathToFileURL(join(folder, 'index.mjs')).href);
const context = { getRemainingTimeInMillis: () => 60_000 };
let first;
let slowest = 0;
let incomplete = 0;
for (const file of files) {
  const asked = performance.now();
  const { complete } = await handler({ language, code: readFileSync(file, 'utf8') }, context);
  first ??= performance.now() - started;
  slowest = Math.max(slowest, performance.now() - asked);
  if (!complete) incomplete += 1;
}
console.log(
  JSON.stringify({ first, slowest, incomplete, bare, peak: process.resourceUsage().maxRSS / 1024 }),
);
