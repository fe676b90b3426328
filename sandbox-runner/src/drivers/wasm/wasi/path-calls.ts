import type { Descriptors } from './descriptors.ts';
import { WasiError } from './errno.ts';
import type { FileTree } from './file-tree.ts';
import { putFilestat, setTimes } from './filestat.ts';
import type { GuestMemory } from './memory.ts';
import { resizeFile } from './nodes.ts';
import { FDFLAG_APPEND, RIGHT_READ, RIGHT_WRITE } from './rights.ts';

const OPEN = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
const FOLLOW = 1;

/** The calls that take a path, relative to the directory that a descriptor stands for. */
export function pathCalls(memory: GuestMemory, fds: Descriptors, tree: FileTree) {
  return {
    path_create_directory: (fd: number, path: number, length: number) =>
      tree.createDir(fds.dir(fd), memory.byteString(path, length)),
    path_filestat_get: (fd: number, flags: number, path: number, length: number, out: number) =>
      putFilestat(
        memory,
        out,
        tree.existing(fds.dir(fd), memory.byteString(path, length), (flags & FOLLOW) !== 0),
      ),
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
  };
}
