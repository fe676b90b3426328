import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData, ThreadEnd } from './control.ts';
import { runPython } from './python.ts';
import { runQuickJs } from './quickjs.ts';
import { RunContext } from './run-context.ts';

/** Entry of an interpreter's thread: one interpreter, one run. */
async function main(): Promise<void> {
  if (parentPort === null) throw new Error('this is the entry of a worker thread');
  const { spec, control, assets }: ThreadData = workerData;
  const context = new RunContext(parentPort, control);
  let end: ThreadEnd;
  try {
    end =
      spec.interpreter === 'python'
        ? await runPython(spec, assets.python, context)
        : await runQuickJs(spec, assets.quickjs, context);
  } catch (error) {
    end = { kind: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  context.end(end);
}

void main();
