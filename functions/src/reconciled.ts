import { z } from 'zod';

/** What `reconcile` answers with; whoever invokes it counts it. */
export const Reconciled = z.object({
  requeued: z.int().describe('jobs that were given a new message'),
  failed: z.int().describe('jobs that ended as internal-error'),
});
export type Reconciled = z.infer<typeof Reconciled>;
