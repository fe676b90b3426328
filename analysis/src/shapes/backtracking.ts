import type { Program } from '../program.ts';
import { NONE } from '../syntax/tree.ts';
import type { Report } from './index.ts';
import { isCatastrophic } from './regular-expression.ts';

/** Functions whose first argument is a regular expression. */
const COMPILES = new Set([
  ...['compile', 'match', 'search', 'fullmatch', 'findall', 'finditer', 'sub', 'subn', 'split'].flatMap(
    (name) => [`re.${name}`, `regex.${name}`],
  ),
  'RegExp',
  'Pattern.compile',
  'java.util.regex.Pattern.compile',
  'Regexp.new',
  ...['match', 'match_all', 'replace', 'split', 'grep'].map((name) => `preg_${name}`),
]);
/** Those of PHP stand between slashes or their like. */
const DELIMITED = /^([/#~!@])(.*)\1[a-zA-Z]{0,12}$/s;

export function detectPatterns(program: Program, report: Report): void {
  const { tree } = program;
  for (let node = 0; node < tree.size; node += 1) {
    const expression = program.expression(node);
    if (expression.kind === 'pattern') {
      if (isCatastrophic(expression.source)) report('catastrophic-pattern', tree.start(node), tree.end(node));
    } else if (expression.kind === 'call' && COMPILES.has(program.value(expression.callee).name)) {
      const first = expression.args[0]?.node ?? NONE;
      const value = program.value(first);
      const source = value.kind === 'text' ? value.text : undefined;
      const bare = program.dialect.rules === 'php' ? DELIMITED.exec(source ?? '')?.[2] : source;
      if (bare !== undefined && isCatastrophic(bare)) {
        report('catastrophic-pattern', tree.start(first), tree.end(first));
      }
    }
  }
}
