import type { Hit, Matcher } from '../match.ts';
import type { Program } from '../program.ts';
import { detectPatterns } from './backtracking.ts';
import { detectLoops } from './loops.ts';
import { detectNames } from './names.ts';
import { detectQuality } from './quality.ts';
import { detectRecursion } from './recursion.ts';
import { detectSizes } from './sizes.ts';
import { detectStructures } from './structures.ts';
import { detectSyntax } from './syntax.ts';
import { detectText } from './text.ts';

/** Reports a shape of code by its name; rules with `match: { shape }` say what it means. */
export type Report = (shape: string, start: number, end: number, detail?: string) => void;

export interface Detection {
  readonly code: string;
  /** Absent where the program could not be parsed in time. */
  readonly program: Program | undefined;
  readonly matcher: Matcher;
  readonly hits: Hit[];
  readonly outOfTime: () => boolean;
}

const DETECTORS = [
  detectSyntax,
  detectLoops,
  detectRecursion,
  detectSizes,
  detectPatterns,
  detectStructures,
  detectNames,
  detectQuality,
] as const;

/** Runs all detectors; false when the budget ended one of them. */
export function detect({ code, program, matcher, hits, outOfTime }: Detection): boolean {
  const report: Report = (shape, start, end, detail = '') => matcher.shape(shape, start, end, detail, hits);
  detectText(code, report);
  if (program === undefined) return false;
  for (const detector of DETECTORS) {
    if (outOfTime()) return false;
    detector(program, report);
  }
  return true;
}
