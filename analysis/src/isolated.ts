import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import type { AnalysisReport } from '@rce/core/report.ts';
import type { AnalyzedProgram } from './analyze.ts';
import { WALL_FACTOR } from './budget.ts';
import { grammarOf, RUNTIME } from './grammar-files.ts';
import { type AnalyzedLanguage, isAnalyzed, UnsupportedLanguageError } from './languages.ts';
import { type Compiled, compiled } from './modules.ts';
import { unreadable } from './report.ts';

/** Beside the running file when that is a bundle. */
const BUNDLED = new URL('./analysis-thread.mjs', import.meta.url);
const THREAD = existsSync(BUNDLED) ? BUNDLED : new URL('./thread.ts', import.meta.url);

/**
 * MiB for what the rules make of a program; grammars.ts limits the parser's. Ordinary code of 64 KiB leaves no more than 2
 * behind, beside 10 that are always there, but with less room a fifth of the time goes into collecting garbage.
 */
const HEAP = { maxOldGenerationSizeMb: 20, maxYoungGenerationSizeMb: 2 } as const;
/** A grammar is read from the disk and compiled in far less. */
const MAX_LOADING_MS = 20_000;
/** The thread minds its budget itself; it is ended when it is late by so many milliseconds of processor time. */
const LATE_MS = 30;
const LOOK_EVERY_MS = 10;

/**
 * Errors of the parser's WebAssembly, of the stack and of the memory: the text's doing. Any other is a fault of
 * ours.
 */
const DONE_BY_THE_TEXT = new Set(['RuntimeError', 'RangeError']);
const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/** What the thread is asked: to read a program or, where there is no code, to get ready for those of a language. */
export interface Question {
  readonly language: AnalyzedLanguage;
  readonly code?: string;
  /** What it needs for that. */
  readonly parts: Readonly<Record<string, Compiled>>;
}

/** What the thread tells when the grammar is there and the reading begins. */
export interface Started {
  readonly budgetMs: number;
  /** Milliseconds of processor time that the thread has used so far. */
  readonly spentMs: number;
}

/** The text ended the thread, or kept it for too long. */
class Lost extends Error {}

/**
 * Reads programs one after another in a thread with a bounded memory. Grammars are C compiled to WebAssembly: text
 * that is made for it can have one abort, write over the memory that all share, or never come back. Then the
 * thread is ended, the report says that the analysis is incomplete, and the next program gets a new thread, which
 * gets ready as soon as the report is out.
 */
export class IsolatedAnalyzer implements Analyzer {
  #thread: Thread | undefined;
  /** Settled when the thread that a text has ended is gone and the next one gets ready. Never rejects. */
  #replaced: Promise<void> = Promise.resolve();
  /** Settled when the program before is. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws UnsupportedLanguageError; the signal's reason when it is aborted before the program's turn. */
  async analyze(
    { language, code }: AnalyzedProgram,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<AnalysisReport> {
    if (!isAnalyzed(language)) throw new UnsupportedLanguageError(language);
    const report = this.#turn.then(() => {
      signal?.throwIfAborted();
      return this.#read({ language, code });
    });
    this.#turn = report.catch(() => undefined);
    return report;
  }

  async #read({ language, code }: AnalyzedProgram & { language: AnalyzedLanguage }): Promise<AnalysisReport> {
    await this.#replaced;
    const began = performance.now();
    const parts = Object.fromEntries([RUNTIME, grammarOf(language)].map((part) => [part, compiled(part)]));
    if (this.#thread?.ended !== false) this.#thread = new Thread();
    const thread = this.#thread;
    try {
      return await thread.read({ language, code, parts });
    } catch (error) {
      const ended = thread.end();
      if (!(error instanceof Lost)) throw error;
      // Not waited for here: who asked has the report as soon as the text is given up. One thread begins when the other
      // is gone, since both at once would take the memory of both.
      this.#replaced = ended.then(() => {
        this.#thread = new Thread();
        // So that the next program finds it as fast as the one that was ended.
        this.#thread.ask({ language, parts });
      });
      return unreadable(language, code, began);
    }
  }
}

/** One thread, and the program that it reads. */
class Thread {
  ended = false;
  readonly #worker = new Worker(THREAD, { name: 'analysis', env: {}, execArgv: [], resourceLimits: HEAP });
  #answer: PromiseWithResolvers<AnalysisReport> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Milliseconds of processor time, as the thread last told. */
  #spent = 0;

  constructor() {
    this.#worker.on('message', (message: AnalysisReport | Started) => {
      if ('budgetMs' in message) this.#watch(message);
      else this.#answer?.resolve(message);
    });
    this.#worker.on('error', (error: Error & { readonly code?: string }) => {
      const lost = DONE_BY_THE_TEXT.has(error.name) || error.code === OUT_OF_MEMORY;
      this.#fail(lost ? new Lost(error.message) : error);
    });
    this.#worker.on('exit', (code) => this.#fail(new Error(`The analysis ended with code ${code}.`)));
    // Last: whoever listens to a thread keeps the process alive.
    this.#worker.unref();
  }

  ask(question: Question): void {
    this.#worker.postMessage(question);
  }

  async read(question: Question): Promise<AnalysisReport> {
    this.#answer = Promise.withResolvers();
    this.#timer = setTimeout(() => this.#fail(new Error('No grammar was loaded in time.')), MAX_LOADING_MS);
    // An idle thread keeps no process alive; one that reads does.
    this.#worker.ref();
    this.ask(question);
    try {
      return await this.#answer.promise;
    } finally {
      clearTimeout(this.#timer);
      this.#answer = undefined;
      this.#worker.unref();
    }
  }

  /** Resolves when it is gone. Never rejects. */
  async end(): Promise<void> {
    this.ended = true;
    await this.#worker.terminate().catch(() => undefined);
  }

  #fail(error: Error): void {
    this.ended = true;
    this.#answer?.reject(error);
  }

  /** Gives the thread up when it has used more processor time than it may, or nothing comes of it for long. */
  #watch({ budgetMs, spentMs }: Started): void {
    const limit = budgetMs + LATE_MS;
    const started = performance.now();
    this.#spent = spentMs;
    const look = () => {
      if (this.#spent - spentMs > limit || performance.now() - started > limit * WALL_FACTOR) {
        this.#fail(new Lost('It came to no end.'));
        return;
      }
      // Not waited for: a thread that does not come to itself does not answer.
      this.#worker.cpuUsage().then(
        ({ user, system }) => {
          this.#spent = (user + system) / 1000;
        },
        () => undefined,
      );
      this.#timer = setTimeout(look, LOOK_EVERY_MS);
    };
    clearTimeout(this.#timer);
    // From before the limit on, so that what it has used is known by then.
    this.#timer = setTimeout(look, budgetMs);
  }
}
