import type { Dialect } from './dialect.ts';
import type { Expression } from './expression.ts';
import {
  assignment,
  type Binder,
  call,
  calls,
  collection,
  derived,
  dialectOf,
  each,
  index,
  lambda,
  loop,
  member,
  method,
  name,
  named,
  parameter,
  type SyntaxTable,
  same,
  variable,
} from './table.ts';
import { NONE, type Node, type SyntaxTree } from './tree.ts';

/** The tables of C, C++, Go, Java and Rust. */

/** Declarators nest: `char *(*names)[2]`. Deeper than this, nobody writes them. */
const MAX_DECLARATORS = 16;

/** The name in a declarator, and whether it is an array's, which statements fill that look like none. */
function declared(tree: SyntaxTree, node: Node): { readonly at: Node; readonly array: boolean } {
  let at = tree.child(node, 'declarator');
  let array = false;
  for (let depth = 0; at !== NONE && depth < MAX_DECLARATORS; depth += 1) {
    const type = tree.type(at);
    if (type === 'identifier' || type === 'field_identifier') return { at, array };
    if (type === 'array_declarator') array = true;
    const inner = tree.child(at, 'declarator');
    at = inner === NONE && type === 'parenthesized_declarator' ? tree.first(at) : inner;
  }
  return { at: NONE, array };
}

const declarator: Binder = (tree, node, declare) => {
  const { at, array } = declared(tree, node);
  const value = tree.child(node, 'value');
  if (at === NONE) return;
  declare(
    tree.text(at),
    array || value === NONE ? { at: node, kind: 'opaque' } : { at: node, kind: 'value', value },
  );
};

const cBinders: SyntaxTable['binders'] = {
  preproc_include(tree, node, declare) {
    declare.module(tree.text(tree.child(node, 'path')).replace(/^[<"]|[>"]$/g, ''), node);
  },
  // #define run system
  preproc_def(tree, node, declare) {
    const target = tree.text(tree.child(node, 'value')).trim();
    if (!/^[A-Za-z_]\w{0,60}$/.test(target)) return;
    declare(tree.text(tree.child(node, 'name')), { at: node, kind: 'import', target });
  },
  init_declarator: declarator,
  assignment_expression: variable('left', 'right'),
  function_definition(tree, node, declare) {
    const { at } = declared(tree, node);
    if (at !== NONE) declare(tree.text(at), { at: node, kind: 'function', value: node });
  },
};

const cTable = {
  scopes: { function_definition: 'function' },
  identifiers: new Set(['identifier', 'field_identifier']),
  exitCalls: new Set(['exit', '_exit', 'abort', 'quick_exit', 'longjmp', 'pthread_exit', 'std.exit']),
  binders: cBinders,
  assignments: {
    assignment_expression: assignment('left', 'right'),
    init_declarator: assignment('declarator', 'value'),
  },
  branches: ['preproc_if', 'preproc_ifdef', 'case_statement'],
  readers: {
    identifier: name,
    call_expression: call('function'),
    field_expression: member('argument', 'field'),
    subscript_expression: derived,
    pointer_expression: same('argument'),
    cast_expression: same('value'),
    initializer_list: collection,
    gnu_asm_expression: calls('asm'),
  },
} as const;

export const c: Dialect = dialectOf({ ...cTable, rules: 'c' });

export const cpp: Dialect = dialectOf({
  ...cTable,
  binders: {
    ...cBinders,
    namespace_alias_definition(tree, node, declare) {
      const [own, target] = tree.children(node);
      if (own === undefined || target === undefined) return;
      const path = tree.text(target).slice(0, 160).replaceAll('::', '.');
      declare(tree.text(own), { at: node, kind: 'import', target: path });
    },
  },
  rules: 'cpp',
  scopes: { ...cTable.scopes, lambda_expression: 'function' },
  loops: { for_range_loop: each },
  exits: ['co_return_statement', 'co_yield_statement', 'co_await_expression'],
  branches: [...cTable.branches, 'for_range_loop'],
  readers: {
    ...cTable.readers,
    condition_clause: same('value'),
    // std::filesystem::remove is a name in a name in std.
    qualified_identifier(tree, node): Expression {
      const read = member('scope', 'name')(tree, node);
      return read.kind === 'member' ? { ...read, name: read.name.replaceAll('::', '.') } : read;
    },
    namespace_identifier: name,
    lambda_expression: lambda,
    new_expression: call('type'),
    type_identifier: name,
    // system(command.c_str())
    call_expression(tree, node): Expression {
      const callee = tree.child(node, 'function');
      const field = callee === NONE ? NONE : tree.child(callee, 'field');
      return field !== NONE && tree.text(field) === 'c_str'
        ? { kind: 'same', of: tree.child(callee, 'argument') }
        : call('function')(tree, node);
    },
  },
});

