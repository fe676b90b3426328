/**
 * Run by bench/analysis.ts in a process of its own, since it measures a process: time and memory of the bundle
 * that Lambda gets. Arguments: the bundle's folder. Standard input: {language, programs}.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MIB = 1024 * 1024;
const { language, programs } = JSON.parse(readFileSync(0, 'utf8'));
const bare = process.memoryUsage().rss / MIB;
const started = performance.now();
const { handler } = await import(pathToFileURL(join(process.argv[2], 'index.mjs')).href);
const context = { getRemainingTimeInMillis: () => 60_000 };
let first;
for (const code of programs) {
  await handler({ language, code }, context);
  first ??= performance.now() - started;
}
console.log(JSON.stringify({ first, bare, peak: process.resourceUsage().maxRSS / 1024 }));
