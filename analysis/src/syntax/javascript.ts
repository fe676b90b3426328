import type { Declare, Dialect } from './dialect.ts';
import {
  type Argument,
  type Binding,
  type Entry,
  type Expression,
  OTHER,
  type Reader,
} from './expression.ts';
import { readNumber, unescapeText } from './text.ts';
import { NONE, type Node, type SyntaxTree } from './tree.ts';

/** Modules under other names: promise variants and drop-in replacements. */
const MODULES: Readonly<Record<string, string>> = {
  'fs/promises': 'fs.promises',
  'fs-extra': 'fs',
  'graceful-fs': 'fs',
  'mz/fs': 'fs',
  'mz/child_process': 'child_process',
  'dns/promises': 'dns.promises',
  'timers/promises': 'timers.promises',
  'cross-spawn': 'child_process.spawn',
};

/** Objects through which every global is reached. */
const GLOBAL_OBJECTS = new Set(['globalThis', 'window', 'self', 'global', 'top', 'parent', 'frames']);

export function isGlobalObject(name: string): boolean {
  return GLOBAL_OBJECTS.has(name);
}

const derived: Reader = (tree, node) => ({ kind: 'derived', of: tree.children(node) });
const name: Reader = (tree, node) => ({ kind: 'name', name: tree.text(node) });
const aFunction: Reader = (_tree, node) => ({ kind: 'function', node });
const same =
  (field?: string): Reader =>
  (tree, node) => {
    const of = field === undefined ? (tree.children(node)[0] ?? NONE) : tree.child(node, field);
    return of === NONE ? OTHER : { kind: 'same', of };
  };

function argumentsOf(tree: SyntaxTree, list: Node): Argument[] {
  if (list === NONE) return [];
  if (tree.type(list) === 'template_string') {
    // A tag is called with the constant parts and then with each value that is put in.
    const values = tree.children(list).filter((child) => tree.type(child) === 'template_substitution');
    return [{ node: list }, ...values.map((value) => ({ node: tree.first(value) }))];
  }
  return tree
    .children(list)
    .map((child) =>
      tree.type(child) === 'spread_element' ? { node: tree.first(child), spread: true } : { node: child },
    );
}

function readString(tree: SyntaxTree, node: Node): Expression {
  return { kind: 'text', text: unescapeText(tree.text(node).slice(1, -1)) };
}

function readTemplate(tree: SyntaxTree, node: Node): Expression {
  const parts: (string | Node)[] = [];
  for (const child of tree.children(node)) {
    const type = tree.type(child);
    if (type === 'template_substitution') parts.push(tree.first(child));
    else if (type !== 'template_type') parts.push(unescapeText(tree.text(child)));
  }
  const first = parts.filter((part) => part !== NONE);
  return first.every((part) => typeof part === 'string')
    ? { kind: 'text', text: first.join('') }
    : { kind: 'template', parts: first };
}

function propertyName(tree: SyntaxTree, key: Node): string | undefined {
  switch (tree.type(key)) {
    case 'property_identifier':
    case 'private_property_identifier':
    case 'shorthand_property_identifier':
    case 'identifier':
    case 'number':
      return tree.text(key);
    case 'string':
      return tree.text(key).slice(1, -1);
    case 'computed_property_name': {
      const inner = tree.first(key);
      return inner !== NONE && tree.type(inner) === 'string' ? tree.text(inner).slice(1, -1) : undefined;
    }
    default:
      return undefined;
  }
}

function readObject(tree: SyntaxTree, node: Node): Expression {
  const entries: Entry[] = [];
  for (const child of tree.children(node)) {
    switch (tree.type(child)) {
      case 'pair':
        entries.push({
          key: propertyName(tree, tree.child(child, 'key')),
          value: tree.child(child, 'value'),
        });
        break;
      case 'shorthand_property_identifier':
        entries.push({ key: tree.text(child), value: child });
        break;
      case 'method_definition':
        entries.push({ key: propertyName(tree, tree.child(child, 'name')), value: child });
        break;
      default:
        entries.push({ key: undefined, value: tree.first(child) });
    }
  }
  return { kind: 'collection', keyed: true, entries };
}

function readArray(tree: SyntaxTree, node: Node): Expression {
  const entries = tree
    .children(node)
    .map(
      (child, index): Entry =>
        tree.type(child) === 'spread_element'
          ? { key: undefined, value: tree.first(child) }
          : { key: String(index), value: child },
    );
  return { kind: 'collection', keyed: false, entries };
}

