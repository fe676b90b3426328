import { Buffer } from 'node:buffer';
import { host } from './host.ts';

const MESSAGES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBADF: 'bad file descriptor',
  EEXIST: 'file already exists',
  EFBIG: 'file too large',
  EINVAL: 'invalid argument',
  EISDIR: 'illegal operation on a directory',
  ELOOP: 'too many symbolic links encountered',
  ENAMETOOLONG: 'name too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EROFS: 'read-only file system',
  EXDEV: 'cross-device link not permitted',
};

export type PathLike = string | Uint8Array | URL;

export function toPath(path: PathLike): string {
  const text =
    path instanceof URL
      ? decodeURIComponent(path.pathname)
      : typeof path === 'string'
        ? path
        : Buffer.from(path).toString();
  return text.startsWith('/') ? text : `${cwd.path}/${text}`;
}

export const cwd = { path: '/work' };

export function systemError(code: string, syscall: string, path?: string): Error {
  const where = path === undefined ? '' : ` '${path}'`;
  const error = new Error(`${code}: ${MESSAGES[code] ?? 'error'}, ${syscall}${where}`);
  return Object.assign(error, { code, syscall, ...(path === undefined ? {} : { path }) });
}

/** @throws the error that Node throws for it. */
export function fileCall<Result>(
  syscall: string,
  operation: string,
  path: PathLike,
  ...rest: unknown[]
): Result {
  const result = host.file(operation, toPath(path), ...rest);
  if (typeof result === 'object' && result !== null && 'code' in result) {
    throw systemError(String(result.code), syscall, String(path));
  }
  return result as Result;
}

export interface RawStat {
  readonly kind: 'file' | 'dir' | 'link' | 'device';
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** Text of a file, or undefined when it cannot be read. */
export function readText(path: string): string | undefined {
  const data = host.file('read', path);
  return data instanceof Uint8Array ? Buffer.from(data).toString('utf8') : undefined;
}

export function statOrUndefined(path: string): RawStat | undefined {
  const stat = host.file('stat', path, true);
  return typeof stat === 'object' && stat !== null && 'kind' in stat ? (stat as RawStat) : undefined;
}
