/** What the analysis itself needs of its reports: without zod, which its thread need not load. */

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** Findings kept in a report that is stored with a job, so that the item stays small. */
export const MAX_FINDINGS = 100;
