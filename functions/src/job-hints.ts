import { BroadcastChannel } from 'node:worker_threads';

/**
 * Hints within one process that a job may have changed, for those who wait for it. A host that keeps functions and
 * table in one process, as the embedded cloud does, sees each write and can give them; elsewhere nobody does. They
 * only make a waiter look sooner than it would have: none is needed, and none is believed.
 */
const CHANNEL = 'rce-job-hints';

/** Calls `listener` with the id of each job that is hinted at, from whichever thread. Keeps no process alive. */
export function onJobHint(listener: (jobId: string) => void): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: { data: unknown }) => {
    if (typeof data === 'string') listener(data);
  };
  channel.unref();
}

/** @returns what gives a hint to all threads of this process. */
export function jobHinter(): (jobId: string) => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  return (jobId) => channel.postMessage(jobId);
}
