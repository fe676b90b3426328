import type { Program } from '../program.ts';
import type { Loop } from '../syntax/dialect.ts';
import { NONE } from '../syntax/tree.ts';

/** `while s: s += s`: a loop until something is empty that only adds it to itself. */

/** Conditions that hold as long as a text or list is not empty, without their spaces; the name is in one group. */
const NOT_EMPTY = [
  /^(?:len|strlen|count)\(([$\w.]+)\)(?:(?:>=?|!==?)\d+)?$/,
  /^([$\w.]+)\.(?:length|size|len)(?:\(\))?(?:(?:>=?|!==?)\d+)?$/,
  /^!([$\w.]+)\.(?:empty|is_empty|isEmpty)(?:\(\)|\?)$/,
  /^([$\w.]+)!==?(?:''|"")$/,
  /^\[{1,2}(?:-n)?"?(\$\w+)"?\]{1,2}$/,
];
/** A number doubled again and again is 0 at last where numbers have a fixed width. */
const NOT_ZERO = /^([$\w.]+)$/;
const FIXED_WIDTH = new Set(['c', 'cpp', 'go', 'java', 'rust', 'bash']);

/** Statements that make something twice as long, or add it to itself; without spaces. */
const DOUBLES =
  /^([$\w.]+)(?:(?:[+.*]|<<)?=\1(?:(?:[+*]|\.(?=\$))\1)?|[+.*]=\1|=`\$\{\1\}\$\{\1\}`|=f?"\{\1\}\{\1\}"|=\1\.(?:concat|repeat)\((?:\1|[2-9])\)|(?:=\1\*|\*=)[2-9]|=\1\.(?:clone|to_string)\(\)\+&\1|<<\1|=append\(\1,\1\.{3}\)|\.push\(\.{3}\1\)|=\[\.{3}\1,\.{3}\1\]|\.(?:extend|push_str|append|concat|addAll)\(&?\1(?:\.clone\(\))?\))$/;
const BASH_DOUBLES = /^(\w+)\+?=["{}]*\$\{?\1[}"]*(?:\$\{?\1[}"]*)?$/;
const GROWS = /\.(?:extend|push_str|append|concat|addAll|repeat|clone|to_string|length|size|len|is_?empty)$/i;
const CHANGES = /assignment|augmented|update_expression|postfix|prefix/;
const MAX_LOOKED_AT = 400;
/** Of one byte, thirty doublings make a gigabyte. */
const MANY_DOUBLINGS = 30;

export function doublesForever(program: Program, loop: Loop): boolean {
  const { tree, dialect } = program;
  if (loop.condition === NONE || tree.end(loop.condition) - tree.start(loop.condition) > 80) return false;
  const condition = bare(tree.text(loop.condition)).replace(/^\((.*)\)$/, '$1');
  const patterns = FIXED_WIDTH.has(dialect.rules) ? NOT_EMPTY : [...NOT_EMPTY, NOT_ZERO];
  const name = patterns.map((pattern) => pattern.exec(condition)?.[1]).find((each) => each !== undefined);
  if (name === undefined || tree.lastOf(loop.body) - loop.body > MAX_LOOKED_AT) return false;
  const own = dialect.rules === 'bash' ? name.slice(1) : name;
  let doubles = false;
  for (let node = loop.body; node <= tree.lastOf(loop.body); node += 1) {
    const expression = program.expression(node);
    const callee = expression.kind === 'call' ? program.expression(expression.callee) : undefined;
    const changed =
      CHANGES.test(tree.type(node)) || callee?.kind === 'member' || tree.type(node) === 'binary';
    if (!changed) continue;
    const text = bare(tree.text(node).slice(0, 200));
    const doubled = (dialect.rules === 'bash' ? BASH_DOUBLES : DOUBLES).exec(text);
    if (doubled?.[1] === own) doubles = true;
    else if (callee?.kind === 'member') {
      const shrinks = tree.text(callee.object) === own && !GROWS.test(`.${callee.name}`);
      if (shrinks) return false;
    } else if (
      CHANGES.test(tree.type(node)) &&
      text.startsWith(own) &&
      !/^[$\w.]/.test(text.slice(own.length))
    ) {
      return false;
    }
  }
  return doubles;
}

/** for i in range(40): s = s * 2, of a text or list. */
export function doublesOften(program: Program, loop: Loop, rounds: number): boolean {
  const { tree } = program;
  if (rounds < MANY_DOUBLINGS || tree.lastOf(loop.body) - loop.body > MAX_LOOKED_AT) return false;
  for (const statement of tree.children(loop.body)) {
    const doubled = DOUBLES.exec(bare(tree.text(statement).slice(0, 200)))?.[1];
    if (doubled === undefined || doubled.includes('.')) continue;
    const [first] = program.scopes.find(doubled, statement)?.bindings ?? [];
    const { kind } = program.value(first?.value ?? NONE);
    if (kind === 'text' || kind === 'collection') return true;
  }
  return false;
}

/** Code without its spaces and the semicolon at its end. */
function bare(text: string): string {
  return text.replace(/\s+/g, '').replace(/;$/, '');
}
