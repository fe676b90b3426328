import { BroadcastChannel } from 'node:worker_threads';
import { z } from 'zod';

/**
 * Hints within one process that a job may have changed, for those who wait for it. A host that keeps functions and
 * table in one process, as the embedded cloud does, sees each write and can give them; elsewhere nobody does. They
 * only make a waiter look sooner than it would have: none is needed, and none is believed.
 */
const CHANNEL = 'rce-job-hints';

/** `ends`: the job got its result or its report; else something before that changed. */
const JobHint = z.object({ jobId: z.string(), ends: z.boolean() });
export type JobHint = z.infer<typeof JobHint>;

/** Calls `listener` with each hint, from whichever thread. Keeps no process alive. */
export function onJobHint(listener: (hint: JobHint) => void): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: { data: unknown }) => {
    const hint = JobHint.safeParse(data);
    if (hint.success) listener(hint.data);
  };
  channel.unref();
}

/** @returns what gives a hint to all threads of this process. */
export function jobHinter(): (hint: JobHint) => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  return (hint) => channel.postMessage(hint);
}