/** The last part of a module's path that is a name: `math/rand/v2` is `rand`. */
const LAST_PART = /([\w.-]+?)(?:\/v\d+)?$/;

export const go: Dialect = dialectOf({
  rules: 'go',
  scopes: { function_declaration: 'function', method_declaration: 'function', func_literal: 'function' },
  identifiers: new Set(['identifier', 'field_identifier']),
  exitCalls: new Set(['os.Exit', 'panic', 'log.Fatal', 'log.Fatalf', 'log.Fatalln', 'runtime.Goexit', '<-']),
  // What sends to a channel or waits for one is held up by whoever is at its other end.
  exits: ['send_statement', 'select_statement', 'receive_statement'],
  branches: ['expression_switch_statement', 'type_switch_statement', 'select_statement', 'go_statement'],
  binders: {
    import_spec(tree, node, declare) {
      const module = tree.text(tree.child(node, 'path')).replace(/^["`]|["`]$/g, '');
      const alias = tree.child(node, 'name');
      declare.module(module, node);
      if (alias !== NONE && tree.text(alias) === '.') declare.star(module, node);
      else {
        const own = alias === NONE ? (LAST_PART.exec(module)?.[1] ?? module) : tree.text(alias);
        declare(own, { at: node, kind: 'import', target: module });
      }
    },
    short_var_declaration: variable('left', 'right'),
    assignment_statement: variable('left', 'right'),
    var_spec: variable('name', 'value'),
    const_spec: variable('name', 'value'),
    parameter_declaration: parameter('name'),
    function_declaration: named('function'),
  },
  assignments: {
    short_var_declaration: assignment('left', 'right'),
    assignment_statement: assignment('left', 'right'),
    const_spec: assignment('name', 'value'),
    keyed_element(tree, node) {
      const [target, value] = tree.children(node);
      return target === undefined || value === undefined ? undefined : { target, value, adds: false };
    },
  },
  loops: {
    for_statement(tree, node) {
      const body = tree.child(node, 'body');
      const head = tree.first(node);
      const type = tree.type(head);
      if (type === 'range_clause') return each(tree, node);
      const condition = type === 'for_clause' ? tree.child(head, 'condition') : head === body ? NONE : head;
      return { condition, body, over: NONE, step: NONE };
    },
  },
  readers: {
    identifier: name,
    literal_element: same(),
    type_conversion_expression: same('operand'),
    package_identifier: name,
    type_identifier: name,
    call_expression: call('function'),
    selector_expression: member('operand', 'field'),
    qualified_type: member('package', 'name'),
    composite_literal: call('type', ''),
    index_expression: index,
    func_literal: lambda,
    unary_expression: (tree, node) =>
      tree.startsWith(node, '<-') ? calls('<-')(tree, node) : derived(tree, node),
  },
});

const javaMethod = method('name', { method_invocation: 'object' });

export const java: Dialect = dialectOf({
  rules: 'java',
  scopes: {
    method_declaration: 'function',
    constructor_declaration: 'function',
    lambda_expression: 'function',
    class_declaration: 'class',
  },
  identifiers: new Set(['identifier']),
  exitCalls: new Set(['System.exit']),
  exits: ['yield_statement'],
  branches: ['enhanced_for_statement', 'switch_label'],
  moduleName: (module) => module.replace(/^java\.lang\./, ''),
  binders: {
    import_declaration(tree, node, declare) {
      const [path, star] = tree.children(node);
      if (path === undefined) return;
      const target = tree.text(path).slice(0, 160);
      declare.module(target, node);
      if (star !== undefined) declare.star(target, node);
      else declare(target.slice(target.lastIndexOf('.') + 1), { at: node, kind: 'import', target });
    },
    variable_declarator: variable('name', 'value'),
    assignment_expression: variable('left', 'right'),
    formal_parameter: parameter('name'),
    method_declaration: named('function'),
  },
  assignments: {
    variable_declarator: assignment('name', 'value'),
    assignment_expression: assignment('left', 'right'),
  },
  loops: { enhanced_for_statement: each },
  readers: {
    identifier: javaMethod,
    type_identifier: name,
    scoped_type_identifier(tree, node) {
      const [object, own] = tree.children(node);
      return object === undefined || own === undefined
        ? name(tree, node)
        : { kind: 'member', object, name: tree.text(own) };
    },
    generic_type: same(),
    field_access: member('object', 'field'),
    method_invocation: call('name'),
    object_creation_expression: call('type'),
    array_creation_expression: same('value'),
    array_initializer: collection,
    array_access: index,
    cast_expression: same('value'),
    lambda_expression: lambda,
  },
});

/** use std::{process::Command, net::{self, TcpStream as Stream}, io::*} */
const use: Binder = (tree, node, declare) => {
  let prefix = '';
  let at = node;
  for (let depth = 0; depth < 8 && tree.type(at) === 'use_list'; depth += 1) {
    const list = tree.parent(at);
    const path = tree.child(list, 'path');
    if (path !== NONE) prefix = `${tree.text(path)}::${prefix}`;
    at = tree.parent(list);
  }
  const dotted = (path: Node) => `${prefix}${tree.text(path)}`.slice(0, 160).replaceAll('::', '.');
  for (const child of tree.children(node)) {
    const type = tree.type(child);
    if (type === 'use_wildcard') declare.star(dotted(tree.first(child)), child);
    else if (type === 'use_as_clause') {
      const target = dotted(tree.child(child, 'path'));
      declare(tree.text(tree.child(child, 'alias')), { at: child, kind: 'import', target });
      declare.module(target, child);
    } else if (type === 'identifier' || type === 'scoped_identifier' || type === 'self') {
      const target = type === 'self' ? prefix.replace(/::$/, '').replaceAll('::', '.') : dotted(child);
      declare(target.slice(target.lastIndexOf('.') + 1), { at: child, kind: 'import', target });
      declare.module(target, child);
    }
  }
};

export const rust: Dialect = dialectOf({
  rules: 'rust',
  scopes: {
    function_item: 'function',
    closure_expression: 'function',
    impl_item: 'class',
    trait_item: 'class',
  },
  identifiers: new Set(['identifier', 'field_identifier']),
  exitCalls: new Set(['std.process.exit', 'std.process.abort', 'panic!', 'unreachable!', 'todo!']),
  exits: ['return_expression', 'try_expression', 'await_expression'],
  branches: ['if_expression', 'match_expression', 'while_expression', 'for_expression', 'loop_expression'],
  binders: {
    use_declaration: use,
    use_list: use,
    let_declaration: variable('pattern', 'value'),
    const_item: variable('name', 'value'),
    static_item: variable('name', 'value'),
    parameter: parameter('pattern'),
    function_item: named('function'),
  },
  assignments: {
    let_declaration: assignment('pattern', 'value'),
    const_item: assignment('name', 'value'),
  },
  loops: { loop_expression: loop(), while_expression: loop(), for_expression: each },
  readers: {
    identifier: name,
    type_identifier: name,
    call_expression: call('function'),
    scoped_identifier: member('path', 'name'),
    scoped_type_identifier: member('path', 'name'),
    field_expression: member('value', 'field'),
    generic_function: same('function'),
    generic_type: same('type'),
    reference_expression: same('value'),
    try_expression: same(),
    await_expression: same(),
    index_expression: index,
    array_expression: collection,
    closure_expression: lambda,
    function_item: lambda,
    unsafe_block: calls('unsafe'),
    foreign_mod_item: calls('extern'),
    macro_invocation(tree, node): Expression {
      const tokens = tree.children(node).at(-1) ?? NONE;
      const args =
        tree.type(tokens) === 'token_tree' ? tree.children(tokens).map((each) => ({ node: each })) : [];
      return {
        kind: 'call',
        callee: NONE,
        name: `${tree.text(tree.child(node, 'macro')).slice(0, 60).replaceAll('::', '.')}!`,
        args,
      };
    },
  },
});
