import { parentPort } from 'node:worker_threads';
import { type AnalyzedProgram, analyze } from './analyze.ts';
import { spentMs } from './budget.ts';
import type { Started } from './isolated.ts';

/** The inside of the thread of isolated.ts. What is thrown here ends it. */

const port = parentPort;
if (!port) throw new Error('This module runs as a worker thread.');

port.on('message', async (program: AnalyzedProgram) => {
  const onStart = (budgetMs: number) => port.postMessage({ budgetMs, spentMs: spentMs() } satisfies Started);
  port.postMessage(await analyze(program, { onStart }));
});
