import type { Report } from './index.ts';

/** Reorders what a reader sees, while the machine reads on in the order of the text (CVE-2021-42574). */
const BIDI = /[\u202A-\u202E\u2066-\u2069]/g;
/** Takes no space: a name with it looks like the name without it. */
const INVISIBLE = /[\u00AD\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2060-\u2064\u3164\uFFA0]|(?!^)\uFEFF/g;
const MAX_REPORTED = 10;

/** What can be seen without parsing. */
export function detectText(code: string, report: Report): void {
  let found = 0;
  for (const match of code.matchAll(BIDI)) {
    report('bidirectional-text', match.index, match.index + 1, hex(match[0]));
    if (++found >= MAX_REPORTED) break;
  }
  found = 0;
  for (const match of code.matchAll(INVISIBLE)) {
    // Joiners belong to emoji and to some scripts; in a row of ASCII they hide something.
    const around = (code[match.index - 1] ?? '') + (code[match.index + 1] ?? '');
    if (!/^[ -~\n]{1,2}$/.test(around)) continue;
    report('invisible-text', match.index, match.index + 1, hex(match[0]));
    if (++found >= MAX_REPORTED) break;
  }
  detectMinified(code, report);
}

function hex(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

const LONG_LINE = 1000;

/** Most of the program on a few very long lines of code. */
function detectMinified(code: string, report: Report): void {
  let start = 0;
  while (start < code.length) {
    let end = code.indexOf('\n', start);
    if (end === -1) end = code.length;
    if (end - start > LONG_LINE && end - start > code.length / 2) {
      const line = code.slice(start, end);
      const signs = line.match(/[;{}()=,]/g)?.length ?? 0;
      const texts = line.match(/[A-Za-z0-9+/]{200,}/g)?.reduce((sum, text) => sum + text.length, 0) ?? 0;
      if (signs > line.length / 12 && texts < line.length / 2) report('minified', start, end);
      return;
    }
    start = end + 1;
  }
}
