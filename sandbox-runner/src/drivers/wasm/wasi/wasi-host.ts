import { type Descriptor, Descriptors, readFileAt, writeFileAt } from './descriptors.ts';
import { ERRNO, WasiError } from './errno.ts';
import type { FileTree } from './file-tree.ts';
import type { GuestMemory } from './memory.ts';
import { type Node, nowNs, resizeFile } from './nodes.ts';

export interface WasiOptions {
  readonly memory: GuestMemory;
  readonly tree: FileTree;
  /** Asked for when the program starts. */
  readonly args: () => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: (into: Uint8Array) => number;
  readonly stdout: (bytes: Uint8Array) => number;
  readonly stderr: (bytes: Uint8Array) => number;
  /** Blocks this thread. */
  readonly sleep: (ms: number) => void;
  /** The program has ended; must not return. */
  readonly exit: (code: number) => never;
  /** Processor time of the program so far, in nanoseconds. */
  readonly cpuTimeNs: () => bigint;
}

const FILETYPE = { unknown: 0, device: 2, dir: 3, file: 4, link: 7 } as const;
const OPEN = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
const FDFLAG_APPEND = 1;
const FOLLOW = 1;
const RIGHT_READ = 1n << 1n;
const RIGHT_WRITE = 1n << 6n;
const ALL_RIGHTS = (1n << 30n) - 1n;
const CLOCK = { realtime: 0, monotonic: 1, processCpu: 2, threadCpu: 3 } as const;
const EVENT = { clock: 0, read: 1, write: 2 } as const;
const MAX_SUBSCRIPTIONS = 256;
/** Atomics.wait takes any number of milliseconds; the wall limit ends the program long before. */
const MAX_SLEEP_MS = 24 * 60 * 60 * 1000;
const ROOT_FD = 3;

type Call = (...args: never[]) => void;

function filetype(node: Node | null): number {
  return node === null ? FILETYPE.unknown : FILETYPE[node.kind];
}

/** A 64-bit offset or size that a file could have; others are refused before they become numbers. */
function offset(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new WasiError('inval');
  return Number(value);
}

/**
 * wasi_snapshot_preview1 on a file tree in memory. There is no call here that reaches the host's files,
 * processes or network: what is not in the tree does not exist for the program.
 */
