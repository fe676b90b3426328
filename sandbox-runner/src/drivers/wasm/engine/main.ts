import { setInterval } from 'node:timers';
import type { ThreadAssets } from '../thread/control.ts';
import { loadPython, loadQuickJs } from './assets.ts';
import type { Interpreter } from './interpreter.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import { WarmPool } from './warm-pool.ts';

/** How often the resident size is looked at while programs run. */
const GUARD_MS = 100;
const TRIM_MS = 30_000;

type Init = Extract<ToEngine, { type: 'init' }>;
type Run = Extract<ToEngine, { type: 'run' }>;

/**
 * The engine: the process in which all interpreters run, each in a thread of its own. It is apart from the
 * runner so that neither memory nor a broken interpreter can take the runner with it.
 */
class Engine {
  readonly #pool: WarmPool;
  readonly #running = new Map<number, Interpreter | undefined>();
  readonly #cancelled = new Set<number>();

  constructor(pool: WarmPool) {
    this.#pool = pool;
  }

  async run(request: Run): Promise<void> {
    const { id } = request;
    this.#running.set(id, undefined);
    try {
      const interpreter = await this.#pool.take(request.spec);
      this.#running.set(id, interpreter);
      if (this.#cancelled.has(id)) interpreter.kill('cancelled');
      const onOutput = (stream: 'stdout' | 'stderr', chunk: Uint8Array) =>
        send({ type: 'output', id, stream, chunk });
      try {
        const { files, input, limits } = request;
        const outcome = await interpreter.run({
          files,
          input,
          limits,
          onOutput: request.stream ? onOutput : undefined,
        });
        send({ type: 'result', id, outcome });
      } finally {
        // Off the critical path: the result is out.
        void interpreter.dispose();
      }
    } catch (error) {
      send({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#running.delete(id);
      this.#cancelled.delete(id);
    }
  }

  cancel(id: number): void {
    if (!this.#running.has(id)) return;
    this.#cancelled.add(id);
    this.#running.get(id)?.kill('cancelled');
  }

  /**
   * Each program's memory, files and output are bounded on their own; this is the net beneath. The largest
   * program goes first. When none is to blame, the process ends and its jobs are tried again.
   */
  guard(maxRssBytes: number): void {
    if (this.#running.size === 0 || process.memoryUsage.rss() <= maxRssBytes) return;
    const largest = [...this.#running.values()]
      .filter((interpreter) => interpreter !== undefined)
      .toSorted((a, b) => b.memoryBytes - a.memoryBytes)[0];
    if (largest === undefined) process.exit(1);
    largest.kill('memory-limit-exceeded');
  }
}

function send(message: FromEngine): void {
  process.send?.(message);
}

async function start(init: Init): Promise<Engine> {
  const [python, quickjs] = await Promise.all([loadPython(), loadQuickJs(init.preludeCode)]);
  const assets: ThreadAssets = { python, quickjs };
  const pool = new WarmPool({ code: init.threadCode, assets, slots: init.slots, warm: init.warm });
  // A job that comes before the interpreters wait gets a cold start.
  pool.refill().catch((error: unknown) => send({ type: 'broken', message: String(error) }));
  const engine = new Engine(pool);
  setInterval(() => engine.guard(init.maxRssBytes), GUARD_MS).unref();
  setInterval(() => pool.trim(), TRIM_MS).unref();
  return engine;
}

let engine: Promise<Engine> | undefined;
process.on('message', async (message: ToEngine) => {
  try {
    if (message.type === 'init') {
      engine = start(message);
      await engine;
      send({ type: 'ready' });
    } else if (message.type === 'run') {
      await (await engine)?.run(message);
    } else {
      (await engine)?.cancel(message.id);
    }
  } catch (error) {
    send({
      type: 'broken',
      message: `${String(error)}\n${error instanceof Error ? error.stack : ''}`,
    });
  }
});
// The runner is gone, however it went: nothing must outlive it.
process.on('disconnect', () => process.exit(0));
