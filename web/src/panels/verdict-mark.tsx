import type { Verdict } from '../api/client.ts';
import type { Tone } from '../ui/controls.tsx';
import type { IconName } from '../ui/icons.tsx';

/** How a verdict looks everywhere on the page. */
export const VERDICT_LOOKS = {
  ok: { tone: 'ok', icon: 'check' },
  'wrong-answer': { tone: 'bad', icon: 'cross' },
  'runtime-error': { tone: 'bad', icon: 'cross' },
  'compilation-error': { tone: 'bad', icon: 'cross' },
  'time-limit-exceeded': { tone: 'warn', icon: 'clock' },
  'memory-limit-exceeded': { tone: 'warn', icon: 'warning' },
  'output-limit-exceeded': { tone: 'warn', icon: 'warning' },
  cancelled: { tone: 'info', icon: 'stop' },
  'internal-error': { tone: 'bad', icon: 'warning' },
} as const satisfies Record<Verdict, { tone: Tone; icon: IconName }>;

export const VERDICT_TEXT = {
  ok: 'text-ok',
  bad: 'text-bad',
  warn: 'text-warn',
  info: 'text-muted',
} as const satisfies Record<Tone, string>;
