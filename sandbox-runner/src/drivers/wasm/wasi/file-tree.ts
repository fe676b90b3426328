import { WasiError } from './errno.ts';
import {
  chargeInode,
  type DirNode,
  dirNode,
  dropLink,
  type FileNode,
  fileNode,
  linkNode,
  type Node,
  restartInodes,
  type Volume,
} from './nodes.ts';

const MAX_PATH = 4096;
const MAX_NAME = 255;
/** As Linux: more symbolic links on the way are taken for a loop. */
const MAX_LINKS = 40;

/** Where a path leads: the directory, the last name, and the node if there is one. */
interface Location {
  readonly dir: DirNode;
  /** Empty for the directory itself (`/`, `.`, `..`). */
  readonly name: string;
  readonly node: Node | undefined;
  /** The path ended with a slash, so it must be a directory. */
  readonly wantsDir: boolean;
}

/**
 * A file system in memory. Nothing of the host is in it, so there is nothing to escape to: `..` at the
 * root stays at the root, and links are followed within the tree.
 */
export class FileTree {
  readonly root: DirNode;

  constructor(rootVolume: Volume) {
    restartInodes();
    this.root = dirNode(rootVolume);
  }

  /** Puts a directory (with its own volume, if given) into the tree while it is being set up. */
  mountDir(path: string, volume?: Volume): DirNode {
    let dir = this.root;
    const parts = path.split('/').filter((part) => part !== '');
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      let next = dir.entries.get(part);
      if (next === undefined) {
        next = dirNode((last ? volume : undefined) ?? dir.volume, dir);
        dir.entries.set(part, next);
      }
      if (next.kind !== 'dir') throw new WasiError('notdir');
      dir = next;
    }
    return dir;
  }

  /** Puts a node into the tree while it is being set up; quotas do not count it. */
  mount(path: string, make: (volume: Volume) => Node): void {
    const cut = path.lastIndexOf('/');
    const dir = this.mountDir(path.slice(0, cut));
    dir.entries.set(path.slice(cut + 1), make(dir.volume));
  }

  mountFile(path: string, data: Uint8Array): void {
    this.mount(path, (volume) => fileNode(volume, data));
  }

  /** Finds what a path names; `follow` follows a symbolic link at its end. */
  locate(start: DirNode, path: string, follow: boolean): Location {
    if (path.length === 0) throw new WasiError('noent');
    if (path.length > MAX_PATH) throw new WasiError('nametoolong');
    if (path.includes('\0')) throw new WasiError('inval');
    let links = 0;
    let dir = path.startsWith('/') ? this.root : start;
    let wantsDir = false;
    const rest = path.split('/').reverse();
    for (;;) {
      const name = rest.pop();
      if (name === undefined) return { dir, name: '', node: dir, wantsDir };
      const last = !rest.some((part) => part !== '');
      if (name === '' || name === '.') {
        if (last) return { dir, name: '', node: dir, wantsDir: true };
        continue;
      }
      if (name === '..') {
        dir = dir.parent;
        continue;
      }
      if (name.length > MAX_NAME) throw new WasiError('nametoolong');
      const node = dir.entries.get(name);
      wantsDir = last && rest.length > 0;
      if (node?.kind === 'link' && (!last || follow || wantsDir)) {
        if (++links > MAX_LINKS) throw new WasiError('loop');
        // Each link may add MAX_PATH characters; bounded by MAX_LINKS.
        rest.push(...node.target.split('/').reverse());
        if (node.target.startsWith('/')) dir = this.root;
        continue;
      }
      if (last) {
        if (wantsDir && node !== undefined && node.kind !== 'dir') throw new WasiError('notdir');
        return { dir, name, node, wantsDir };
      }
      if (node === undefined) throw new WasiError('noent');
      if (node.kind !== 'dir') throw new WasiError('notdir');
      dir = node;
    }
  }

  existing(start: DirNode, path: string, follow: boolean): Node {
    const { node } = this.locate(start, path, follow);
    if (node === undefined) throw new WasiError('noent');
    return node;
  }

  createFile(at: Location): FileNode {
    if (at.wantsDir) throw new WasiError('isdir');
    chargeInode(at.dir.volume);
    const file = fileNode(at.dir.volume, new Uint8Array());
    at.dir.entries.set(at.name, file);
    return file;
  }

  createDir(start: DirNode, path: string): void {
    const at = this.vacant(start, path);
    chargeInode(at.dir.volume);
    at.dir.entries.set(at.name, dirNode(at.dir.volume, at.dir));
  }

  createLink(start: DirNode, path: string, target: string): void {
    if (target.length === 0) throw new WasiError('noent');
    if (target.length > MAX_PATH) throw new WasiError('nametoolong');
    const at = this.vacant(start, path);
    if (at.wantsDir) throw new WasiError('noent');
    chargeInode(at.dir.volume);
    at.dir.entries.set(at.name, linkNode(at.dir.volume, target));
  }

  hardLink(from: Node, start: DirNode, path: string): void {
    if (from.kind === 'dir') throw new WasiError('perm');
    const at = this.vacant(start, path);
    if (at.dir.volume !== from.volume) throw new WasiError('xdev');
    chargeInode(at.dir.volume);
    from.links++;
    at.dir.entries.set(at.name, from);
  }

  unlink(start: DirNode, path: string): void {
    const at = this.locate(start, path, false);
    if (at.node === undefined) throw new WasiError('noent');
    if (at.node.kind === 'dir') throw new WasiError('isdir');
    if (!at.dir.volume.writable) throw new WasiError('rofs');
    at.dir.entries.delete(at.name);
    dropLink(at.node);
  }

  removeDir(start: DirNode, path: string): void {
    const at = this.locate(start, path, false);
    if (at.node === undefined) throw new WasiError('noent');
    if (at.node.kind !== 'dir') throw new WasiError('notdir');
    if (at.name === '') throw new WasiError('inval');
    if (at.node.entries.size > 0) throw new WasiError('notempty');
    if (!at.dir.volume.writable || at.node.volume !== at.dir.volume) throw new WasiError('rofs');
    at.dir.entries.delete(at.name);
    dropLink(at.node);
  }

  rename(fromStart: DirNode, fromPath: string, toStart: DirNode, toPath: string): void {
    const from = this.locate(fromStart, fromPath, false);
    const to = this.locate(toStart, toPath, false);
    const { node } = from;
    if (node === undefined) throw new WasiError('noent');
    if (from.name === '' || to.name === '') throw new WasiError('inval');
    if (!from.dir.volume.writable || !to.dir.volume.writable) throw new WasiError('rofs');
    if (from.dir.volume !== to.dir.volume || node.volume !== from.dir.volume) throw new WasiError('xdev');
    if (node === to.node) return;
    if (node.kind === 'dir') {
      for (let dir = to.dir; ; dir = dir.parent) {
        if (dir === node) throw new WasiError('inval');
        if (dir === dir.parent) break;
      }
      if (to.node !== undefined && to.node.kind !== 'dir') throw new WasiError('notdir');
      if (to.node?.kind === 'dir' && to.node.entries.size > 0) throw new WasiError('notempty');
    } else {
      if (to.node?.kind === 'dir') throw new WasiError('isdir');
      if (to.wantsDir) throw new WasiError('notdir');
    }
    if (to.node !== undefined && to.node.volume !== to.dir.volume) throw new WasiError('rofs');
    if (to.node !== undefined) dropLink(to.node);
    from.dir.entries.delete(from.name);
    to.dir.entries.set(to.name, node);
    if (node.kind === 'dir') node.parent = to.dir;
  }

  private vacant(start: DirNode, path: string): Location {
    const at = this.locate(start, path, false);
    if (at.node !== undefined) throw new WasiError('exist');
    return at;
  }
}
