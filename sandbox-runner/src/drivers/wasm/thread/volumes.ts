import type { SourceFile } from '@rce/core/submission.ts';
import type { FileTree } from '../wasi/file-tree.ts';
import { deviceNode, fileNode, type Volume } from '../wasi/nodes.ts';

export const WORK_DIR = '/work';

/** The root and the interpreter's own files. */
export const READ_ONLY: Volume = { writable: false, bytesLeft: 0, inodesLeft: 0 };

/** A writable volume has one inode per 4 KiB, so that empty files cannot outgrow the quota. */
function writableVolume(bytes: number): Volume {
  return { writable: true, bytesLeft: bytes, inodesLeft: Math.ceil(bytes / 4096) };
}

/** The directories of a program: its files in /work, and /tmp; each with a quota of its own. */
export function mountProgram(tree: FileTree, files: readonly SourceFile[], diskBytes: number): void {
  const work = writableVolume(diskBytes);
  tree.mountDir(WORK_DIR, work);
  for (const file of files) {
    const data = Buffer.from(file.content, 'utf8');
    // The program may replace or delete its own files and then use their space.
    tree.mount(`${WORK_DIR}/${file.path}`, () => fileNode(work, data));
  }
  tree.mountDir('/tmp', writableVolume(diskBytes));
}

/** The longest that a number of seconds is written as. */
const MAX_NUMBER = 64;

/** A device that waits as many seconds as are written to it (see python/prepare.py). */
export function mountSleepDevice(tree: FileTree, sleep: (ms: number) => void): void {
  const write = (bytes: Uint8Array): number => {
    const seconds = Number(Buffer.from(bytes.slice(0, MAX_NUMBER)).toString('latin1'));
    if (seconds > 0) sleep(seconds * 1000);
    return bytes.length;
  };
  tree.mount('/dev/sleep', (volume) => deviceNode(volume, { read: () => 0, write }));
}

/** The devices that programs expect. */
export function mountDevices(tree: FileTree): void {
  const swallow = (bytes: Uint8Array) => bytes.length;
  const random = (into: Uint8Array) => {
    for (let at = 0; at < into.length; at += 65_536) {
      crypto.getRandomValues(into.subarray(at, at + 65_536) as Uint8Array<ArrayBuffer>);
    }
    return into.length;
  };
  const zero = (into: Uint8Array) => into.fill(0).length;
  tree.mount('/dev/null', (volume) => deviceNode(volume, { read: () => 0, write: swallow }));
  tree.mount('/dev/zero', (volume) => deviceNode(volume, { read: zero, write: swallow }));
  for (const name of ['random', 'urandom']) {
    tree.mount(`/dev/${name}`, (volume) => deviceNode(volume, { read: random, write: swallow }));
  }
}
