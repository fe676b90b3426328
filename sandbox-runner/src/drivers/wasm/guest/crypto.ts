import { Buffer } from 'node:buffer';
import { host } from './host.ts';

type Data = string | Uint8Array;

function toBytes(data: Data, encoding?: BufferEncoding): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, encoding) : data;
}

/** What createHash and createHmac return. */
class Hash {
  readonly #algorithm: string;
  readonly #key: Uint8Array | undefined;
  readonly #chunks: Uint8Array[] = [];

  constructor(algorithm: string, key?: Uint8Array) {
    this.#algorithm = algorithm.toLowerCase().replace('-', '');
    this.#key = key;
    if (!host.hash(this.#algorithm, key, new Uint8Array())) throw new Error('Digest method not supported');
  }

  update(data: Data, encoding?: BufferEncoding): this {
    this.#chunks.push(toBytes(data, encoding).slice());
    return this;
  }

  digest(encoding?: BufferEncoding): Buffer | string {
    const digest = host.hash(this.#algorithm, this.#key, Buffer.concat(this.#chunks)) ?? new Uint8Array();
    return encoding === undefined ? Buffer.from(digest) : Buffer.from(digest).toString(encoding);
  }
}

/** Bytes that the host gives at once. */
const RANDOM_AT_ONCE = 65_536;

function randomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += RANDOM_AT_ONCE)
    bytes.set(host.random(Math.min(RANDOM_AT_ONCE, length - at)), at);
  return bytes;
}

function randomUUID(): string {
  const bytes = host.random(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function randomInt(low: number, high?: number): number {
  const [from, to] = high === undefined ? [0, low] : [low, high];
  // 48 bits, so that the bias of the remainder is out of reach.
  return from + (Buffer.from(host.random(6)).readUIntBE(0, 6) % (to - from));
}

const copied = Math.random;
let shift = 0;
Object.defineProperty(Math, 'random', {
  value: function random(): number {
    return (copied() + shift) % 1;
  },
  writable: true,
  configurable: true,
});

/** All programs begin with copies of one generator, which the engine started: each is to have numbers of its own. */
export function setRandomApart(): void {
  shift = Buffer.from(host.random(6)).readUIntBE(0, 6) / 2 ** 48;
}

export const webCrypto = {
  randomUUID,
  getRandomValues<View extends ArrayBufferView>(view: View): View {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    if (bytes.length > RANDOM_AT_ONCE)
      throw new RangeError(`The requested length exceeds ${RANDOM_AT_ONCE} bytes`);
    bytes.set(host.random(bytes.length));
    return view;
  },
};

export const crypto = {
  ...webCrypto,
  webcrypto: webCrypto,
  randomBytes,
  randomInt,
  createHash: (algorithm: string) => new Hash(algorithm),
  createHmac: (algorithm: string, key: Data) => new Hash(algorithm, toBytes(key)),
};
