import { isMainThread } from 'node:worker_threads';

/**
 * Loaded ahead of each child of the supervisor (`node --import`), so that the programs themselves need not
 * know of it. It ends the child when the supervisor asks, on every system (Windows has no SIGTERM), and when
 * the supervisor is gone, however it went: the channel to it closes even after kill -9.
 */

/** How long a child may take to end by itself, in milliseconds; running jobs are given back meanwhile. */
const GRACE_MS = 15_000;

export const STOP_MESSAGE = 'rce:stop';

function end(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0);
}

if (isMainThread && process.channel) {
  process.once('disconnect', end);
  process.on('message', (message) => {
    if (message === STOP_MESSAGE) end();
  });
  // Listening must not keep alive a child that has nothing more to do.
  process.channel.unref();
}
