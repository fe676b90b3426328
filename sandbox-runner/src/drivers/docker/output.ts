import type { StreamName } from './attach.ts';

/** What a harness says of the end of a run, in the line behind its token. */
export interface EndReport {
  readonly exitCode: number | null;
  readonly signal: number | null;
  /** Python: the largest resident set, in bytes. A compile step: bytes of the archive that follows. */
  readonly extra: number | null;
}

const REPORT_BYTES = 64;
/** A shell tells a signal as 128 + its number. Real-time signals never end a program in practice. */
const LAST_SIGNAL = 31;

/** One stream of one run: keeps output up to a limit and finds the token that ends it. */
class StreamOutput {
  readonly #token: Buffer;
  readonly #limit: number;
  readonly #onKept: (chunk: Buffer) => void;
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  /** A beginning of the token at the end of what came so far. */
  #held: Buffer = Buffer.alloc(0);
  truncated = false;
  /** What came behind the token; undefined until the token has come. */
  after: Buffer | undefined;

  constructor(token: Buffer, limit: number, onKept: (chunk: Buffer) => void) {
    this.#token = token;
    this.#limit = limit;
    this.#onKept = onKept;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  feed(chunk: Buffer): void {
    if (this.after) {
      this.after = Buffer.concat([this.after, chunk]);
      return;
    }
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const end = bytes.indexOf(this.#token);
    if (end >= 0) {
      this.#keep(bytes.subarray(0, end));
      this.after = bytes.subarray(end + this.#token.length);
      return;
    }
    let held = Math.min(this.#token.length - 1, bytes.length);
    while (held > 0 && !bytes.subarray(-held).equals(this.#token.subarray(0, held))) held--;
    this.#held = Buffer.from(bytes.subarray(bytes.length - held));
    this.#keep(bytes.subarray(0, bytes.length - held));
  }

  /** The container is gone: what was held back is output after all. */
  flush(): void {
    this.#keep(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #keep(bytes: Buffer): void {
    const part = bytes.subarray(0, this.#limit - this.#kept);
    if (part.length < bytes.length) this.truncated = true;
    if (part.length === 0) return;
    this.#kept += part.length;
    // A copy: the chunk may be a small view of a large buffer, which would stay alive with it.
    const copy = Buffer.from(part);
    this.#chunks.push(copy);
    this.#onKept(copy);
  }
}

/** Both streams of one run, up to their ends. */
export class RunOutput {
  readonly stdout: StreamOutput;
  readonly stderr: StreamOutput;

  constructor(token: string, limit: number, onOutput: (stream: StreamName, chunk: Buffer) => void) {
    const bytes = Buffer.from(token);
    this.stdout = new StreamOutput(bytes, limit, (chunk) => onOutput('stdout', chunk));
    this.stderr = new StreamOutput(bytes, limit, (chunk) => onOutput('stderr', chunk));
  }

  feed(stream: StreamName, chunk: Buffer): void {
    this[stream].feed(chunk);
  }

  get overflowed(): boolean {
    return this.stdout.truncated || this.stderr.truncated;
  }

  /** The harness's report, once both streams have ended: all output is then here. */
  get report(): EndReport | undefined {
    if (!this.stderr.after || !this.stdout.after) return undefined;
    const end = this.stdout.after.subarray(0, REPORT_BYTES).indexOf(0x0a);
    if (end < 0) return undefined;
    const match = /^([ES]?)(\d{1,3})(?: (\d{1,12}))?$/.exec(this.stdout.after.toString('latin1', 0, end));
    if (!match) return { exitCode: null, signal: null, extra: null };
    const code = Number(match[2]);
    const extra = match[3] === undefined ? null : Number(match[3]);
    if (match[1] === 'S') return { exitCode: null, signal: code, extra };
    const isSignal = match[1] === '' && code > 128 && code <= 128 + LAST_SIGNAL;
    return isSignal ? { exitCode: null, signal: code - 128, extra } : { exitCode: code, signal: null, extra };
  }

  /** What came behind the report's line. */
  get afterReport(): Buffer {
    const { after } = this.stdout;
    return after ? after.subarray(after.indexOf(0x0a) + 1) : Buffer.alloc(0);
  }
}
