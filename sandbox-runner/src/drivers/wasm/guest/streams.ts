import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { host } from './host.ts';
import { enqueueTask, nextTick } from './loop.ts';

const CHUNK = 65_536;
type Data = string | Uint8Array;

/** process.stdout and process.stderr: writes go out at once, as Node's do to a pipe. */
export class OutputStream extends EventEmitter {
  readonly fd: number;
  readonly writable = true;
  writableEnded = false;

  constructor(fd: number) {
    super();
    this.fd = fd;
  }

  write(data: Data, encoding?: BufferEncoding | (() => void), callback?: () => void): boolean {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) {
      const error = new TypeError(
        `The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView.`,
      );
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const encoded = typeof data === 'string' && typeof encoding === 'string' && !/^utf-?8$/i.test(encoding);
    host.write(this.fd, encoded ? Buffer.from(data, encoding) : data);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done) nextTick(done);
    return true;
  }

  end(data?: Data | (() => void), encoding?: BufferEncoding | (() => void), callback?: () => void): this {
    if (typeof data === 'string' || data instanceof Uint8Array) this.write(data, encoding, callback);
    this.writableEnded = true;
    nextTick(() => this.emit('finish'));
    return this;
  }

  cork(): void {}
  uncork(): void {}
}

/** process.stdin: flows when somebody listens, and ends. All of the input is known from the start. */
export class InputStream extends EventEmitter {
  readonly fd = 0;
  readonly readable = true;
  #encoding: BufferEncoding | undefined;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #flowing = false;
  #paused = false;
  #ended = false;
  #scheduled = false;

  setEncoding(encoding: BufferEncoding = 'utf8'): this {
    this.#encoding = encoding;
    // Characters that two chunks share must not be cut.
    this.#decoder = /^utf-?8$/i.test(encoding) ? new TextDecoder() : undefined;
    return this;
  }

  override on(event: string | symbol, listener: (...args: never[]) => void): this {
    super.on(event, listener as (...args: unknown[]) => void);
    if (event === 'data' && !this.#paused) this.resume();
    if (event === 'readable') this.#schedule();
    return this;
  }

  override addListener(event: string | symbol, listener: (...args: never[]) => void): this {
    return this.on(event, listener);
  }

  resume(): this {
    this.#paused = false;
    this.#flowing = true;
    this.#schedule();
    return this;
  }

  pause(): this {
    this.#paused = true;
    this.#flowing = false;
    return this;
  }

  isPaused(): boolean {
    return this.#paused;
  }

  read(size?: number): string | Buffer | null {
    const bytes = host.readStdin(size ?? CHUNK);
    return bytes.length === 0 ? null : this.#decode(bytes);
  }

  #decode(bytes: Uint8Array): string | Buffer {
    if (this.#decoder) return this.#decoder.decode(bytes, { stream: true });
    const buffer = Buffer.from(bytes);
    return this.#encoding === undefined ? buffer : buffer.toString(this.#encoding);
  }

  #schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    enqueueTask(() => {
      this.#scheduled = false;
      if (this.listenerCount('readable') > 0) this.emit('readable');
      else if (!this.#flowing) return;
      const chunk = this.read();
      if (chunk === null) {
        this.#finish();
        return;
      }
      this.emit('data', chunk);
      this.#schedule();
    });
  }

  #finish(): void {
    this.#ended = true;
    this.emit('end');
    this.emit('close');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string | Buffer> {
    for (let chunk = this.read(); chunk !== null; chunk = this.read()) yield chunk;
    this.#ended = true;
  }

  pipe<Target extends { write(data: Data): unknown; end?: () => unknown }>(target: Target): Target {
    this.on('data', (chunk: Data) => void target.write(chunk));
    this.on('end', () => {
      if (!(target instanceof OutputStream)) target.end?.();
    });
    return target;
  }

  unref(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  destroy(): this {
    this.#ended = true;
    return this;
  }
}
