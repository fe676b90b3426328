import { BroadcastChannel } from 'node:worker_threads';
import type { Job } from '@rce/core/job.ts';
import { z } from 'zod';

/**
 * Hints within one process that a job may have changed, for those who wait for it. A host that keeps functions and
 * table in one process, as the embedded cloud does, sees each write and can give them; elsewhere nobody does. They
 * only make a waiter know sooner than it would have: none is needed.
 */
const CHANNEL = 'rce-job-hints';

/**
 * `ends`: the job got its result or its report; else something before that changed. `job`: as it is in the table now;
 * where it is absent, a waiter reads it.
 */
const JobHint = z.object({ jobId: z.string(), ends: z.boolean(), job: z.custom<Job>().exactOptional() });
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
