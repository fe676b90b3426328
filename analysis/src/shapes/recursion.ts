import type { Program } from '../program.ts';
import { type Dialect, scopeOf } from '../syntax/dialect.ts';
import { NONE, type Node, type SyntaxTree } from '../syntax/tree.ts';
import type { Report } from './index.ts';

/** They call what they are given before anything else runs: a function that hands itself to one never ends. */
const AT_ONCE = new Set(['process.nextTick', 'queueMicrotask']);

/** Functions in functions that are handed to one of these are looked into. */
const MAX_INSIDE = 4;

/** A function that calls itself on every way through it. */
export function detectRecursion(program: Program, report: Report): void {
  const { tree, dialect } = program;
  const scopes = tree.byKind(dialect, scopeOf);
  for (let node = 0; node < tree.size; node += 1) {
    if (scopes[tree.kind(node)] !== 'function') continue;
    const body = tree.child(node, 'body');
    const name = nameOf(program, node);
    if (body === NONE || name === '') continue;
    const call = certainCall(program, node, body, name);
    if (call === NONE) continue;
    // f | f, f &: each call is a process of its own.
    const forks =
      dialect.rules === 'bash' &&
      /^\s*(?:\||&(?!&))/.test(tree.source.slice(tree.end(call), tree.end(call) + 8));
    report(forks ? 'fork-loop' : 'endless-recursion', tree.start(call), tree.end(call), name);
  }
}

function nameOf({ tree }: Program, node: Node): string {
  const own = tree.child(node, 'name');
  if (own !== NONE) return tree.text(own);
  const declared = declaredName(tree, node);
  if (declared !== '') return declared;
  const parent = tree.parent(node);
  if (parent === NONE) return '';
  const target =
    tree.child(parent, 'name') === NONE ? tree.child(parent, 'left') : tree.child(parent, 'name');
  return target === NONE ? '' : tree.text(target);
}

/** int *f(void) */
function declaredName(tree: SyntaxTree, node: Node): string {
  let at = tree.child(node, 'declarator');
  for (let depth = 0; at !== NONE && depth < 8; depth += 1) {
    if (tree.type(at) === 'identifier') return tree.text(at);
    at = tree.child(at, 'declarator');
  }
  return '';
}

/** The call of the function itself that nothing conditional comes before; NONE if there is none. */
function certainCall(program: Program, self: Node, body: Node, name: string, depth = 0): Node {
  const { tree, dialect } = program;
  let last = tree.lastOf(body);
  let found = NONE;
  const roles = tree.byKind(dialect, roleOf);
  for (let node = body; node <= last; node += 1) {
    const role = roles[tree.kind(node)];
    if (role === 'scope') {
      node = tree.lastOf(node);
      continue;
    }
    // Whatever may decide, wait or fail may also end the recursion.
    if (role === 'decides') return found !== NONE ? found : finalCall(program, self, node, name, depth);
    if (role === 'waits') {
      const type = tree.type(node);
      // What is waited for, or given the turn, is called before that; what stands behind it may never be reached.
      const delegates =
        type.startsWith('await') || /^yield(?:\s+from\b|\s*\*)/.test(tree.text(node).slice(0, 16));
      if (!delegates) return NONE;
      last = Math.min(last, tree.lastOf(node));
    }
    if (role === 'fails') return NONE;
    const expression = program.expression(node);
    if (expression.kind === 'either') return found;
    if (expression.kind !== 'call' || found !== NONE) continue;
    const [first] = expression.args;
    const atOnce = first !== undefined && isAtOnce(program, expression.callee);
    const given = atOnce ? program.expression(first.node) : undefined;
    if (given?.kind === 'function' && given.node !== self && depth < MAX_INSIDE) {
      const inside = tree.child(given.node, 'body');
      if (inside !== NONE && certainCall(program, self, inside, name, depth + 1) !== NONE) found = node;
      continue;
    }
    const callee = given ?? program.expression(expression.callee);
    if (callee.kind === 'member' && callee.name === name && isMethod(program, self, callee.object))
      found = node;
    if (callee.kind === 'name' && callee.name === name) {
      const bindings = program.scopes.find(name, node)?.bindings ?? [];
      const same = bindings.length === 1 && isSelf(program, bindings[0]?.value, self);
      if (same && takes(program, self, expression.args.length)) found = node;
    }
  }
  return found;
}

/** What stands in `finally` runs whatever fails before. */
function finalCall(program: Program, self: Node, statement: Node, name: string, depth: number): Node {
  const { tree } = program;
  if (tree.type(statement) !== 'try_statement' || depth >= MAX_INSIDE) return NONE;
  const last = tree.children(statement).at(-1);
  if (last === undefined || tree.type(last) !== 'finally_clause') return NONE;
  return certainCall(program, self, tree.first(last), name, depth + 1);
}

function roleOf(type: string, { scopes, branches }: Dialect) {
  if (scopes[type] !== undefined) return 'scope';
  if (branches.has(type) || type === 'try_statement' || type === 'match_statement') return 'decides';
  if (/yield|await/.test(type)) return 'waits';
  return /switch|assert|raise|throw/.test(type) ? 'fails' : undefined;
}

/** Where functions may share a name, the one that is called takes as many arguments. */
function takes({ tree, dialect }: Program, self: Node, count: number): boolean {
  if (dialect.rules !== 'java' && dialect.rules !== 'cpp') return true;
  const declared = tree.child(self, 'declarator');
  const list = tree.child(declared === NONE ? self : declared, 'parameters');
  return list !== NONE && tree.children(list).length === count;
}

function isAtOnce(program: Program, callee: Node): boolean {
  if (AT_ONCE.has(program.value(callee).name)) return true;
  const method = program.expression(callee);
  const continues = method.kind === 'member' && (method.name === 'then' || method.name === 'finally');
  return continues && program.value(method.object).name === 'Promise.resolve()';
}

/** self.f() and this.f() in the method f of a class. */
function isMethod({ tree, dialect, scopes }: Program, self: Node, receiver: Node): boolean {
  return dialect.receivers.has(tree.text(receiver).slice(0, 8)) && scopes.of(self).kind === 'class';
}

function isSelf({ tree }: Program, value: Node | undefined, self: Node): boolean {
  if (value === undefined) return false;
  return value === self || (value <= self && tree.lastOf(value) === tree.lastOf(self));
}
