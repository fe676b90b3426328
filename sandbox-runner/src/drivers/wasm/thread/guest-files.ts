import { readFileAt, writeFileAt } from '../wasi/descriptors.ts';
import { WasiError } from '../wasi/errno.ts';
import type { FileTree } from '../wasi/file-tree.ts';
import { type FileNode, type Node, resizeFile } from '../wasi/nodes.ts';

/** A result that the code in QuickJS turns into a thrown system error. */
export interface FileFailure {
  readonly code: string;
}

/** Operations on the file tree for `node:fs` in QuickJS, where there are no WASI calls. */
export class GuestFiles {
  readonly #tree: FileTree;

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  call(operation: string, path: string, rest: readonly unknown[]): unknown {
    try {
      return this.#perform(operation, bytes(path), rest);
    } catch (error) {
      if (!(error instanceof WasiError)) throw error;
      return { code: `E${error.code.toUpperCase()}` } satisfies FileFailure;
    }
  }

  #perform(operation: string, path: string, rest: readonly unknown[]): unknown {
    const tree = this.#tree;
    const [first, second] = rest;
    switch (operation) {
      case 'read': {
        const node = tree.existing(tree.root, path, true);
        if (node.kind === 'dir') throw new WasiError('isdir');
        if (node.kind !== 'file') return new Uint8Array();
        return node.data.slice(0, node.size);
      }
      case 'readAt': {
        const file = this.#file(path);
        const into = new Uint8Array(Math.min(count(second), Math.max(0, file.size - count(first))));
        readFileAt(file, count(first), into);
        return into;
      }
      case 'write':
        return this.#write(path, data(first), String(second));
      case 'writeAt': {
        const file = this.#file(path);
        writeAll(file, second === -1 ? file.size : count(second), data(first));
        return undefined;
      }
      case 'stat': {
        const node = tree.existing(tree.root, path, first === true);
        const size = node.kind === 'file' ? node.size : 0;
        return { kind: node.kind, size, mtimeMs: Number(node.mtime / 1_000_000n), ino: Number(node.ino) };
      }
      case 'list': {
        const node = tree.existing(tree.root, path, true);
        if (node.kind !== 'dir') throw new WasiError('notdir');
        return [...node.entries.keys()].map(text).toSorted();
      }
      case 'mkdir':
        return tree.createDir(tree.root, path);
      case 'unlink':
        return tree.unlink(tree.root, path);
      case 'rmdir':
        return tree.removeDir(tree.root, path);
      case 'rename':
        return tree.rename(tree.root, path, tree.root, bytes(String(first)));
      case 'symlink':
        return tree.createLink(tree.root, path, bytes(String(first)));
      case 'readlink': {
        const node = tree.existing(tree.root, path, false);
        if (node.kind !== 'link') throw new WasiError('inval');
        return text(node.target);
      }
      default:
        throw new WasiError('nosys');
    }
  }

  #file(path: string): FileNode {
    const node: Node = this.#tree.existing(this.#tree.root, path, true);
    if (node.kind === 'dir') throw new WasiError('isdir');
    if (node.kind !== 'file') throw new WasiError('inval');
    return node;
  }

  #write(path: string, content: Uint8Array, flag: string): void {
    const tree = this.#tree;
    const at = tree.locate(tree.root, path, true);
    if (at.node !== undefined && flag.includes('x')) throw new WasiError('exist');
    if (at.node?.kind === 'device') return;
    if (at.node === undefined && flag.startsWith('r')) throw new WasiError('noent');
    const file = at.node === undefined ? tree.createFile(at) : this.#file(path);
    if (flag.startsWith('w')) resizeFile(file, 0);
    writeAll(file, flag.startsWith('a') ? file.size : 0, content);
  }
}

function writeAll(file: FileNode, position: number, content: Uint8Array): void {
  const done = writeFileAt(file, position, content);
  if (done < content.length) throw new WasiError('nospc');
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new WasiError('inval');
  return value;
}

function data(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (!(value instanceof Uint8Array)) throw new WasiError('inval');
  return value;
}

/** The tree's names are strings of bytes. */
function bytes(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

function text(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}
