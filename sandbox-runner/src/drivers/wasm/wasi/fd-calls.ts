import { type Descriptor, type Descriptors, readFileAt, writeFileAt } from './descriptors.ts';
import { WasiError } from './errno.ts';
import type { FileTree } from './file-tree.ts';
import { filetype, offset, putFilestat, setTimes } from './filestat.ts';
import type { GuestMemory } from './memory.ts';
import { resizeFile } from './nodes.ts';
import { FDFLAG_APPEND, RIGHT_READ, RIGHT_WRITE } from './rights.ts';

const ALL_RIGHTS = (1n << 30n) - 1n;
/** The one directory that a program is given: the root of its tree. */
const ROOT_FD = 3;

/** The calls that take a descriptor. */
export function fdCalls(memory: GuestMemory, fds: Descriptors, tree: FileTree) {
  /** Reads into the vectors in turn and stops at the first that is not filled. */
  const gather = (iovs: number, count: number, read: (into: Uint8Array) => number): number => {
    let total = 0;
    for (const part of memory.iovecs(iovs, count)) {
      const got = read(part);
      total += got;
      if (got < part.length) break;
    }
    return total;
  };
  const readAt = (descriptor: Descriptor, at: number, part: Uint8Array): number => {
    if (!descriptor.readable) throw new WasiError('badf');
    if (descriptor.source) return descriptor.source.read(part);
    const { node } = descriptor;
    if (node?.kind === 'file') return readFileAt(node, at, part);
    if (node?.kind === 'device') return node.read(part);
    throw new WasiError('isdir');
  };
  const writeAt = (descriptor: Descriptor, at: number, part: Uint8Array): number => {
    if (!descriptor.writable) throw new WasiError('badf');
    if (descriptor.sink) return descriptor.sink.write(part);
    const { node } = descriptor;
    if (node?.kind === 'file') return writeFileAt(node, descriptor.append ? node.size : at, part);
    if (node?.kind === 'device') return node.write(part);
    throw new WasiError('badf');
  };
  /** A write that fails after some bytes reports those; the next one fails at once. */
  const scatter = (descriptor: Descriptor, iovs: number, count: number, start: number): number => {
    let total = 0;
    for (const part of memory.iovecs(iovs, count)) {
      try {
        const done = writeAt(descriptor, start + total, part);
        total += done;
        if (done < part.length) break;
      } catch (error) {
        if (total === 0) throw error;
        break;
      }
    }
    return total;
  };

  return {
    fd_advise: (fd: number) => void fds.get(fd),
    fd_allocate: (fd: number, at: bigint, length: bigint) => {
      const { node, writable } = fds.file(fd);
      if (!writable) throw new WasiError('badf');
      const size = offset(at + length);
      if (size > node.size) resizeFile(node, size);
    },
    fd_close: (fd: number) => fds.close(fd),
    fd_datasync: (fd: number) => void fds.get(fd),
    fd_sync: (fd: number) => void fds.get(fd),
    fd_fdstat_get: (fd: number, out: number) => {
      const descriptor = fds.get(fd);
      memory.slice(out, 24).fill(0);
      memory.setU8(out, filetype(descriptor.node));
      memory.setU16(out + 2, descriptor.append ? FDFLAG_APPEND : 0);
      let rights = ALL_RIGHTS;
      if (descriptor.node?.kind !== 'dir') {
        if (!descriptor.readable) rights &= ~RIGHT_READ;
        if (!descriptor.writable) rights &= ~RIGHT_WRITE;
      }
      memory.setU64(out + 8, rights);
      memory.setU64(out + 16, ALL_RIGHTS);
    },
    fd_fdstat_set_flags: (fd: number, flags: number) => {
      fds.get(fd).append = (flags & FDFLAG_APPEND) !== 0;
    },
    fd_fdstat_set_rights: (fd: number) => void fds.get(fd),
    fd_filestat_get: (fd: number, out: number) => putFilestat(memory, out, fds.get(fd).node),
    fd_filestat_set_size: (fd: number, size: bigint) => {
      const { node, writable } = fds.file(fd);
      if (!writable) throw new WasiError('inval');
      resizeFile(node, offset(size));
    },
    fd_filestat_set_times: (fd: number, atime: bigint, mtime: bigint, flags: number) => {
      const { node } = fds.get(fd);
      if (node === null) throw new WasiError('inval');
      setTimes(node, atime, mtime, flags);
    },
    fd_pread: (fd: number, iovs: number, count: number, at: bigint, out: number) => {
      const descriptor = fds.file(fd);
      let position = offset(at);
      const read = (part: Uint8Array) => {
        const got = readAt(descriptor, position, part);
        position += got;
        return got;
      };
      memory.setU32(out, gather(iovs, count, read));
    },
    fd_prestat_get: (fd: number, out: number) => {
      if (fd !== ROOT_FD || fds.get(fd).node !== tree.root) throw new WasiError('badf');
      memory.setU32(out, 0);
      memory.setU32(out + 4, 1);
    },
    fd_prestat_dir_name: (fd: number, out: number, length: number) => {
      if (fd !== ROOT_FD || length < 1) throw new WasiError('inval');
      memory.setU8(out, '/'.charCodeAt(0));
    },
    fd_pwrite: (fd: number, iovs: number, count: number, at: bigint, out: number) => {
      memory.setU32(out, scatter(fds.file(fd), iovs, count, offset(at)));
    },
    fd_read: (fd: number, iovs: number, count: number, out: number) => {
      const descriptor = fds.get(fd);
      const read = (part: Uint8Array) => {
        const got = readAt(descriptor, descriptor.position, part);
        descriptor.position += got;
        return got;
      };
      memory.setU32(out, gather(iovs, count, read));
    },
    fd_readdir: (fd: number, buffer: number, length: number, cookie: bigint, out: number) => {
      const dir = fds.dir(fd);
      const descriptor = fds.get(fd);
      if (cookie === 0n || descriptor.listing === undefined) {
        descriptor.listing = [['.', dir], ['..', dir.parent], ...dir.entries];
      }
      const target = memory.slice(buffer, length);
      let used = 0;
      for (let index = offset(cookie); index < descriptor.listing.length; index++) {
        const [name, node] = descriptor.listing[index] ?? ['', dir];
        const entry = Buffer.alloc(24 + name.length);
        entry.writeBigUInt64LE(BigInt(index + 1), 0);
        entry.writeBigUInt64LE(node.ino, 8);
        entry.writeUInt32LE(name.length, 16);
        entry.writeUInt8(filetype(node), 20);
        entry.write(name, 24, 'latin1');
        const fitting = entry.subarray(0, target.length - used);
        target.set(fitting, used);
        used += fitting.length;
        // A full buffer, with a cut entry at its end, tells the program to ask again.
        if (fitting.length < entry.length) break;
      }
      memory.setU32(out, used);
    },
    fd_renumber: (from: number, to: number) => fds.renumber(from, to),
    fd_seek: (fd: number, delta: bigint, whence: number, out: number) => {
      const descriptor = fds.get(fd);
      const { node } = descriptor;
      if (node === null || node.kind === 'device') throw new WasiError('spipe');
      const bases = [0, descriptor.position, node.kind === 'file' ? node.size : 0];
      const from = bases[whence];
      if (from === undefined) throw new WasiError('inval');
      descriptor.position = offset(BigInt(from) + delta);
      memory.setU64(out, BigInt(descriptor.position));
    },
    fd_tell: (fd: number, out: number) => {
      const { node, position } = fds.get(fd);
      if (node === null || node.kind === 'device') throw new WasiError('spipe');
      memory.setU64(out, BigInt(position));
    },
    fd_write: (fd: number, iovs: number, count: number, out: number) => {
      const descriptor = fds.get(fd);
      const total = scatter(descriptor, iovs, count, descriptor.position);
      descriptor.position =
        descriptor.append && descriptor.node?.kind === 'file'
          ? descriptor.node.size
          : descriptor.position + total;
      memory.setU32(out, total);
    },
  };
}
