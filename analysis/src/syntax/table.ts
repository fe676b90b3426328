import type { Declare, Dialect, Loop } from './dialect.ts';
import { type Argument, type Expression, OTHER, type Reader } from './expression.ts';
import { readNumber, unescapeText } from './text.ts';
import { NONE, type Node, type SyntaxTree } from './tree.ts';

/** What most grammars of tree-sitter call the same things; a language's table says the rest. */

export type Binder = (tree: SyntaxTree, node: Node, declare: Declare) => void;
type LoopReader = (tree: SyntaxTree, node: Node) => Loop | undefined;

type Given = Pick<Dialect, 'rules' | 'readers' | 'scopes' | 'exitCalls' | 'identifiers'> &
  Partial<Pick<Dialect, 'loops' | 'moduleName' | 'identifier' | 'assignments' | 'callsTexts' | 'asks'>>;

export interface SyntaxTable extends Given {
  readonly binders: Readonly<Record<string, Binder>>;
  readonly exits?: readonly string[];
  readonly branches?: readonly string[];
}

/** A dialect from what is particular to a language. */
export function dialectOf({ binders, exits = [], branches = [], ...given }: SyntaxTable): Dialect {
  return {
    moduleName: (name) => name,
    identifier: (raw) => raw,
    assignments: {},
    seesChanges: false,
    ...given,
    readers: { ...LITERALS, ...given.readers },
    binds: new Set(Object.keys(binders)),
    bind: (tree, node, declare) => binders[tree.type(node)]?.(tree, node, declare),
    loops: { while_statement: loop(), do_statement: loop(), for_statement: loop(), ...given.loops },
    breaks: new Set(['break_statement', 'break_expression', 'break']),
    exits: new Set(['return_statement', 'goto_statement', 'throw_statement', ...exits]),
    returns: new Set(['return_statement', 'return_expression', 'return']),
    branches: new Set([...BRANCHES, ...branches]),
    receivers: new Set(),
    blocks: new Set(['block', 'compound_statement', 'body_statement', 'program', 'translation_unit']),
  };
}

const BRANCHES = [
  'if_statement',
  'elif_clause',
  'while_statement',
  'do_statement',
  'for_statement',
  'case_statement',
  'catch_clause',
  'conditional_expression',
  'ternary_expression',
  'switch_statement',
  'switch_expression',
];

/** Parts of a text that stand for themselves; others are put in. */
const CONSTANT_PART = /(?:content|fragment|escape_sequence|character)$/;