export function wasiImports(options: WasiOptions): Record<string, WebAssembly.ImportValue> {
  const { memory, tree } = options;
  const fds = new Descriptors();
  const stream = { node: null, append: false, position: 0 };
  fds.open({ ...stream, readable: true, writable: false, source: { read: options.stdin } });
  fds.open({ ...stream, readable: false, writable: true, sink: { write: options.stdout } });
  fds.open({ ...stream, readable: false, writable: true, sink: { write: options.stderr } });
  fds.open({ node: tree.root, readable: true, writable: false, append: false, position: 0 });

  const strings = (texts: readonly string[]) => texts.map((text) => Buffer.from(`${text}\0`, 'utf8'));
  const env = strings(Object.entries(options.env).map(([name, value]) => `${name}=${value}`));

  const putStrings = (values: readonly Buffer[], pointers: number, buffer: number) => {
    let at = buffer >>> 0;
    for (const [index, value] of values.entries()) {
      memory.setU32(pointers + index * 4, at);
      memory.slice(at, value.length).set(value);
      at += value.length;
    }
  };
  const putSizes = (values: readonly Buffer[], count: number, size: number) => {
    memory.setU32(count, values.length);
    memory.setU32(
      size,
      values.reduce((sum, value) => sum + value.length, 0),
    );
  };
  const putFilestat = (at: number, node: Node | null) => {
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
  };
  const clock = (id: number): bigint => {
    if (id === CLOCK.realtime) return nowNs();
    if (id === CLOCK.monotonic) return BigInt(Math.round(performance.now() * 1e6));
    if (id === CLOCK.processCpu || id === CLOCK.threadCpu) return options.cpuTimeNs();
    throw new WasiError('inval');
  };
  const setTimes = (node: Node, atime: bigint, mtime: bigint, flags: number) => {
    if (!node.volume.writable) throw new WasiError('rofs');
    const now = nowNs();
    if (flags & 1) node.atime = atime;
    if (flags & 2) node.atime = now;
    if (flags & 4) node.mtime = mtime;
    if (flags & 8) node.mtime = now;
  };

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

  const calls = {
    args_sizes_get: (count: number, size: number) => putSizes(strings(options.args()), count, size),
    args_get: (pointers: number, buffer: number) => putStrings(strings(options.args()), pointers, buffer),
    environ_sizes_get: (count: number, size: number) => putSizes(env, count, size),
    environ_get: (pointers: number, buffer: number) => putStrings(env, pointers, buffer),
    clock_res_get: (id: number, out: number) => {
      clock(id);
      memory.setU64(out, 1000n);
    },
    clock_time_get: (id: number, _precision: bigint, out: number) => memory.setU64(out, clock(id)),

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
    fd_filestat_get: (fd: number, out: number) => putFilestat(out, fds.get(fd).node),
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

    path_create_directory: (fd: number, path: number, length: number) =>
      tree.createDir(fds.dir(fd), memory.byteString(path, length)),
    path_filestat_get: (fd: number, flags: number, path: number, length: number, out: number) =>
      putFilestat(out, tree.existing(fds.dir(fd), memory.byteString(path, length), (flags & FOLLOW) !== 0)),
    path_filestat_set_times: (
      fd: number,
      flags: number,
      path: number,
      length: number,
      atime: bigint,
      mtime: bigint,
      which: number,
    ) =>
      setTimes(
        tree.existing(fds.dir(fd), memory.byteString(path, length), (flags & FOLLOW) !== 0),
        atime,
        mtime,
        which,
      ),
    path_link: (
      fromFd: number,
      flags: number,
      from: number,
      fromLength: number,
      toFd: number,
      to: number,
      toLength: number,
    ) => {
      const follow = (flags & FOLLOW) !== 0;
      const node = tree.existing(fds.dir(fromFd), memory.byteString(from, fromLength), follow);
      tree.hardLink(node, fds.dir(toFd), memory.byteString(to, toLength));
    },
    path_open: (
      fd: number,
      lookup: number,
      path: number,
      length: number,
      oflags: number,
      rights: bigint,
      _inherited: bigint,
      flags: number,
      out: number,
    ) => {
      const exclusive = (oflags & OPEN.exclusive) !== 0;
      const follow = (lookup & FOLLOW) !== 0 && !exclusive;
      const at = tree.locate(fds.dir(fd), memory.byteString(path, length), follow);
      const writable = (rights & RIGHT_WRITE) !== 0n;
      let { node } = at;
      if (node === undefined) {
        if (!(oflags & OPEN.create) || oflags & OPEN.directory) throw new WasiError('noent');
        node = tree.createFile(at);
      } else {
        if (oflags & OPEN.create && exclusive) throw new WasiError('exist');
        if (oflags & OPEN.directory && node.kind !== 'dir') throw new WasiError('notdir');
        if (node.kind === 'link') throw new WasiError('loop');
        if (node.kind === 'dir' && oflags & (OPEN.create | OPEN.truncate)) throw new WasiError('isdir');
        if (node.kind === 'file' && writable && !node.volume.writable) throw new WasiError('rofs');
        if (node.kind === 'file' && oflags & OPEN.truncate) resizeFile(node, 0);
      }
      const readable = (rights & RIGHT_READ) !== 0n;
      memory.setU32(
        out,
        fds.open({ node, readable, writable, append: (flags & FDFLAG_APPEND) !== 0, position: 0 }),
      );
    },
    path_readlink: (fd: number, path: number, length: number, buffer: number, size: number, out: number) => {
      const node = tree.existing(fds.dir(fd), memory.byteString(path, length), false);
      if (node.kind !== 'link') throw new WasiError('inval');
      const target = Buffer.from(node.target, 'latin1').subarray(0, size >>> 0);
      memory.slice(buffer, target.length).set(target);
      memory.setU32(out, target.length);
    },
    path_remove_directory: (fd: number, path: number, length: number) =>
      tree.removeDir(fds.dir(fd), memory.byteString(path, length)),
    path_rename: (
      fromFd: number,
      from: number,
      fromLength: number,
      toFd: number,
      to: number,
      toLength: number,
    ) =>
      tree.rename(
        fds.dir(fromFd),
        memory.byteString(from, fromLength),
        fds.dir(toFd),
        memory.byteString(to, toLength),
      ),
    path_symlink: (target: number, targetLength: number, fd: number, path: number, length: number) =>
      tree.createLink(fds.dir(fd), memory.byteString(path, length), memory.byteString(target, targetLength)),
    path_unlink_file: (fd: number, path: number, length: number) =>
      tree.unlink(fds.dir(fd), memory.byteString(path, length)),

    poll_oneoff: (subscriptions: number, events: number, count: number, out: number) => {
      if (count < 1 || count > MAX_SUBSCRIPTIONS) throw new WasiError('inval');
      const timers: { userdata: bigint; ms: number }[] = [];
      const ready: { userdata: bigint; type: number; errno: number }[] = [];
      for (let index = 0; index < count; index++) {
        const at = subscriptions + index * 48;
        const userdata = memory.u64(at);
        const type = memory.u8(at + 8);
        if (type === EVENT.clock) {
          const id = memory.u32(at + 16);
          const timeout = memory.u64(at + 24);
          const absolute = (memory.u16(at + 40) & 1) !== 0;
          const left = absolute ? timeout - clock(id) : timeout;
          timers.push({ userdata, ms: Math.min(Math.max(Number(left) / 1e6, 0), MAX_SLEEP_MS) });
        } else if (type === EVENT.read || type === EVENT.write) {
          // Files and streams never block here: the whole of stdin is known from the start.
          ready.push({ userdata, type, errno: descriptorErrno(fds, memory.u32(at + 16)) });
        } else {
          throw new WasiError('inval');
        }
      }
      if (ready.length === 0) {
        const wait = Math.min(...timers.map((timer) => timer.ms));
        options.sleep(wait);
        for (const timer of timers) {
          if (timer.ms <= wait) ready.push({ userdata: timer.userdata, type: EVENT.clock, errno: 0 });
        }
      }
      for (const [index, event] of ready.entries()) {
        const at = events + index * 32;
        memory.slice(at, 32).fill(0);
        memory.setU64(at, event.userdata);
        memory.setU16(at + 8, event.errno);
        memory.setU8(at + 10, event.type);
        if (event.type !== EVENT.clock) memory.setU64(at + 16, 1n);
      }
      memory.setU32(out, ready.length);
    },
    proc_exit: (code: number) => options.exit(code),
    random_get: (pointer: number, length: number) => {
      const bytes = memory.slice(pointer, length);
      // getRandomValues takes at most 64 KiB a call.
      for (let at = 0; at < bytes.length; at += 65_536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65_536) as Uint8Array<ArrayBuffer>);
      }
    },
    sched_yield: () => undefined,
    sock_accept: () => refuse(),
    sock_recv: () => refuse(),
    sock_send: () => refuse(),
    sock_shutdown: () => refuse(),
  } satisfies Record<string, Call>;

  return Object.fromEntries(
    Object.entries<Call>(calls).map(([name, call]) => [name, guarded(call as (...args: unknown[]) => void)]),
  );
}

function refuse(): never {
  throw new WasiError('notsup');
}

function descriptorErrno(fds: Descriptors, fd: number): number {
  try {
    fds.get(fd);
    return ERRNO.success;
  } catch {
    return ERRNO.badf;
  }
}

/** Turns what a call throws into its error number. */
function guarded(call: (...args: unknown[]) => void): (...args: unknown[]) => number {
  return (...args) => {
    try {
      call(...args);
      return ERRNO.success;
    } catch (error) {
      if (error instanceof WasiError) return ERRNO[error.code];
      // A pointer outside of the program's memory.
      if (error instanceof RangeError) return ERRNO.fault;
      throw error;
    }
  };
}
