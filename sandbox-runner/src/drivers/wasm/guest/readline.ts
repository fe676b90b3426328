import { EventEmitter } from 'node:events';
import type { InputStream, OutputStream } from './streams.ts';

interface InterfaceOptions {
  readonly input: InputStream;
  readonly output?: OutputStream;
  readonly prompt?: string;
}

/** Lines of stdin: by events, by `for await`, and by questions. */
export class Interface extends EventEmitter {
  readonly #options: InterfaceOptions;
  #prompt: string;
  #lines: string[] = [];
  #waiting: ((line: string) => void)[] = [];
  #rest = '';
  #ended = false;
  #paused = false;
  closed = false;
  line = '';

  constructor(options: InterfaceOptions) {
    super();
    this.#options = options;
    this.#prompt = options.prompt ?? '> ';
    options.input.setEncoding('utf8');
    options.input.on('data', (chunk: string) => this.#take(chunk));
    options.input.on('end', () => {
      if (this.#rest !== '') this.#lines.push(this.#rest);
      this.#rest = '';
      this.#ended = true;
      this.#deliver();
    });
  }

  #take(chunk: string): void {
    const parts = (this.#rest + chunk).split(/\r\n|\n|\r/);
    this.#rest = parts.pop() ?? '';
    this.#lines.push(...parts);
    this.#deliver();
  }

  #deliver(): void {
    while (this.#lines.length > 0 && !this.#paused && !this.closed) {
      const question = this.#waiting.shift();
      if (!question && this.listenerCount('line') === 0) return;
      const line = this.#lines.shift() ?? '';
      if (question) question(line);
      else this.emit('line', line);
    }
    if (this.#ended && this.#lines.length === 0) this.close();
  }

  override on(event: string | symbol, listener: (...args: never[]) => void): this {
    super.on(event, listener as (...args: unknown[]) => void);
    if (event === 'line') queueMicrotask(() => this.#deliver());
    return this;
  }

  ask(query: string, done: (answer: string) => void): void {
    this.#options.output?.write(query);
    this.#waiting.push(done);
    this.#deliver();
  }

  question(query: string, optionsOrCallback?: unknown, callback?: (answer: string) => void): unknown {
    const done = typeof optionsOrCallback === 'function' ? optionsOrCallback : callback;
    this.ask(query, (answer) => done?.(answer));
    return undefined;
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }
  prompt(): void {
    this.#options.output?.write(this.#prompt);
  }
  write(text: string): void {
    this.#take(text);
  }
  pause(): this {
    this.#paused = true;
    return this;
  }
  resume(): this {
    this.#paused = false;
    this.#deliver();
    return this;
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#options.input.pause();
    this.emit('close');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        yield line;
        continue;
      }
      if (this.closed || this.#ended) return;
      const next = await new Promise<string | undefined>((resolve) => {
        this.#waiting.push(resolve);
        this.once('close', () => resolve(undefined));
      });
      if (next === undefined) return;
      yield next;
    }
  }
}

class PromisesInterface extends Interface {
  override question(query: string): Promise<string> {
    return new Promise((resolve) => this.ask(query, resolve));
  }
}

function optionsOf(input: InterfaceOptions | InputStream, output?: OutputStream): InterfaceOptions {
  if ('input' in input) return input;
  return output ? { input, output } : { input };
}

export const readlinePromises = {
  Interface: PromisesInterface,
  createInterface: (input: InterfaceOptions | InputStream, output?: OutputStream) =>
    new PromisesInterface(optionsOf(input, output)),
};

export const readline = {
  Interface,
  createInterface: (input: InterfaceOptions | InputStream, output?: OutputStream) =>
    new Interface(optionsOf(input, output)),
  clearLine: () => true,
  cursorTo: () => true,
  moveCursor: () => true,
  promises: readlinePromises,
};
