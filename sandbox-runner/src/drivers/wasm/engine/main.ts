import { setInterval } from 'node:timers';
import { WarmPool } from '../../../pool.ts';
import type { InterpreterSpec, ThreadAssets } from '../thread/control.ts';
import { Interpreter } from './interpreter.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import { loadPython } from './python-image.ts';
import { loadQuickJs } from './quickjs-image.ts';

/** How often the resident size is looked at while programs run. */
const GUARD_MS = 100;
/** An interpreter that waits does not age; this only bounds how long one lives. */
const MAX_AGE_MS = 60 * 60_000;

type Init = Extract<ToEngine, { type: 'init' }>;
type Run = Extract<ToEngine, { type: 'run' }>;

/**
 * The engine: the process in which all interpreters run, each in a thread of its own. It is apart from the
 * runner so that neither memory nor a broken interpreter can take the runner with it.
 */
class Engine {
  readonly #pool: WarmPool<Interpreter>;
  readonly #running = new Map<number, Interpreter | undefined>();
  readonly #cancelled = new Set<number>();
  /** Interpreters of open sessions, between two runs. */
  readonly #idle = new Map<number, Interpreter[]>();

  constructor(pool: WarmPool<Interpreter>) {
    this.#pool = pool;
  }

  async run(request: Run): Promise<void> {
    const { id, session } = request;
    this.#running.set(id, undefined);
    if (session !== undefined && !this.#idle.has(session)) this.#idle.set(session, []);
    const idle = () => (session === undefined ? undefined : this.#idle.get(session));
    try {
      const interpreter = idle()?.pop() ?? (await this.#pool.take(keyOf(request.spec)));
      this.#running.set(id, interpreter);
      if (this.#cancelled.has(id)) interpreter.kill('cancelled');
      const onOutput = (stream: 'stdout' | 'stderr', chunk: Uint8Array) =>
        send({ type: 'output', id, stream, chunk });
      let reusable = false;
      try {
        const { files, entry, input, limits } = request;
        const run = await interpreter.run({
          files,
          entry,
          input,
          limits,
          mayRepeat: session !== undefined,
          onOutput: request.stream ? onOutput : undefined,
        });
        reusable = run.reusable;
        send({ type: 'result', id, outcome: run.outcome });
      } finally {
        const keep = reusable ? idle() : undefined;
        // Off the critical path: the result is out.
        if (keep === undefined) void interpreter.destroy();
        else keep.push(interpreter);
      }
    } catch (error) {
      send({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#running.delete(id);
      this.#cancelled.delete(id);
    }
  }

  close(session: number): void {
    for (const interpreter of this.#idle.get(session) ?? []) void interpreter.destroy();
    this.#idle.delete(session);
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

/** Interpreters of one key can stand in for each other. */
function keyOf({ interpreter, stripTypes, memoryBytes }: InterpreterSpec): string {
  return JSON.stringify({ interpreter, stripTypes, memoryBytes } satisfies InterpreterSpec);
}

function specOf(key: string): InterpreterSpec {
  return JSON.parse(key);
}

function send(message: FromEngine): void {
  process.send?.(message);
}

async function start(init: Init): Promise<Engine> {
  const [python, quickjs] = await Promise.all([loadPython(), loadQuickJs(init.preludeCode)]);
  const assets: ThreadAssets = { python, quickjs };
  const standing = init.warm.map(keyOf);
  const pool = new WarmPool({
    create: async (key) => {
      const interpreter = new Interpreter(init.threadCode, specOf(key), assets);
      await interpreter.ready;
      return interpreter;
    },
    base: (key) => (standing.includes(key) ? init.standing : 0),
    maxPerKey: init.warm.length === 0 ? 0 : init.slots + 1,
    maxTotal: init.standing * init.warm.length + 2 * init.slots,
    refills: 1,
    maxAgeMs: MAX_AGE_MS,
    onRefillFailed: (_key, error) => send({ type: 'broken', message: String(error) }),
  });
  pool.start(standing);
  const engine = new Engine(pool);
  setInterval(() => engine.guard(init.maxRssBytes), GUARD_MS).unref();
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
    } else if (message.type === 'close') {
      (await engine)?.close(message.session);
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
