import { WasiError } from './errno.ts';

/** Linux's IOV_MAX: more vectors in one call are refused, so that a call stays short. */
const MAX_IOVECS = 1024;

/**
 * The memory of the program, read and written with bounds. A pointer outside of it throws RangeError,
 * which the host answers with EFAULT. Views are made anew after the memory has grown.
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  #buffer: ArrayBufferLike;
  #view: DataView;
  #bytes: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#buffer = memory.buffer;
    this.#view = new DataView(this.#buffer);
    this.#bytes = new Uint8Array(this.#buffer);
  }

  #refresh(): void {
    if (this.#buffer === this.#memory.buffer) return;
    this.#buffer = this.#memory.buffer;
    this.#view = new DataView(this.#buffer);
    this.#bytes = new Uint8Array(this.#buffer);
  }

  /** Bytes that the program has; wasm memory never shrinks, so this is also its peak. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A view of the guest's own bytes: valid until the program runs again. */
  slice(pointer: number, length: number): Uint8Array {
    this.#refresh();
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    if (end > this.#bytes.length) throw new WasiError('fault');
    return this.#bytes.subarray(start, end);
  }

  /** Bytes as a string of bytes (latin1), as the file tree names its nodes. */
  byteString(pointer: number, length: number): string {
    if (length >>> 0 > 65_536) throw new WasiError('nametoolong');
    return Buffer.from(this.slice(pointer, length)).toString('latin1');
  }

  u8(pointer: number): number {
    this.#refresh();
    return this.#view.getUint8(pointer >>> 0);
  }

  u16(pointer: number): number {
    this.#refresh();
    return this.#view.getUint16(pointer >>> 0, true);
  }

  u32(pointer: number): number {
    this.#refresh();
    return this.#view.getUint32(pointer >>> 0, true);
  }

  u64(pointer: number): bigint {
    this.#refresh();
    return this.#view.getBigUint64(pointer >>> 0, true);
  }

  setU8(pointer: number, value: number): void {
    this.#refresh();
    this.#view.setUint8(pointer >>> 0, value);
  }

  setU16(pointer: number, value: number): void {
    this.#refresh();
    this.#view.setUint16(pointer >>> 0, value, true);
  }

  setU32(pointer: number, value: number): void {
    this.#refresh();
    this.#view.setUint32(pointer >>> 0, value, true);
  }

  setU64(pointer: number, value: bigint): void {
    this.#refresh();
    this.#view.setBigUint64(pointer >>> 0, value, true);
  }

  /** The parts of a scattered read or gathered write. */
  *iovecs(pointer: number, count: number): Generator<Uint8Array> {
    if (count >>> 0 > MAX_IOVECS) throw new WasiError('inval');
    for (let index = 0; index < count; index++) {
      const at = (pointer >>> 0) + index * 8;
      const length = this.u32(at + 4);
      if (length > 0) yield this.slice(this.u32(at), length);
    }
  }
}
