import { WasiError } from './errno.ts';
import type { Node } from './nodes.ts';
import { type DirNode, type FileNode, nowNs, release, resizeFile, retain } from './nodes.ts';

/** As a container's usual nofile limit in small. */
const MAX_DESCRIPTORS = 256;

export interface ByteSource {
  /** Fills the start of `into`; 0 at the end. */
  read(into: Uint8Array): number;
}

export interface ByteSink {
  write(bytes: Uint8Array): number;
}

/** An open file, directory, device or standard stream. */
export interface Descriptor {
  /** null for the standard streams. */
  readonly node: Node | null;
  readonly readable: boolean;
  readonly writable: boolean;
  append: boolean;
  position: number;
  /** The listing that an unfinished fd_readdir goes on with. */
  listing?: readonly (readonly [string, Node])[];
  readonly source?: ByteSource;
  readonly sink?: ByteSink;
}

export class Descriptors {
  readonly #open = new Map<number, Descriptor>();

  get(fd: number): Descriptor {
    const found = this.#open.get(fd);
    if (found === undefined) throw new WasiError('badf');
    return found;
  }

  dir(fd: number): DirNode {
    const { node } = this.get(fd);
    if (node?.kind !== 'dir') throw new WasiError('notdir');
    return node;
  }

  file(fd: number): Descriptor & { readonly node: FileNode } {
    const descriptor = this.get(fd);
    const { node } = descriptor;
    if (node?.kind === 'dir') throw new WasiError('isdir');
    if (node?.kind !== 'file') throw new WasiError('spipe');
    return descriptor as Descriptor & { readonly node: FileNode };
  }

  /** Takes the lowest free number, as POSIX asks. */
  open(descriptor: Descriptor): number {
    if (this.#open.size >= MAX_DESCRIPTORS) throw new WasiError('mfile');
    let fd = 0;
    while (this.#open.has(fd)) fd++;
    this.#open.set(fd, descriptor);
    if (descriptor.node !== null) retain(descriptor.node);
    return fd;
  }

  close(fd: number): void {
    const { node } = this.get(fd);
    this.#open.delete(fd);
    if (node !== null) release(node);
  }

  renumber(from: number, to: number): void {
    const descriptor = this.get(from);
    if (from === to) return;
    if (this.#open.has(to)) this.close(to);
    else if (to < 0 || to >= MAX_DESCRIPTORS) throw new WasiError('badf');
    this.#open.delete(from);
    this.#open.set(to, descriptor);
  }
}

/** Reads at `position`; returns the number of bytes. */
export function readFileAt(file: FileNode, position: number, into: Uint8Array): number {
  const end = Math.min(position + into.length, file.size);
  if (position >= end) return 0;
  into.set(file.data.subarray(position, end));
  return end - position;
}

/** Writes at `position`, growing the file within its quota: what fits, or ENOSPC when nothing does. */
export function writeFileAt(file: FileNode, position: number, bytes: Uint8Array): number {
  if (!file.volume.writable) throw new WasiError('rofs');
  if (bytes.length === 0) return 0;
  const room = file.size + file.volume.bytesLeft - position;
  const fitting = Math.min(bytes.length, room);
  if (fitting <= 0) throw new WasiError('nospc');
  if (position + fitting > file.size) resizeFile(file, position + fitting);
  file.data.set(bytes.subarray(0, fitting), position);
  file.mtime = nowNs();
  return fitting;
}
