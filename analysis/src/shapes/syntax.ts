import type { Program } from '../program.ts';
import { ERROR_TYPE, NONE } from '../syntax/tree.ts';
import type { Report } from './index.ts';

/** Where the grammar could not follow: the outermost places, at most a few. */
const MAX_ERRORS = 5;

export function detectSyntax({ tree }: Program, report: Report): void {
  let found = 0;
  const errors = tree.byKind(undefined, isError);
  for (let node = 0; node < tree.size && found < MAX_ERRORS; node += 1) {
    if (!errors[tree.kind(node)]) continue;
    const start = tree.start(node);
    const line = tree.source.indexOf('\n', start);
    report('syntax-error', start, Math.min(tree.end(node), line === -1 ? tree.source.length : line));
    found += 1;
    node = tree.lastOf(node);
  }
  for (const node of tree.missing.slice(0, MAX_ERRORS - found)) {
    if (node !== NONE) report('syntax-error', tree.start(node), tree.end(node));
  }
}

const isError = (type: string) => type === ERROR_TYPE;
