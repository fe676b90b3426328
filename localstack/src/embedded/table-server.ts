import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ClassicLevel } from 'classic-level';
import { errorCode, StartError } from './start-error.ts';

const require = createRequire(import.meta.url);
const dynalite: (options: { path: string; createTableMs: number }) => {
  listeners(event: 'request'): RequestListener[];
} = require('dynalite');

export interface TableAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type ServeTable = (
  body: Buffer,
  headers: IncomingHttpHeaders,
  answer: (answer: TableAnswer) => void,
) => void;

/**
 * Reading takes LevelDB microseconds; handing the question to another thread and the answer back takes up to a
 * millisecond on a machine that is not busy.
 */
Object.assign(ClassicLevel.prototype, {
  async _get(this: { _getSync(key: unknown, options: unknown): unknown }, key: unknown, options: unknown) {
    return this._getSync(key, options);
  },
});

/**
 * DynamoDB, kept in LevelDB. Its server is never opened: it would answer any page in a browser. It gets
 * whole bodies from our own endpoint instead, also because a client that breaks off in the middle of a
 * request would make it throw.
 * Nothing closes it: LevelDB has handed each write to the kernel when it answers, so it survives kill -9.
 * @throws StartError when another engine uses the folder.
 */
export async function openTables(dataDir: string): Promise<ServeTable> {
  const path = join(dataDir, 'tables');
  await assertUnused(path);
  const [handle] = dynalite({ path, createTableMs: 0 }).listeners('request');
  if (!handle) throw new Error('dynalite has no request listener');
  return (body, headers, answer) => {
    const request = Object.assign(Readable.from([body]), { method: 'POST', url: '/', headers });
    // It uses no more than these four of an IncomingMessage, and these of a ServerResponse.
    const response = {
      statusCode: 200,
      contentType: 'application/json',
      setHeader: () => {},
      end: (text = '') =>
        answer({ status: response.statusCode, contentType: response.contentType, body: text }),
    };
    handle(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  };
}

/** dynalite opens its store in the background and would answer each call with 'Database is closed'. */
async function assertUnused(path: string): Promise<void> {
  const level = new ClassicLevel(path);
  try {
    await level.open();
    await level.close();
  } catch (error) {
    const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
    if (errorCode(cause) === 'LEVEL_LOCKED') {
      throw new StartError(
        `Another engine uses the data folder ${path}. Stop it, or set RCE_DATA_DIR to another folder.`,
      );
    }
    throw new StartError(
      `The data in ${path} cannot be opened: ${String(cause)}. ` +
        'Move the folder away to begin afresh, or set RCE_DATA_DIR to another one.',
    );
  }
}
