import type { Program } from '../program.ts';
import { functionOf } from '../scopes.ts';
import type { Dialect } from '../syntax/dialect.ts';
import { NONE, type Node } from '../syntax/tree.ts';
import type { Report } from './index.ts';

const BUILTINS = new Set(
  'list dict str set int float tuple bytes type id input sum max min len map filter open print range sorted object all any next iter hash dir vars bool'.split(
    ' ',
  ),
);
const LEAVES = /^(?:return|raise|throw|break|continue)_statement$/;
const MAX_BRANCHES = 20;
const MAX_REPORTED = 20;

/** Faults of style. */
export function detectQuality(program: Program, given: Report): void {
  const { tree, dialect } = program;
  let reported = 0;
  const report: Report = (...finding) => {
    reported += 1;
    if (reported <= MAX_REPORTED) given(...finding);
  };
  const branches = new Map<Node, number>();
  const roles = tree.byKind(dialect, roleOf);
  for (let node = 0; node < tree.size; node += 1) {
    const role = roles[tree.kind(node)];
    if (role === undefined) continue;
    if (role.branches) {
      const owner = functionOf(program.scopes.of(node))?.node;
      if (owner !== undefined) branches.set(owner, (branches.get(owner) ?? 0) + 1);
    }
    if (role.block) unreachable(program, node, report);
    role.look?.(program, node, report);
  }
  for (const [node, count] of branches) {
    if (count <= MAX_BRANCHES) continue;
    const name = tree.child(node, 'name');
    const [start, end] =
      name === NONE ? [tree.start(node), tree.start(node) + 1] : [tree.start(name), tree.end(name)];
    report('complex-function', start, end, name === NONE ? 'this function' : tree.text(name).slice(0, 60));
  }
  unusedImports(program, report);
}

type Look = (program: Program, node: Node, report: Report) => void;

const mutableDefault: Look = ({ tree }, node, report) => {
  const value = tree.child(node, 'value');
  if (value !== NONE && /^(?:list|dictionary|set)$/.test(tree.type(value))) {
    report('mutable-default', tree.start(node), tree.end(node));
  }
};

/** What is looked at in nodes of these types. */
const LOOKS: ReadonlyMap<string, Look> = new Map<string, Look>([
  [
    'except_clause',
    ({ tree }, node, report) => {
      const [first, ...rest] = tree.children(node);
      const head = () => report('bare-except', tree.start(node), tree.start(node) + 'except'.length);
      if (first !== undefined && rest.length === 0 && tree.type(first) === 'block') head();
      const body = rest.at(-1) ?? first;
      if (body !== undefined && /^(?:pass|continue|\.\.\.)$/.test(tree.text(body).slice(0, 20))) {
        report('ignored-error', tree.start(node), tree.start(node) + 'except'.length);
      }
    },
  ],
  [
    'catch_clause',
    ({ tree }, node, report) => {
      const body = tree.child(node, 'body');
      if (body !== NONE && /^\{\s*\}$/.test(tree.text(body).slice(0, 40))) {
        report('ignored-error', tree.start(node), tree.start(node) + 'catch'.length);
      }
    },
  ],
  [
    'assignment',
    ({ tree, dialect, scopes }, node, report) => {
      const target = tree.child(node, 'left');
      const name = target === NONE ? '' : tree.text(target).slice(0, 20);
      if (dialect.rules === 'python' && BUILTINS.has(name) && scopes.of(node).kind !== 'class') {
        report('shadowed-builtin', tree.start(target), tree.end(target), name);
      }
    },
  ],
  ['default_parameter', mutableDefault],
  ['typed_default_parameter', mutableDefault],
  [
    'assert_statement',
    ({ tree }, node, report) => {
      const parts = tree.children(node);
      if (parts[0] !== undefined && parts.length === 1 && tree.type(parts[0]) === 'tuple') {
        report('assert-tuple', tree.start(node), tree.end(node));
      }
    },
  ],
]);

/** What a type of node has to do with style; undefined for nothing. */
function roleOf(type: string, { branches, blocks }: Dialect) {
  const role = { branches: branches.has(type), block: blocks.has(type), look: LOOKS.get(type) };
  return role.branches || role.block || role.look !== undefined ? role : undefined;
}

/** Languages in which no label leads behind a return. */
const NO_LABELS = new Set(['python', 'javascript']);

function unreachable({ tree, dialect, unreached }: Program, block: Node, report: Report): void {
  let left = false;
  let reported = false;
  for (let child = tree.first(block); child !== NONE; child = tree.next(child, block)) {
    const type = tree.type(child);
    if (type === 'comment' || type === 'empty_statement') continue;
    // Functions are made before the block runs.
    if (left && !/function_declaration/.test(type)) {
      if (!reported)
        report('unreachable-code', tree.start(child), Math.min(tree.end(child), tree.start(child) + 200));
      if (!NO_LABELS.has(dialect.rules)) return;
      reported = true;
      unreached.push([tree.start(child), tree.end(child)]);
    }
    if (LEAVES.test(type)) left = true;
  }
}

function unusedImports(program: Program, report: Report): void {
  const { tree, scopes } = program;
  const imports = new Map<string, Node>();
  for (const [name, bindings] of scopes.root.names) {
    const [only, ...others] = bindings;
    if (only?.kind === 'import' && others.length === 0 && !only.target?.startsWith('__future__')) {
      imports.set(name, only.at);
    }
  }
  if (imports.size === 0) return;
  const uses = tree.byKind(undefined, useOf);
  for (let node = 0; node < tree.size; node += 1) {
    const use = uses[tree.kind(node)];
    if (use === 'import') node = tree.lastOf(node);
    if (use !== 'name' || tree.end(node) - tree.start(node) >= MAX_NAME) continue;
    const text = tree.text(node);
    imports.delete(/^['"]|['"]$/.test(text) ? text.replace(/^['"]|['"]$/g, '') : text);
  }
  for (const [name, at] of imports) report('unused-import', tree.start(at), tree.end(at), name.slice(0, 60));
}

const MAX_NAME = 80;

/** A name in a text counts as used: __all__, annotations in quotes. */
function useOf(type: string) {
  if (/^import(?:_from)?_statement$/.test(type)) return 'import';
  return /identifier$|^string/.test(type) ? 'name' : undefined;
}