export const text: Reader = (tree, node): Expression => {
  const children = tree.children(node);
  if (children.length === 0) {
    const whole = tree.text(node);
    const quoted = /^(?:[a-zA-Z]{0,2}#*)?(["'`])([\s\S]*)\1#*$/.exec(whole);
    return { kind: 'text', text: quoted?.[2] ?? whole };
  }
  const parts = children.map((child) => {
    const type = tree.type(child);
    if (!CONSTANT_PART.test(type)) return child;
    const raw = tree.text(child);
    return type === 'escape_sequence' ? unescapeText(raw) : raw;
  });
  return parts.every((part) => typeof part === 'string')
    ? { kind: 'text', text: parts.join('') }
    : { kind: 'template', parts };
};

const number: Reader = (tree, node) => ({ kind: 'number', value: readNumber(tree.text(node)) });
const truth =
  (value: boolean | null): Reader =>
  () => ({ kind: 'truth', value });
const written: Reader = (tree, node) => ({ kind: 'truth', value: /^true$/i.test(tree.text(node)) });

const LITERALS: Readonly<Record<string, Reader>> = {
  string: text,
  string_literal: text,
  raw_string_literal: text,
  interpreted_string_literal: text,
  concatenated_string: (tree, node) => ({ kind: 'template', parts: tree.children(node) }),
  number,
  integer: number,
  number_literal: number,
  int_literal: number,
  integer_literal: number,
  decimal_integer_literal: number,
  hex_integer_literal: number,
  true: truth(true),
  false: truth(false),
  nil: truth(null),
  null: truth(null),
  boolean: written,
  boolean_literal: written,
  parenthesized_expression: same(),
  binary_expression: binary,
  function_definition: (_tree, node) => ({ kind: 'function', node }),
};

/** The value of a child, the first one unless a field is named. */
export function same(field?: string): Reader {
  return (tree, node) => {
    const of = field === undefined ? tree.first(node) : tree.child(node, field);
    return of === NONE ? OTHER : { kind: 'same', of };
  };
}

export function binary(tree: SyntaxTree, node: Node): Expression {
  const left = tree.child(node, 'left');
  const right = tree.child(node, 'right');
  if (left === NONE || right === NONE) return OTHER;
  const operator = tree.between(left, right).slice(0, 8);
  return /^(?:&&|\|\||\?\?|and|or)$/.test(operator)
    ? { kind: 'either', of: [left, right] }
    : { kind: 'binary', operator: operator === '.' ? '+' : operator, left, right };
}

export const name: Reader = (tree, node) => ({ kind: 'name', name: tree.text(node) });
export const derived: Reader = (tree, node) => ({ kind: 'derived', of: tree.children(node) });
export const lambda: Reader = (_tree, node) => ({ kind: 'function', node });
export const collection: Reader = (tree, node) => ({
  kind: 'collection',
  keyed: false,
  entries: tree.children(node).map((value, index) => ({ key: String(index), value })),
});

/** `object.member`, however it is written; without an object, the member alone. */
export function member(objectField: string, nameField: string): Reader {
  return (tree, node) => {
    const object = tree.child(node, objectField);
    const of = tree.child(node, nameField);
    if (of === NONE) return OTHER;
    return object === NONE ? { kind: 'same', of } : { kind: 'member', object, name: tree.text(of) };
  };
}

/** A name which, as the method in a call of one of these types, is a member of what the field holds. */
export function method(nameField: string, receivers: Readonly<Record<string, string>>): Reader {
  return (tree, node) => {
    const parent = tree.parent(node);
    const receiver = parent === NONE ? undefined : receivers[tree.type(parent)];
    if (receiver !== undefined && tree.field(node) === nameField) {
      const object = tree.child(parent, receiver);
      if (object !== NONE) return { kind: 'member', object, name: tree.text(node) };
    }
    return name(tree, node);
  };
}

export function index(tree: SyntaxTree, node: Node): Expression {
  const [object, at] = tree.children(node);
  return object === undefined || at === undefined ? OTHER : { kind: 'index', object, index: at };
}

function argumentsOf(tree: SyntaxTree, list: Node): Argument[] {
  return list === NONE ? [] : tree.children(list).map((node) => ({ node }));
}

export function call(calleeField: string, argumentsField = 'arguments'): Reader {
  return (tree, node) => ({
    kind: 'call',
    callee: tree.child(node, calleeField),
    args: argumentsOf(tree, tree.child(node, argumentsField)),
  });
}

/** What is written without the name of a function, read as a call of `name` with its children. */
export function calls(called: string): Reader {
  return (tree, node) => ({ kind: 'call', callee: NONE, name: called, args: argumentsOf(tree, node) });
}

/** A command in backticks: a call with what is put into it. */
export const backticks: Reader = (tree, node) => ({
  kind: 'call',
  callee: NONE,
  name: '`',
  args: tree
    .children(node)
    .filter((child) => !CONSTANT_PART.test(tree.type(child)))
    .map((child) => ({ node: child })),
});

export function loop(): LoopReader {
  return (tree, node) => ({
    condition: tree.child(node, 'condition'),
    body: tree.child(node, 'body'),
    over: NONE,
    step: NONE,
  });
}

/** Runs over something that ends. */
export const each: LoopReader = (tree, node) => ({
  condition: NONE,
  body: tree.child(node, 'body'),
  over: node,
  step: NONE,
});

/** `name = value`; a value of several parts is not taken apart. */
export function variable(nameField: string, valueField: string): Binder {
  return (tree, node, declare) => {
    const target = only(tree, tree.child(node, nameField));
    const value = only(tree, tree.child(node, valueField));
    if (target === NONE || tree.lastOf(target) - target > 1) return;
    const adds = /augmented|operator|compound/.test(tree.type(node));
    declare(
      tree.text(target),
      value === NONE ? { at: node, kind: 'opaque' } : { at: node, kind: 'value', value, adds },
    );
  };
}

/** A list of one is what it holds. */
function only(tree: SyntaxTree, node: Node): Node {
  if (node === NONE || tree.type(node) !== 'expression_list') return node;
  const first = tree.first(node);
  return first !== NONE && tree.lastOf(first) === tree.lastOf(node) ? first : NONE;
}

export const named =
  (kind: 'function' | 'class'): Binder =>
  (tree, node, declare) => {
    const own = tree.child(node, 'name');
    if (own !== NONE) declare(tree.text(own), { at: node, kind, value: node });
  };

export function parameter(nameField: string): Binder {
  return (tree, node, declare) => {
    const own = tree.child(node, nameField);
    if (own !== NONE) declare(tree.text(own), { at: node, kind: 'parameter' });
  };
}

/** For rules on what is assigned to which name. */
export const assignment = (left: string, right: string): Dialect['assignments'][string] => {
  return (tree, node) => {
    const target = only(tree, tree.child(node, left));
    const value = only(tree, tree.child(node, right));
    return target === NONE || value === NONE ? undefined : { target, value, adds: false };
  };
};
