import type { Finding } from '../api/client.ts';

/** The worst first. */
export const SEVERITIES = Object.keys({
  critical: 0,
  high: 1,
  medium: 2,
  low: 3,
  info: 4,
} satisfies Record<Finding['severity'], number>) as Finding['severity'][];
