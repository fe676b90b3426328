import { WasiError } from './errno.ts';

/**
 * A part of the file tree with its own quota. What a program may write is bounded here, since the
 * files live in the memory of the engine's process, outside the memory limit of the program.
 */
export interface Volume {
  readonly writable: boolean;
  bytesLeft: number;
  inodesLeft: number;
}

interface NodeBase {
  readonly ino: bigint;
  readonly volume: Volume;
  links: number;
  /** Nanoseconds since 1970. */
  mtime: bigint;
  atime: bigint;
}

export interface FileNode extends NodeBase {
  readonly kind: 'file';
  /** Capacity; what lies behind `size` is not part of the file. */
  data: Uint8Array;
  size: number;
}

export interface DirNode extends NodeBase {
  readonly kind: 'dir';
  /** Names are strings of bytes (latin1), so that each sequence of bytes is a name of its own. */
  readonly entries: Map<string, Node>;
  parent: DirNode;
}

export interface LinkNode extends NodeBase {
  readonly kind: 'link';
  readonly target: string;
}

/** A character device such as /dev/null. */
export interface DeviceNode extends NodeBase {
  readonly kind: 'device';
  /** Fills the start of `into`; returns the number of bytes, 0 at the end. */
  readonly read: (into: Uint8Array) => number;
  readonly write: (bytes: Uint8Array) => number;
}

export type Node = FileNode | DirNode | LinkNode | DeviceNode;

let lastIno = 0n;

/** For a new tree: the numbers of its inodes must not tell how many there were in the one before. */
export function restartInodes(): void {
  lastIno = 0n;
}

export function nowNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

function base(volume: Volume): Omit<NodeBase, 'kind'> {
  const now = nowNs();
  lastIno += 1n;
  return { ino: lastIno, volume, links: 1, mtime: now, atime: now };
}

export function fileNode(volume: Volume, data: Uint8Array): FileNode {
  return { ...base(volume), kind: 'file', data, size: data.length };
}

export function linkNode(volume: Volume, target: string): LinkNode {
  return { ...base(volume), kind: 'link', target };
}

export function deviceNode(volume: Volume, device: Pick<DeviceNode, 'read' | 'write'>): DeviceNode {
  return { ...base(volume), kind: 'device', ...device };
}

/** A directory; without a parent it is the root, which is its own parent. */
export function dirNode(volume: Volume, parent?: DirNode): DirNode {
  const node = { ...base(volume), kind: 'dir' as const, entries: new Map<string, Node>() };
  return Object.assign(node, { parent: parent ?? (node as unknown as DirNode) });
}

/** Takes an inode from the volume's quota. */
export function chargeInode(volume: Volume): void {
  if (!volume.writable) throw new WasiError('rofs');
  if (volume.inodesLeft <= 0) throw new WasiError('nospc');
  volume.inodesLeft--;
}

/** Sets the size of a file, within the quota; new bytes are zero. */
export function resizeFile(file: FileNode, size: number): void {
  const { volume } = file;
  if (!volume.writable) throw new WasiError('rofs');
  const more = size - file.size;
  if (more > volume.bytesLeft) throw new WasiError(size > 2 ** 32 ? 'fbig' : 'nospc');
  if (size > file.data.length) {
    // Doubling keeps appends linear; never beyond what the quota could still fill.
    const capacity = Math.min(Math.max(size, file.data.length * 2, 256), size + volume.bytesLeft - more);
    const grown = new Uint8Array(Math.max(size, capacity));
    grown.set(file.data.subarray(0, file.size));
    file.data = grown;
  } else if (more < 0) {
    if (size * 4 < file.data.length) file.data = file.data.slice(0, size);
    else file.data.fill(0, size, file.size);
  }
  volume.bytesLeft -= more;
  file.size = size;
}

/** One name less; the last one gives the space back. A file that is still open keeps its bytes. */
export function dropLink(node: Node): void {
  node.links--;
  node.volume.inodesLeft++;
  if (node.kind === 'file' && node.links === 0) releaseIfUnused(node);
}

/** How many descriptors hold a file that has no name any more. */
const openCounts = new WeakMap<Node, number>();

export function retain(node: Node): void {
  openCounts.set(node, (openCounts.get(node) ?? 0) + 1);
}

export function release(node: Node): void {
  openCounts.set(node, (openCounts.get(node) ?? 1) - 1);
  if (node.kind === 'file' && node.links === 0) releaseIfUnused(node);
}

function releaseIfUnused(file: FileNode): void {
  if ((openCounts.get(file) ?? 0) > 0 || file.size === 0) return;
  file.volume.bytesLeft += file.size;
  file.size = 0;
  file.data = new Uint8Array();
}
