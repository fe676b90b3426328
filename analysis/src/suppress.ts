import type { SyntaxTree } from './syntax/tree.ts';

/**
 * `rce-ignore rule-id, other-rule: reason` in a comment turns rules off on its own line, or on the next
 * line of code where the comment stands alone. `rce-ignore` without rules turns all of them off there.
 * Only real comments count: the same words in a string do nothing.
 */
const DIRECTIVE = /\brce-ignore\b[ \t]*((?:[a-z][a-z0-9-]{0,60}[ \t]*,?[ \t]*){0,20})/;

export type Suppressions = ReadonlyMap<number, ReadonlySet<string> | 'all'>;

export function suppressions(tree: SyntaxTree, lineAt: (offset: number) => number): Suppressions {
  const found = new Map<number, Set<string> | 'all'>();
  for (let node = 0; node < tree.size; node += 1) {
    if (!tree.isComment(node)) continue;
    const match = DIRECTIVE.exec(tree.text(node).slice(0, 2048));
    if (match === null) continue;
    const rules = (match[1] ?? '').split(/[\s,]+/).filter((rule) => rule !== '');
    const start = tree.start(node);
    const before = tree.source.slice(tree.source.lastIndexOf('\n', start - 1) + 1, start);
    const line = before.trim() === '' ? nextCode(tree, tree.end(node), lineAt) : lineAt(start);
    const known = found.get(line);
    if (rules.length === 0 || known === 'all') found.set(line, 'all');
    else found.set(line, new Set([...(known ?? []), ...rules]));
  }
  return found;
}

function nextCode(tree: SyntaxTree, from: number, lineAt: (offset: number) => number): number {
  let at = from;
  while (at < tree.source.length && /\s/.test(tree.source[at] ?? '')) at += 1;
  return lineAt(at);
}

export function isSuppressed(found: Suppressions, line: number, rule: string): boolean {
  const rules = found.get(line);
  return rules === 'all' || rules?.has(rule) === true;
}
