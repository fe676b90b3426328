import { WasiError } from './errno.ts';
import type { GuestMemory } from './memory.ts';
import { type Node, nowNs } from './nodes.ts';

const FILETYPE = { unknown: 0, device: 2, dir: 3, file: 4, link: 7 } as const;

/** null stands for a standard stream, which looks like a pipe. */
export function filetype(node: Node | null): number {
  return node === null ? FILETYPE.unknown : FILETYPE[node.kind];
}

/** A 64-bit offset or size that a file could have; others are refused before they become numbers. */
export function offset(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new WasiError('inval');
  return Number(value);
}

export function putFilestat(memory: GuestMemory, at: number, node: Node | null): void {
  memory.slice(at, 64).fill(0);
  memory.setU64(at, 1n);
  memory.setU64(at + 8, node?.ino ?? 0n);
  memory.setU8(at + 16, filetype(node));
  memory.setU64(at + 24, BigInt(node?.links ?? 1));
  const size = node?.kind === 'file' ? node.size : node?.kind === 'link' ? node.target.length : 0;
  memory.setU64(at + 32, BigInt(size));
  memory.setU64(at + 40, node?.atime ?? 0n);
  memory.setU64(at + 48, node?.mtime ?? 0n);
  memory.setU64(at + 56, node?.mtime ?? 0n);
}

/** `flags`: 1 and 4 set the times given, 2 and 8 the present time; of access and of change. */
export function setTimes(node: Node, atime: bigint, mtime: bigint, flags: number): void {
  if (!node.volume.writable) throw new WasiError('rofs');
  const now = nowNs();
  if (flags & 1) node.atime = atime;
  if (flags & 2) node.atime = now;
  if (flags & 4) node.mtime = mtime;
  if (flags & 8) node.mtime = now;
}
