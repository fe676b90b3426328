import { z } from 'zod';
import { SUBMISSION_LIMITS } from './limits.ts';

/**
 * A relative path of a submitted file. The checks are strict on purpose: names that two systems read
 * differently (`..`, `\`, NUL, a leading `-` or `~`, a trailing dot) are refused rather than cleaned.
 */
export const FilePath = z
  .string()
  .min(1)
  .max(SUBMISSION_LIMITS.pathLength)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.+-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*$/,
    'must be a relative path of letters, digits and _ . + -, with / between folders, each part beginning with a letter, digit or _',
  )
  .refine((path) => path.split('/').every((part) => !part.endsWith('.')), 'no part may end with a dot')
  .describe('A relative path, for example `lib/util.py`.');
