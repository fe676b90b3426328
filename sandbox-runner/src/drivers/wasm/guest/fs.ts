import { Buffer } from 'node:buffer';
import { cwd, fileCall, type PathLike, type RawStat, statOrUndefined, systemError, toPath } from './files.ts';
import { host } from './host.ts';

type Encoding = BufferEncoding | 'buffer';
type Options = Encoding | { encoding?: Encoding | null; flag?: string } | null | undefined;
type Data = string | Uint8Array;

function encodingOf(options: Options): BufferEncoding | undefined {
  const encoding = typeof options === 'object' ? options?.encoding : options;
  return encoding === 'buffer' || encoding === null ? undefined : encoding;
}

function flagOf(options: Options, fallback: string): string {
  return (typeof options === 'object' ? options?.flag : undefined) ?? fallback;
}

function toBytes(data: Data, options?: Options): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, encodingOf(options)) : data;
}

interface OpenFile {
  readonly path: string;
  readonly append: boolean;
  position: number;
}

const open = new Map<number, OpenFile>();

function openFile(fd: number, syscall: string): OpenFile {
  const file = open.get(fd);
  if (!file) throw systemError('EBADF', syscall);
  return file;
}

function readAll(path: PathLike | number): Buffer {
  if (typeof path !== 'number') return Buffer.from(fileCall<Uint8Array>('open', 'read', path));
  if (path !== 0) return Buffer.from(fileCall<Uint8Array>('read', 'read', openFile(path, 'read').path));
  const chunks: Uint8Array[] = [];
  for (let chunk = host.readStdin(65_536); chunk.length > 0; chunk = host.readStdin(65_536))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

class Stats {
  readonly size: number;
  readonly ino: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly mtime: Date;
  readonly #kind: RawStat['kind'];

  constructor(raw: RawStat) {
    this.size = raw.size;
    this.ino = raw.ino;
    this.mode = { file: 0o100644, dir: 0o40755, link: 0o120777, device: 0o20666 }[raw.kind];
    this.mtimeMs = raw.mtimeMs;
    this.mtime = new Date(raw.mtimeMs);
    this.#kind = raw.kind;
  }

  isFile(): boolean {
    return this.#kind === 'file';
  }
  isDirectory(): boolean {
    return this.#kind === 'dir';
  }
  isSymbolicLink(): boolean {
    return this.#kind === 'link';
  }
  isCharacterDevice(): boolean {
    return this.#kind === 'device';
  }
}

class Dirent extends Stats {
  readonly name: string;
  readonly parentPath: string;

  constructor(parentPath: string, name: string, raw: RawStat) {
    super(raw);
    this.parentPath = parentPath;
    this.name = name;
  }
}

function writeFile(path: PathLike | number, data: Data, options: Options, flag: string): void {
  const plain = typeof data === 'string' && encodingOf(options) === undefined;
  // The host encodes text as UTF-8, and faster.
  const content = plain ? data : toBytes(data, options);
  if (typeof path === 'number') {
    sync.writeSync(path, content);
    return;
  }
  fileCall('open', 'write', path, content, flagOf(options, flag));
}

const sync = {
  readFileSync(path: PathLike | number, options?: Options): Buffer | string {
    const data = readAll(path);
    const encoding = encodingOf(options);
    return encoding === undefined ? data : data.toString(encoding);
  },
  writeFileSync: (path: PathLike | number, data: Data, options?: Options) =>
    writeFile(path, data, options, 'w'),
  appendFileSync: (path: PathLike | number, data: Data, options?: Options) =>
    writeFile(path, data, options, 'a'),
  existsSync: (path: PathLike): boolean => statOrUndefined(toPath(path)) !== undefined,
  accessSync: (path: PathLike): void => void fileCall('access', 'stat', path, true),
  statSync(path: PathLike, options?: { throwIfNoEntry?: boolean }): Stats | undefined {
    if (options?.throwIfNoEntry === false && !sync.existsSync(path)) return undefined;
    return new Stats(fileCall<RawStat>('stat', 'stat', path, true));
  },
  lstatSync: (path: PathLike): Stats => new Stats(fileCall<RawStat>('lstat', 'stat', path, false)),
  fstatSync(fd: number): Stats {
    if (fd >= 0 && fd <= 2) return new Stats({ kind: 'device', size: 0, mtimeMs: 0, ino: fd });
    return new Stats(fileCall<RawStat>('fstat', 'stat', openFile(fd, 'fstat').path, true));
  },
  readdirSync(path: PathLike, options?: { withFileTypes?: boolean } | string): (string | Dirent)[] {
    const names = fileCall<string[]>('scandir', 'list', path);
    if (typeof options !== 'object' || !options.withFileTypes) return names;
    const parent = toPath(path);
    return names.map(
      (name) => new Dirent(parent, name, fileCall<RawStat>('lstat', 'stat', `${parent}/${name}`, false)),
    );
  },
  mkdirSync(path: PathLike, options?: { recursive?: boolean } | number): string | undefined {
    if (typeof options !== 'object' || !options.recursive) {
      fileCall('mkdir', 'mkdir', path);
      return undefined;
    }
    let made: string | undefined;
    let at = '';
    for (const part of toPath(path)
      .split('/')
      .filter((name) => name !== '')) {
      at += `/${part}`;
      const stat = statOrUndefined(at);
      if (stat && stat.kind !== 'dir') throw systemError('ENOTDIR', 'mkdir', String(path));
      if (stat) continue;
      fileCall('mkdir', 'mkdir', at);
      made ??= at;
    }
    return made;
  },
  unlinkSync: (path: PathLike): void => fileCall('unlink', 'unlink', path),
  rmdirSync: (path: PathLike): void => fileCall('rmdir', 'rmdir', path),
  rmSync(path: PathLike, options?: { recursive?: boolean; force?: boolean }): void {
    const target = toPath(path);
    const raw = host.file('stat', target, false) as RawStat | { code: string };
    if ('code' in raw) {
      if (options?.force) return;
      throw systemError(raw.code, 'rm', String(path));
    }
    if (raw.kind !== 'dir') {
      sync.unlinkSync(target);
      return;
    }
    if (!options?.recursive) throw systemError('EISDIR', 'rm', String(path));
    for (const name of sync.readdirSync(target)) sync.rmSync(`${target}/${name}`, options);
    sync.rmdirSync(target);
  },
  renameSync: (from: PathLike, to: PathLike): void => fileCall('rename', 'rename', from, toPath(to)),
  copyFileSync: (from: PathLike, to: PathLike): void => sync.writeFileSync(to, sync.readFileSync(from)),
  symlinkSync: (target: PathLike, path: PathLike): void =>
    fileCall('symlink', 'symlink', path, String(target)),
  readlinkSync: (path: PathLike): string => fileCall('readlink', 'readlink', path),
  realpathSync: (path: PathLike): string => {
    fileCall('realpath', 'stat', path, true);
    return new URL(`file://${toPath(path)}`).pathname;
  },
  truncateSync(path: PathLike, length = 0): void {
    const data = readAll(path).subarray(0, length);
    sync.writeFileSync(path, Buffer.concat([data, Buffer.alloc(length - data.length)]));
  },
  chmodSync: (path: PathLike): void => sync.accessSync(path),
  utimesSync: (path: PathLike): void => sync.accessSync(path),
  openSync(path: PathLike, flags: string | number = 'r'): number {
    const mode = String(flags);
    const target = toPath(path);
    if (mode.startsWith('r')) fileCall('open', 'read', target);
    else fileCall('open', 'write', target, new Uint8Array(), mode);
    let fd = 3;
    while (open.has(fd)) fd++;
    open.set(fd, { path: target, append: mode.startsWith('a'), position: 0 });
    return fd;
  },
  closeSync(fd: number): void {
    if (fd > 2) openFile(fd, 'close');
    open.delete(fd);
  },
  readSync(
    fd: number,
    buffer: Uint8Array,
    offsetOrOptions: number | { offset?: number; length?: number; position?: number | null } = 0,
    lengthGiven?: number,
    positionGiven?: number | null,
  ): number {
    const given =
      typeof offsetOrOptions === 'object'
        ? offsetOrOptions
        : { offset: offsetOrOptions, length: lengthGiven, position: positionGiven };
    const offset = given.offset ?? 0;
    const length = Math.min(given.length ?? buffer.byteLength - offset, buffer.byteLength - offset);
    let chunk: Uint8Array;
    if (fd === 0) {
      chunk = host.readStdin(length);
    } else {
      const file = openFile(fd, 'read');
      const at = given.position ?? file.position;
      chunk = fileCall<Uint8Array>('read', 'readAt', file.path, at, length);
      if (typeof given.position !== 'number') file.position += chunk.length;
    }
    buffer.set(chunk, offset);
    return chunk.length;
  },
  writeSync(fd: number, data: Data, offset?: number, length?: number, position?: number | null): number {
    const whole = toBytes(data);
    const bytes =
      typeof data === 'string'
        ? whole
        : whole.subarray(offset ?? 0, (offset ?? 0) + (length ?? whole.length));
    if (fd === 1 || fd === 2) {
      host.write(fd, bytes);
      return bytes.length;
    }
    const file = openFile(fd, 'write');
    const at = file.append ? -1 : (position ?? file.position);
    fileCall('write', 'writeAt', file.path, bytes, at);
    file.position += bytes.length;
    return bytes.length;
  },
  fsyncSync: (fd: number): void => void openFile(fd, 'fsync'),
  mkdtempSync(prefix: string): string {
    const path = prefix + Buffer.from(host.random(3)).toString('hex');
    sync.mkdirSync(path);
    return path;
  },
};

type AnyFunction = (...args: never[]) => unknown;

/** `readFile(…, callback)` and `promises.readFile(…)` from `readFileSync(…)`. */
function asynchronous(): { callbacks: Record<string, AnyFunction>; promises: Record<string, AnyFunction> } {
  const callbacks: Record<string, AnyFunction> = {};
  const promises: Record<string, AnyFunction> = {};
  for (const [name, call] of Object.entries(sync)) {
    const plain = name.replace(/Sync$/, '');
    const run = call as (...args: unknown[]) => unknown;
    promises[plain] = async (...args: unknown[]) => run(...args);
    callbacks[plain] = (...args: unknown[]) => {
      const callback = args.pop();
      if (typeof callback !== 'function') throw new TypeError('The "cb" argument must be of type function');
      setImmediate(() => {
        let result: unknown;
        try {
          result = run(...args);
        } catch (error) {
          return callback(error);
        }
        return plain === 'exists' ? callback(result) : callback(null, result);
      });
    };
  }
  return { callbacks, promises };
}

const { callbacks, promises } = asynchronous();

export const fs = {
  ...sync,
  ...callbacks,
  promises,
  constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 },
  Stats,
  Dirent,
};
export { cwd, promises as fsPromises };