const readers: Readonly<Record<string, Reader>> = {
  identifier: name,
  shorthand_property_identifier: name,
  this: name,
  super: name,
  import: name,
  member_expression: (tree, node) => ({
    kind: 'member',
    object: tree.child(node, 'object'),
    name: tree.text(tree.child(node, 'property')),
  }),
  subscript_expression: (tree, node) => ({
    kind: 'index',
    object: tree.child(node, 'object'),
    index: tree.child(node, 'index'),
  }),
  call_expression: (tree, node) => {
    const callee = tree.child(node, 'function');
    const list = tree.child(node, 'arguments');
    return { kind: 'call', callee, args: argumentsOf(tree, list) };
  },
  new_expression: (tree, node) => ({
    kind: 'call',
    callee: tree.child(node, 'constructor'),
    args: argumentsOf(tree, tree.child(node, 'arguments')),
    construct: true,
  }),
  string: readString,
  template_string: readTemplate,
  number: (tree, node) => ({ kind: 'number', value: readNumber(tree.text(node)) }),
  true: () => ({ kind: 'truth', value: true }),
  false: () => ({ kind: 'truth', value: false }),
  null: () => ({ kind: 'truth', value: null }),
  undefined: () => ({ kind: 'truth', value: null }),
  regex: (tree, node) => ({ kind: 'pattern', source: tree.text(tree.child(node, 'pattern')) }),
  binary_expression: (tree, node) => {
    const left = tree.child(node, 'left');
    const right = tree.child(node, 'right');
    const operator = tree.between(left, right);
    return operator === '||' || operator === '??' || operator === '&&'
      ? { kind: 'either', of: [left, right] }
      : { kind: 'binary', operator, left, right };
  },
  unary_expression: (tree, node) => {
    const of = tree.child(node, 'argument');
    const operator = tree.source.slice(tree.start(node), tree.start(of)).trim();
    return { kind: 'binary', operator, left: NONE, right: of };
  },
  ternary_expression: (tree, node) => ({
    kind: 'either',
    of: [tree.child(node, 'consequence'), tree.child(node, 'alternative')],
  }),
  parenthesized_expression: same(),
  await_expression: same(),
  non_null_expression: same(),
  as_expression: same(),
  satisfies_expression: same(),
  type_assertion: (tree, node) => ({ kind: 'same', of: tree.children(node).at(-1) ?? NONE }),
  assignment_expression: same('right'),
  sequence_expression: (tree, node) => ({ kind: 'same', of: tree.children(node).at(-1) ?? NONE }),
  yield_expression: derived,
  jsx_expression: same(),
  array: readArray,
  object: readObject,
  arrow_function: aFunction,
  function_expression: aFunction,
  function: aFunction,
  generator_function: aFunction,
  method_definition: aFunction,
  class: () => ({ kind: 'class' }),
};

type Bound = (name: string, path: readonly string[], fallback: Node) => void;

/** Binds a destructuring pattern. */
function bindPattern(tree: SyntaxTree, target: Node, bound: Bound): void {
  const todo: { node: Node; path: readonly string[]; fallback: Node }[] = [
    { node: target, path: [], fallback: NONE },
  ];
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { node, path, fallback } = item;
    if (node === NONE) continue;
    const deeper = (key: string | undefined) => (path.length > 4 ? path : [...path, key ?? '?']);
    switch (tree.type(node)) {
      case 'identifier':
      case 'shorthand_property_identifier_pattern': {
        const own = tree.type(node) === 'identifier' ? path : deeper(tree.text(node));
        bound(tree.text(node), own, fallback);
        break;
      }
      case 'member_expression': {
        const object = tree.child(node, 'object');
        const type = tree.type(object);
        const property = tree.text(tree.child(node, 'property'));
        if (type === 'identifier' || type === 'this')
          bound(`${tree.text(object)}.${property}`, path, fallback);
        break;
      }
      case 'object_pattern':
      case 'array_pattern': {
        const list = tree.type(node) === 'array_pattern';
        for (const [index, child] of tree.children(node).entries()) {
          todo.push({ node: child, path: list ? deeper(String(index)) : path, fallback });
        }
        break;
      }
      case 'pair_pattern':
        todo.push({
          node: tree.child(node, 'value'),
          path: deeper(propertyName(tree, tree.child(node, 'key'))),
          fallback,
        });
        break;
      case 'object_assignment_pattern':
      case 'assignment_pattern':
        todo.push({ node: tree.child(node, 'left'), path, fallback: tree.child(node, 'right') });
        break;
      case 'rest_pattern':
        todo.push({ node: tree.first(node), path, fallback });
        break;
    }
  }
}

