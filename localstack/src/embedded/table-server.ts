import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ClassicLevel } from 'classic-level';
import { errorCode, StartError } from './start-error.ts';

const require = createRequire(import.meta.url);
const dynalite: (options: { path: string; createTableMs: number }) => {
  listeners(event: 'request'): RequestListener[];
} = require('dynalite');

export type ServeTable = (body: Buffer, headers: IncomingHttpHeaders, response: ServerResponse) => void;

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
  return (body, headers, response) => {
    const request = Object.assign(Readable.from([body]), { method: 'POST', url: '/', headers });
    // It reads no more than these four of an IncomingMessage.
    handle(request as unknown as Parameters<RequestListener>[0], response as never);
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
