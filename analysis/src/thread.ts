import { setFlagsFromString } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { analyze, rehearse } from './analyze.ts';
import { spentMs } from './budget.ts';
import type { Question, Started } from './isolated.ts';

/** The inside of the thread of isolated.ts. What is thrown here ends it. */

const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread.');

// V8 would compile the lexers of grammars a second time, for speed: that of Bash with 700 MB, that of C++ with 200. The
// first, quick compilation is fast enough.
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');

const onStart = (budgetMs: number) => port.postMessage({ budgetMs, spentMs: spentMs() } satisfies Started);
/** Settled when all before is done: questions are answered in their order. */
let turn = Promise.resolve();

port.on('message', (question: Question) => {
  turn = turn.then(async () => {
    if ('rehearse' in question) await rehearse(question.rehearse);
    else port.postMessage(await analyze(question, { onStart }));
  });
});
