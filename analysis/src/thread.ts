import { setFlagsFromString } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { type AnalyzedProgram, analyze } from './analyze.ts';
import { spentMs } from './budget.ts';
import type { Started } from './isolated.ts';

/** The inside of the thread of isolated.ts. What is thrown here ends it. */

const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread.');

// V8 would compile the lexers of grammars a second time, for speed: that of Bash with 700 MB, that of C++ with 200. The
// first, quick compilation is fast enough.
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');

port.on('message', async (program: AnalyzedProgram) => {
  const onStart = (budgetMs: number) => port.postMessage({ budgetMs, spentMs: spentMs() } satisfies Started);
  port.postMessage(await analyze(program, { onStart }));
});
