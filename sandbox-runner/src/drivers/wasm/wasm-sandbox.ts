import type { Driver, RunOutcome } from '@rce/core/job.ts';
import type { Language } from '@rce/core/language.ts';
import { DEFAULT_RUN_LIMITS } from '@rce/core/limits.ts';
import {
  type LanguageAvailability,
  type Program,
  type RunHooks,
  type RunInput,
  type Sandbox,
  SandboxError,
  type Session,
} from '@rce/core/ports/sandbox.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { bundle } from './bundle.ts';
import type { ToEngine } from './engine/protocol.ts';
import { EngineProcess } from './engine-process.ts';
import type { WasmSandboxOptions } from './options.ts';
import type { InterpreterSpec } from './thread/control.ts';

const MiB = 1024 * 1024;
/** Code, compiled interpreters, the library and the heap of the engine's main thread. */
const ENGINE_BYTES = 400 * MiB;
/** Tests of one job that run at a time. With as many as there are slots, one job would leave the others nothing. */
const LANES = 2;
/** A thread with an interpreter that waits. */
const WAITING_BYTES = 48 * MiB;
/** Waiting threads of each interpreter: the second one lets the first's replacement wait until its job is answered. */
const STANDING = 2;

/** The `wasm` driver: interpreters compiled to WebAssembly, in threads of a process apart. */
export class WasmSandbox implements Sandbox {
  readonly driver: Driver = 'wasm';
  readonly #options: WasmSandboxOptions;
  #init: Extract<ToEngine, { type: 'init' }> | undefined;
  #engine: EngineProcess | undefined;
  #closed = false;
  #sessions = 0;

  constructor(options: WasmSandboxOptions) {
    this.#options = options;
  }

  async start(progress: (message: string) => void): Promise<void> {
    progress('Starting the WebAssembly interpreters.');
    const [threadCode, preludeCode] = await Promise.all([
      bundle('thread/main.ts', 'cjs'),
      bundle('guest/main.ts', 'iife'),
    ]);
    const { slots, maxMemoryBytes, warm } = this.#options;
    this.#init = {
      type: 'init',
      threadCode,
      preludeCode,
      warm: warm ? standingSpecs() : [],
      standing: STANDING,
      slots,
      maxRssBytes:
        ENGINE_BYTES +
        STANDING * standingSpecs().length * WAITING_BYTES +
        slots * (LANES * maxMemoryBytes + WAITING_BYTES),
    };
    try {
      await this.#spawn().ready;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  languages(): readonly LanguageAvailability[] {
    return LANGUAGES.map(({ id, name, wasm }) =>
      wasm
        ? { id, available: true, version: versionOf(wasm.runtime) }
        : {
            id,
            available: false,
            version: null,
            reason: `${name} has no WebAssembly interpreter here; it needs the docker driver.`,
          },
    );
  }

  async open(program: Program): Promise<Session> {
    const language = LANGUAGES.find(({ id }) => id === program.language);
    if (language?.wasm === undefined) {
      throw new SandboxError(`The wasm driver cannot run ${program.language}.`);
    }
    const spec = specOf(language, program.limits.memoryBytes);
    const session = program.runs > 1 ? this.#sessions++ : undefined;
    return {
      compilation: null,
      runtime: language.wasm.runtime,
      lanes: Math.min(program.runs, this.#options.slots, LANES),
      run: (input, hooks = {}) => this.#run(program, spec, session, input, hooks),
      close: async () => {
        if (session !== undefined) this.#engine?.close(session);
      },
    };
  }

  /** The engine's process keeps its own pool; how full it is at this moment is not known here. */
  warm() {
    const wanted = this.#options.warm ? standingSpecs().length * STANDING : 0;
    return { waiting: wanted, wanted };
  }

  /** Process id of the engine, while it runs. */
  get enginePid(): number | undefined {
    return this.#engine?.pid;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#engine?.kill();
  }

  async #run(
    program: Program,
    spec: InterpreterSpec,
    session: number | undefined,
    input: RunInput,
    hooks: RunHooks,
  ): Promise<RunOutcome> {
    if (this.#engine === undefined) throw new SandboxError('The WebAssembly engine is not running.');
    const { files, entry, limits } = program;
    return await this.#engine.run({ spec, files, entry, input, limits, session }, hooks);
  }

  /** Starts the engine's process, and another one whenever it ends. */
  #spawn(): EngineProcess {
    if (this.#init === undefined) throw new SandboxError('The wasm driver was not started.');
    const engine = new EngineProcess(this.#init, this.#options.maxMemoryBytes);
    this.#engine = engine;
    void engine.exited.then((reason) => {
      // One that did not even start would not start the next time either; the runs that wait for it fail.
      if (this.#closed || !engine.hasBeenReady) return;
      this.#options.onWarning?.(`The WebAssembly engine ended (${reason}); it is started again.`);
      this.#spawn();
    });
    return engine;
  }
}

export function createWasmSandbox(options: WasmSandboxOptions): WasmSandbox {
  return new WasmSandbox(options);
}

/** The interpreters that jobs without wishes of their own need. */
function standingSpecs(): InterpreterSpec[] {
  return LANGUAGES.filter(({ wasm }) => wasm !== undefined).map((language) =>
    specOf(language, DEFAULT_RUN_LIMITS.memoryBytes),
  );
}

function specOf(language: Language, memoryBytes: number): InterpreterSpec {
  const interpreter = language.wasm?.interpreter ?? 'python';
  const stripTypes = language.wasm?.stripTypes ?? false;
  return { interpreter, stripTypes, memoryBytes };
}

/** `Python 3.11.3 (WASI)` → `3.11.3`. */
function versionOf(runtime: string): string | null {
  return /\d+(?:\.\d+)+/.exec(runtime)?.[0] ?? null;
}
