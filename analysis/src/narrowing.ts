import type { Program } from './program.ts';
import type { Scope } from './scopes.ts';
import type { Argument } from './syntax/expression.ts';
import { NONE, type Node } from './syntax/tree.ts';
import type { Value } from './value.ts';

/** No more than a word: it holds no code and no command with arguments. */
const WORD = /^[\w.+-]{1,40}$/;
const LEAVES = /^(?:return|raise|throw|continue|break)_statement$/;
const MAX_STEPS = 24;
const MAX_SIBLINGS = 64;
const MAX_WORDS = 64;

/**
 * Whether what a call is given first was compared with a few words, so that it is one of them:
 * `if name in ('True', 'False'): eval(name)`, `if (!['a', 'b'].includes(name)) throw …; eval(name)`.
 * It is asked only of what a rule has found.
 */
export function isOneOfWords(program: Program, call: Node, args: readonly Argument[]): boolean {
  const { tree, dialect } = program;
  const given = args[0]?.node ?? NONE;
  if (given === NONE || args[0]?.spread === true || !dialect.identifiers.has(tree.type(given))) return false;
  const name = tree.text(given);
  let inside = call;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const around = tree.parent(inside);
    if (around === NONE || dialect.scopes[tree.type(around)] !== undefined) return false;
    const check = checkBefore(program, around, inside, name);
    if (check !== NONE) return !mayChange(program, name, given, check);
    inside = around;
  }
  return false;
}

/** The statement that leaves nothing but the words for the name, inside of it or behind it. */
function checkBefore(program: Program, around: Node, inside: Node, name: string): Node {
  const { tree, dialect } = program;
  if (tree.type(around) === 'if_statement' && tree.field(inside) === 'consequence') {
    return compares(program, condition(program, around), name) === 'is' ? around : NONE;
  }
  if (!dialect.blocks.has(tree.type(around))) return NONE;
  let child = tree.first(around);
  for (let seen = 0; seen < MAX_SIBLINGS && child !== NONE && child < inside; seen += 1) {
    if (leavesOtherwise(program, child, name)) return child;
    child = tree.next(child, around);
  }
  return NONE;
}

function leavesOtherwise(program: Program, statement: Node, name: string): boolean {
  const { tree } = program;
  if (tree.type(statement) !== 'if_statement' || tree.child(statement, 'alternative') !== NONE) return false;
  const body = tree.child(statement, 'consequence');
  const statements = body === NONE ? [] : [body, ...tree.children(body)];
  const leaves = statements.some((each) => LEAVES.test(tree.type(each)));
  return leaves && compares(program, condition(program, statement), name) === 'is not';
}

function condition({ tree }: Program, statement: Node): Node {
  const node = tree.child(statement, 'condition');
  return node !== NONE && tree.type(node) === 'parenthesized_expression' ? tree.first(node) : node;
}

type Compared = 'is' | 'is not' | undefined;

/** What a condition says of a name and a few words. */
function compares(program: Program, node: Node, name: string): Compared {
  if (node === NONE) return undefined;
  const { tree } = program;
  const expression = program.expression(node);
  if (expression.kind === 'call') {
    const callee = program.expression(expression.callee);
    const asked = expression.args[0]?.node ?? NONE;
    if (callee.kind !== 'member' || callee.name !== 'includes' || asked === NONE) return undefined;
    return tree.text(asked) === name && isWords(program, program.value(callee.object)) ? 'is' : undefined;
  }
  if (expression.kind === 'binary' && expression.left === NONE && expression.operator === '!') {
    const inner =
      tree.type(expression.right) === 'parenthesized_expression'
        ? tree.first(expression.right)
        : expression.right;
    return compares(program, inner, name) === 'is' ? 'is not' : undefined;
  }
  const [left, right, ...more] = tree.children(node);
  if (left === undefined || right === undefined || more.length > 0 || tree.text(left) !== name)
    return undefined;
  if (!/^(?:comparison_operator|binary_expression)$/.test(tree.type(node))) return undefined;
  if (!isWords(program, program.value(right))) return undefined;
  const operator = tree.between(left, right).trim().replace(/\s+/g, ' ');
  if (/^(?:in|={2,3})$/.test(operator)) return 'is';
  return /^(?:not in|!==?)$/.test(operator) ? 'is not' : undefined;
}

function isWords(program: Program, value: Value): boolean {
  if (value.text !== undefined) return value.kind === 'text' && WORD.test(value.text);
  const entries = program.entries(value);
  if (entries.length === 0 || entries.length > MAX_WORDS) return false;
  return entries.every((entry) => WORD.test(program.value(entry.value).text ?? ''));
}

/**
 * Whether the name may have another value by the time it is used: one that it is given behind the check, which may be
 * the next turn of a loop, or in a function that is called in between.
 */
function mayChange({ scopes, dialect }: Program, name: string, use: Node, check: Node): boolean {
  const bindings = scopes.find(dialect.identifier(name), use)?.bindings ?? [];
  const around = new Set<Scope>();
  for (let scope: Scope | undefined = scopes.of(use); scope !== undefined; scope = scope.parent) {
    if (around.size === MAX_STEPS) return true;
    around.add(scope);
  }
  return (
    bindings.length > MAX_SIBLINGS || bindings.some(({ at }) => at >= check || !around.has(scopes.of(at)))
  );
}
