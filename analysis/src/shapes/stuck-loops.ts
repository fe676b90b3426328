import type { Program } from '../program.ts';
import type { Dialect, Loop } from '../syntax/dialect.ts';
import type { Binding } from '../syntax/expression.ts';
import { NONE, type Node, type SyntaxTree } from '../syntax/tree.ts';

/** Loops whose condition stays true: by what the numbers in it are, and how the loop changes them. */

/** A condition of plain names and numbers, none of which the loop changes. */
export function isStuck(
  program: Program,
  node: Node,
  loop: Loop,
  assigned: ReadonlyMap<string, number>,
): boolean {
  const { tree, dialect, scopes } = program;
  if (loop.condition === NONE) return false;
  const names = new Set<string>();
  for (let at = loop.condition; at <= tree.lastOf(loop.condition); at += 1) {
    const { kind } = program.expression(at);
    const type = tree.type(at);
    if (dialect.identifiers.has(type)) names.add(dialect.identifier(tree.text(at)));
    else if (
      kind === 'call' ||
      kind === 'member' ||
      kind === 'index' ||
      /assignment|update|named_/.test(type)
    ) {
      return false;
    } else if (kind === 'other' && tree.first(at) === NONE && type !== 'comment') return false;
  }
  if (names.size === 0) return false;
  const last = tree.lastOf(node);
  for (const name of names) {
    const found = scopes.find(name, node);
    if (found === undefined || found.bindings.length > 16) return false;
    for (const binding of found.bindings) {
      // A parameter or something computed may already end the loop, or be changed through a reference.
      if (binding.at >= node && binding.at <= last) return false;
      if (binding.kind !== 'value') return false;
      const value = program.value(binding.value ?? NONE);
      if (value.kind !== 'number' && value.kind !== 'truth') return false;
    }
    // Another function that assigns the same name may mean this one (`global`, a closure).
    if ((assigned.get(name) ?? 0) > found.bindings.length) return false;
  }
  return initiallyTrue(program, loop.condition);
}

/** while n > 0: n += 1 */
export function movesAway(program: Program, node: Node, loop: Loop): boolean {
  const { tree, dialect } = program;
  if (loop.condition === NONE) return false;
  const [left, right] = comparison(program, loop.condition);
  if (left === undefined || right === undefined || !dialect.identifiers.has(tree.type(left))) return false;
  const name = tree.text(left);
  const bound = program.value(right).number;
  const found = program.scopes.find(name, node);
  if (bound === undefined || found === undefined || found.bindings.length !== 2) return false;
  const [first, step] = found.bindings;
  if (first?.kind !== 'value' || first.at >= node || first.value === undefined) return false;
  if (step?.kind !== 'value' || step.at <= node || step.at > tree.lastOf(node) || step.value === undefined)
    return false;
  const start = program.value(first.value).number;
  const by = stepOf(program, step, name);
  if (start === undefined || by === 0) return false;
  const operator = tree.between(left, right);
  const up = operator.startsWith('>') || (operator.startsWith('!=') && start > bound);
  const down = operator.startsWith('<') || (operator.startsWith('!=') && start < bound);
  return initiallyTrue(program, loop.condition) && ((up && by > 0) || (down && by < 0));
}

/** What `n += 1`, `n -= 1` and `n = n + 1` add; 0 for anything else. */
function stepOf(program: Program, { at, value = NONE, adds }: Binding, name: string): number {
  const { tree } = program;
  const text = tree.text(at).slice(0, 200);
  const plain = program.expression(value);
  if (adds) {
    const by = plain.kind === 'number' ? plain.value : 0;
    return text.includes('+=') ? by : text.includes('-=') ? -by : 0;
  }
  if (plain.kind !== 'binary' || plain.left === NONE || tree.text(plain.left) !== name) return 0;
  const by = program.expression(plain.right);
  if (by.kind !== 'number') return 0;
  return plain.operator === '+' ? by.value : plain.operator === '-' ? -by.value : 0;
}

/** The two sides of a condition that is one comparison. */
function comparison(program: Program, node: Node): readonly (Node | undefined)[] {
  const expression = program.expression(node);
  if (expression.kind === 'same') return comparison(program, expression.of);
  const parts = program.tree.children(node);
  return parts.length === 2 ? parts : [];
}

/** How often each plain name is assigned in the program. */
export function countAssignments({ tree, dialect }: Program): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const targets = tree.byKind(dialect, targetOf);
  for (let node = 0; node < tree.size; node += 1) {
    const target = targets[tree.kind(node)]?.(tree, node);
    if (target === undefined || target === NONE || tree.first(target) !== NONE) continue;
    const name = tree.text(target);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How to find what a type of node assigns to. */
function targetOf(
  type: string,
  { assignments }: Dialect,
): ((tree: SyntaxTree, node: Node) => Node | undefined) | undefined {
  if (/argument|pair|parameter|attribute/.test(type)) return undefined;
  if (type === 'update_expression') return (tree, node) => tree.child(node, 'argument');
  const read = assignments[type];
  return read && ((tree, node) => read(tree, node)?.target);
}

/** Whether the condition holds with the values that its names are given before the loop. */
function initiallyTrue(program: Program, node: Node): boolean {
  const { tree } = program;
  const expression = program.expression(node);
  if (expression.kind === 'same') return initiallyTrue(program, expression.of);
  if (expression.kind === 'name') {
    const value = program.value(node);
    return value.truth === true || (value.number !== undefined && value.number !== 0);
  }
  const parts = tree.children(node);
  const [left, right] = parts;
  if (tree.type(node) === 'expression_statement' && left !== undefined) return initiallyTrue(program, left);
  if (parts.length !== 2 || left === undefined || right === undefined) return false;
  const [a, b] = [program.value(left).number, program.value(right).number];
  if (a === undefined || b === undefined) return false;
  const operator = tree.between(left, right);
  return (
    (operator === '<' && a < b) ||
    (operator === '<=' && a <= b) ||
    (operator === '>' && a > b) ||
    (operator === '>=' && a >= b) ||
    (operator.startsWith('!=') && a !== b) ||
    (/^={2,3}$/.test(operator) && a === b)
  );
}
