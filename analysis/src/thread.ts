import { parentPort } from 'node:worker_threads';
import { analyze, rehearse } from './analyze.ts';
import { spentMs } from './budget.ts';
import type { Question, Started } from './isolated.ts';
import { useCompiled } from './modules.ts';

/** The inside of the thread of isolated.ts. What is thrown here ends it. */

const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread.');

const onStart = (budgetMs: number) => port.postMessage({ budgetMs, spentMs: spentMs() } satisfies Started);
/** Settled when all before is done: questions are answered in their order. */
let turn = Promise.resolve();

port.on('message', ({ language, code, parts }: Question) => {
  turn = turn.then(async () => {
    useCompiled(parts);
    if (code === undefined) await rehearse(language);
    else port.postMessage(await analyze({ language, code }, { onStart }));
  });
});