function bindParameters(tree: SyntaxTree, node: Node, declare: Declare): void {
  const single = tree.child(node, 'parameter');
  const list = tree.child(node, 'parameters');
  const parameters = single === NONE ? (list === NONE ? [] : tree.children(list)) : [single];
  for (const parameter of parameters) {
    const typed =
      tree.type(parameter) === 'required_parameter' || tree.type(parameter) === 'optional_parameter';
    const target = typed ? tree.child(parameter, 'pattern') : parameter;
    const value = typed ? tree.child(parameter, 'value') : NONE;
    bindPattern(tree, target, (bound, _path, fallback) => {
      const given = fallback === NONE ? value : fallback;
      const binding: Binding = {
        at: parameter,
        kind: 'parameter',
        ...(given === NONE ? {} : { value: given }),
      };
      declare(bound, binding, 'inside');
    });
  }
}

function bindImport(tree: SyntaxTree, node: Node, declare: Declare): void {
  const source = tree.child(node, 'source');
  if (source === NONE) return;
  const module = tree.text(source).slice(1, -1);
  declare.module(module, node);
  const clause = tree.children(node).find((child) => tree.type(child) === 'import_clause');
  if (clause === undefined) return;
  for (const child of tree.children(clause)) {
    switch (tree.type(child)) {
      case 'identifier':
        declare(tree.text(child), { at: node, kind: 'import', target: module });
        break;
      case 'namespace_import':
        declare(tree.text(tree.first(child)), { at: node, kind: 'import', target: module });
        break;
      case 'named_imports':
        for (const specifier of tree.children(child)) {
          const what = tree.text(tree.child(specifier, 'name')).replace(/^['"]|['"]$/g, '');
          const alias = tree.child(specifier, 'alias');
          const target = what === 'default' ? module : `${module}#${what}`;
          declare(alias === NONE ? what : tree.text(alias), { at: node, kind: 'import', target });
        }
    }
  }
}

const FUNCTIONS = [
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'function',
  'generator_function',
  'arrow_function',
  'method_definition',
] as const;

/** JavaScript; TypeScript's grammar has the same nodes, and more that say nothing of what runs. */
export const javascript: Dialect = {
  rules: 'javascript',
  readers,
  scopes: {
    ...Object.fromEntries(FUNCTIONS.map((type) => [type, 'function' as const])),
    class_declaration: 'class',
    class: 'class',
  },
  binds: new Set([
    ...FUNCTIONS,
    'import_statement',
    'variable_declarator',
    'assignment_expression',
    'augmented_assignment_expression',
    'class_declaration',
    'class',
    'for_in_statement',
    'catch_clause',
    'field_definition',
    'public_field_definition',
    'import_require_clause',
    'update_expression',
  ]),
  bind(tree, node, declare) {
    switch (tree.type(node)) {
      case 'import_statement':
        bindImport(tree, node, declare);
        return;
      case 'import_require_clause': {
        const source = tree.child(node, 'source');
        const target = tree.text(source).slice(1, -1);
        declare(tree.text(tree.first(node)), { at: node, kind: 'import', target });
        return;
      }
      case 'variable_declarator': {
        const value = tree.child(node, 'value');
        bindPattern(tree, tree.child(node, 'name'), (bound, path, fallback) => {
          const given = value === NONE ? fallback : value;
          // `let x` without a value does not hide what is assigned later.
          declare(bound, { at: node, kind: 'value', path, ...(given === NONE ? {} : { value: given }) });
        });
        return;
      }
      case 'assignment_expression':
      case 'augmented_assignment_expression': {
        const value = tree.child(node, 'right');
        const adds = tree.type(node) === 'augmented_assignment_expression';
        bindPattern(tree, tree.child(node, 'left'), (bound, path) =>
          declare(bound, { at: node, kind: 'value', value, path, adds }, 'outer'),
        );
        return;
      }
      case 'update_expression': {
        const target = tree.child(node, 'argument');
        if (tree.type(target) === 'identifier') {
          declare(tree.text(target), { at: node, kind: 'value', value: target, adds: true }, 'outer');
        }
        return;
      }
      case 'field_definition':
      case 'public_field_definition': {
        const key = tree.child(node, tree.type(node) === 'field_definition' ? 'property' : 'name');
        const value = tree.child(node, 'value');
        if (value !== NONE) declare(`this.${tree.text(key)}`, { at: node, kind: 'value', value });
        return;
      }
      case 'class_declaration':
        declare(tree.text(tree.child(node, 'name')), { at: node, kind: 'class', value: node });
        return;
      case 'class': {
        const own = tree.child(node, 'name');
        if (own !== NONE) declare(tree.text(own), { at: node, kind: 'class', value: node }, 'inside');
        return;
      }
      case 'for_in_statement': {
        const value = tree.child(node, 'right');
        bindPattern(tree, tree.child(node, 'left'), (bound, path) =>
          declare(bound, { at: node, kind: 'element', value, path }),
        );
        return;
      }
      case 'catch_clause': {
        const parameter = tree.child(node, 'parameter');
        bindPattern(tree, parameter, (bound) => declare(bound, { at: node, kind: 'opaque' }));
        return;
      }
      default: {
        const own = tree.child(node, 'name');
        const declared = tree.type(node).endsWith('_declaration');
        if (own !== NONE && tree.type(node) !== 'method_definition') {
          declare(tree.text(own), { at: node, kind: 'function', value: node }, declared ? 'here' : 'inside');
        }
        bindParameters(tree, node, declare);
      }
    }
  },
  moduleName(raw) {
    const [module = '', member] = raw.split('#');
    const plain = module.replace(/^node:/, '');
    const known = Object.hasOwn(MODULES, plain) ? (MODULES[plain] ?? plain) : plain;
    return member === undefined ? known : `${known}.${member}`;
  },
  identifier: (raw) => unescapeText(raw),
  assignments: {
    variable_declarator: (tree, node) => pair(tree, node, 'name', 'value', false),
    assignment_expression: (tree, node) => pair(tree, node, 'left', 'right', false),
    augmented_assignment_expression: (tree, node) => pair(tree, node, 'left', 'right', true),
    pair: (tree, node) => pair(tree, node, 'key', 'value', false),
    field_definition: (tree, node) => pair(tree, node, 'property', 'value', false),
    public_field_definition: (tree, node) => pair(tree, node, 'name', 'value', false),
    assignment_pattern: (tree, node) => pair(tree, node, 'left', 'right', false),
    required_parameter: (tree, node) => pair(tree, node, 'pattern', 'value', false),
    jsx_attribute: (tree, node) => {
      const [target, value] = tree.children(node);
      return target === undefined || value === undefined ? undefined : { target, value, adds: false };
    },
  },
  loops: {
    while_statement: (tree, node) => ({
      condition: tree.child(node, 'condition'),
      body: tree.child(node, 'body'),
      over: NONE,
      step: NONE,
    }),
    do_statement: (tree, node) => ({
      condition: tree.child(node, 'condition'),
      body: tree.child(node, 'body'),
      over: NONE,
      step: NONE,
    }),
    for_statement: (tree, node) => ({
      condition: tree.child(node, 'condition'),
      body: tree.child(node, 'body'),
      over: NONE,
      step: tree.child(node, 'increment'),
    }),
    for_in_statement: (tree, node) => ({
      condition: NONE,
      body: tree.child(node, 'body'),
      over: tree.child(node, 'right'),
      step: NONE,
    }),
  },
  seesChanges: true,
  breaks: new Set(['break_statement']),
  exits: new Set(['return_statement', 'throw_statement', 'yield_expression', 'await_expression']),
  returns: new Set(['return_statement']),
  exitCalls: new Set(['process.exit', 'process.abort', 'process.kill', 'process.reallyExit']),
  branches: new Set([
    'if_statement',
    'while_statement',
    'do_statement',
    'for_statement',
    'for_in_statement',
    'catch_clause',
    'ternary_expression',
    'switch_case',
  ]),
  identifiers: new Set(['identifier', 'property_identifier', 'shorthand_property_identifier']),
  receivers: new Set(['this']),
  blocks: new Set(['statement_block', 'program']),
};

function pair(tree: SyntaxTree, node: Node, left: string, right: string, adds: boolean) {
  const target = tree.child(node, left);
  const value = tree.child(node, right);
  return target === NONE || value === NONE ? undefined : { target, value, adds };
}
