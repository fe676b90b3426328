/** What the host gives to the code in QuickJS. A failed call returns `{code}` where it says so. */
export interface Host {
  /** Writes to stdout (1) or stderr (2). */
  write(fd: number, data: string | Uint8Array): void;
  /** Up to `length` bytes of stdin; empty at its end. */
  readStdin(length: number): Uint8Array;
  /** Ends the program. */
  exit(code: number, outOfMemory: boolean): never;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Microseconds of processor time. */
  cpu(): number;
  /** Bytes of the memory of the virtual machine. */
  memory(): number;
  random(length: number): Uint8Array;
  /** Blocks the program. */
  sleep(ms: number): void;
  /** One operation on the file tree; see thread/guest-files.ts. */
  file(operation: string, path: string, ...rest: unknown[]): unknown;
  /** Compiles a CommonJS module to its function, or returns the error. */
  compile(path: string, source: string): CommonJsFunction | { error: unknown };
  /** Digest of the data, with a key for an HMAC; null for an algorithm that there is not. */
  hash(algorithm: string, key: Uint8Array | undefined, data: Uint8Array): Uint8Array | null;
  /** JavaScript of a TypeScript source, or why it cannot be had. */
  stripTypes(path: string, source: string): string | { error: string };
}

export type CommonJsFunction = (
  this: unknown,
  exports: unknown,
  require: unknown,
  module: unknown,
  filename: string,
  dirname: string,
) => void;

/** The host puts this on the global object; the prelude takes it off before any program runs. */
const key = '__host';
const holder = globalThis as unknown as Record<string, Host | undefined>;
const found = holder[key];
if (!found) throw new Error('no host');
delete holder[key];

export const host: Host = found;
