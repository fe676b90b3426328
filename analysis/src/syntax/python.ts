import type { Dialect } from './dialect.ts';
import { type Argument, type Entry, type Expression, OTHER, type Reader } from './expression.ts';
import { readNumber, unescapeText } from './text.ts';
import { NONE, type Node, type SyntaxTree } from './tree.ts';

/** Modules under other names: Python 2, C accelerators, forks with the same functions. */
const MODULES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    __builtin__: 'builtins',
    __builtins__: 'builtins',
    cPickle: 'pickle',
    _pickle: 'pickle',
    posix: 'os',
    nt: 'os',
    _socket: 'socket',
    _thread: 'threading',
    thread: 'threading',
    _ctypes: 'ctypes',
    Cryptodome: 'Crypto',
    commands: 'subprocess',
    _posixsubprocess: 'subprocess',
    'ruamel.yaml': 'yaml',
    SocketServer: 'socketserver',
    urllib2: 'urllib.request',
    'six.moves.urllib': 'urllib',
    'six.moves.cPickle': 'pickle',
    'defusedxml.cElementTree': 'defusedxml.ElementTree',
    'xml.etree.cElementTree': 'xml.etree.ElementTree',
    importlib_import_module: 'importlib.import_module',
  }),
);

const NOT_ASCII = /[^ -~]/;

const name: Reader = (tree, node) => ({ kind: 'name', name: tree.text(node) });
const derived: Reader = (tree, node) => ({ kind: 'derived', of: tree.children(node) });
const same =
  (field?: string): Reader =>
  (tree, node) => {
    const of = field === undefined ? tree.first(node) : tree.child(node, field);
    return of === NONE ? OTHER : { kind: 'same', of };
  };

function argumentsOf(tree: SyntaxTree, list: Node): Argument[] {
  if (list === NONE) return [];
  // f(x for x in y): the generator is the argument itself.
  if (tree.type(list) === 'generator_expression') return [{ node: list }];
  return tree.children(list).map((child): Argument => {
    const type = tree.type(child);
    if (type === 'keyword_argument') {
      const key = tree.child(child, 'name');
      return { node: tree.child(child, 'value'), name: tree.text(key) };
    }
    if (type === 'list_splat' || type === 'dictionary_splat')
      return { node: tree.first(child), spread: true };
    return { node: child };
  });
}

function readString(tree: SyntaxTree, node: Node): Expression {
  const source = tree.text(node);
  const prefix = /^[a-zA-Z]*/.exec(source)?.[0].toLowerCase() ?? '';
  const raw = prefix.includes('r');
  const parts: (string | Node)[] = [];
  for (const child of tree.children(node)) {
    const type = tree.type(child);
    if (type === 'string_content') {
      const text = tree.text(child);
      parts.push(raw ? text : unescapeText(text));
    } else if (type === 'interpolation') {
      const inner = tree.child(child, 'expression');
      parts.push(inner === NONE ? tree.first(child) : inner);
    }
  }
  if (parts.every((part) => typeof part === 'string')) {
    return { kind: 'text', text: parts.join(''), bytes: prefix.includes('b') };
  }
  return { kind: 'template', parts };
}

function collection(tree: SyntaxTree, node: Node): Expression {
  const entries = tree.children(node).map((child, index): Entry => {
    return tree.type(child) === 'list_splat'
      ? { key: undefined, value: tree.first(child) }
      : { key: String(index), value: child };
  });
  return { kind: 'collection', keyed: false, entries };
}

function dictionary(tree: SyntaxTree, node: Node): Expression {
  const entries = tree.children(node).map((child): Entry => {
    if (tree.type(child) !== 'pair') return { key: undefined, value: tree.first(child) };
    const key = tree.child(child, 'key');
    const text = tree.type(key) === 'string' ? readString(tree, key) : OTHER;
    return { key: text.kind === 'text' ? text.text : undefined, value: tree.child(child, 'value') };
  });
  return { kind: 'collection', keyed: true, entries };
}

const readers: Readonly<Record<string, Reader>> = {
  identifier: name,
  dotted_name: (tree, node) => {
    const [first, ...rest] = tree.children(node);
    return first !== undefined && rest.length === 0 ? { kind: 'same', of: first } : OTHER;
  },
  attribute: (tree, node) => ({
    kind: 'member',
    object: tree.child(node, 'object'),
    name: tree.text(tree.child(node, 'attribute')),
  }),
  subscript: (tree, node) => {
    const index = tree.child(node, 'subscript');
    const object = tree.child(node, 'value');
    if (tree.type(index) !== 'slice') return { kind: 'index', object, index };
    // text[::-1], with which names are hidden.
    return tree.text(index).replace(/\s/g, '') === '::-1'
      ? { kind: 'reversed', of: object }
      : { kind: 'derived', of: [object] };
  },
  call: (tree, node) => ({
    kind: 'call',
    callee: tree.child(node, 'function'),
    args: argumentsOf(tree, tree.child(node, 'arguments')),
  }),
  string: readString,
  concatenated_string: (tree, node) => ({ kind: 'template', parts: tree.children(node) }),
  integer: (tree, node) => ({ kind: 'number', value: readNumber(tree.text(node)) }),
  float: (tree, node) => ({ kind: 'number', value: readNumber(tree.text(node)) }),
  true: () => ({ kind: 'truth', value: true }),
  false: () => ({ kind: 'truth', value: false }),
  none: () => ({ kind: 'truth', value: null }),
  binary_operator: (tree, node) => {
    const left = tree.child(node, 'left');
    const right = tree.child(node, 'right');
    return { kind: 'binary', operator: tree.between(left, right), left, right };
  },
  boolean_operator: (tree, node) => ({ kind: 'either', of: tree.children(node) }),
  conditional_expression: (tree, node) => {
    const [yes, , no] = tree.children(node);
    return yes !== undefined && no !== undefined ? { kind: 'either', of: [yes, no] } : OTHER;
  },
  parenthesized_expression: same(),
  await: same(),
  expression_list: collection,
  named_expression: same('value'),
  not_operator: derived,
  unary_operator: (tree, node) => {
    const of = tree.child(node, 'argument');
    return { kind: 'binary', operator: tree.source[tree.start(node)] ?? '', left: NONE, right: of };
  },
  comparison_operator: derived,
  list: collection,
  tuple: collection,
  set: collection,
  dictionary,
  list_comprehension: derived,
  set_comprehension: derived,
  dictionary_comprehension: derived,
  generator_expression: derived,
  for_in_clause: same('right'),
  yield: derived,
  lambda: (_tree, node) => ({ kind: 'function', node }),
  keyword_argument: same('value'),
};

/** Binds a pattern on the left of an assignment, a for, a with. */
function bindPattern(
  tree: SyntaxTree,
  target: Node,
  declare: (name: string, path: readonly string[], element: boolean) => void,
  path: readonly string[] = [],
): void {
  // Patterns nest as deep as the input does: a stack, no recursion.
  const todo: { node: Node; path: readonly string[]; element: boolean }[] = [
    { node: target, path, element: false },
  ];
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { node } = item;
    switch (tree.type(node)) {
      case 'identifier':
        declare(tree.text(node), item.path, item.element);
        break;
      case 'attribute': {
        const object = tree.child(node, 'object');
        if (tree.type(object) === 'identifier') {
          declare(
            `${tree.text(object)}.${tree.text(tree.child(node, 'attribute'))}`,
            item.path,
            item.element,
          );
        }
        break;
      }
      case 'subscript': {
        // box['key'] = value
        const object = tree.child(node, 'value');
        const key = tree.child(node, 'subscript');
        const text = tree.type(key) === 'string' ? readString(tree, key) : OTHER;
        if (tree.type(object) === 'identifier' && text.kind === 'text') {
          declare(`${tree.text(object)}.${text.text}`, item.path, item.element);
        }
        break;
      }
      case 'list_splat_pattern':
        for (const child of tree.children(node)) todo.push({ node: child, path: [], element: true });
        break;
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
      case 'tuple':
      case 'list':
      case 'as_pattern_target':
      case 'parenthesized_expression': {
        const parts = tree.children(node);
        const flat =
          tree.type(node) === 'as_pattern_target' || tree.type(node) === 'parenthesized_expression';
        for (const [index, child] of parts.entries()) {
          todo.push({
            node: child,
            path: flat || item.path.length > 4 ? item.path : [...item.path, String(index)],
            element: item.element,
          });
        }
        break;
      }
    }
  }
}

function bindParameters(tree: SyntaxTree, list: Node, declare: Parameters<Dialect['bind']>[2]): void {
  for (const child of tree.children(list)) {
    const type = tree.type(child);
    let target = child;
    if (type === 'default_parameter' || type === 'typed_default_parameter')
      target = tree.child(child, 'name');
    else if (type !== 'identifier') target = tree.first(child);
    while (target !== NONE && tree.type(target) !== 'identifier') target = tree.first(target);
    if (target === NONE) continue;
    const value = tree.child(child, 'value');
    declare(
      tree.text(target),
      { at: child, kind: 'parameter', ...(value === NONE ? {} : { value }) },
      'inside',
    );
  }
}

export const python: Dialect = {
  rules: 'python',
  readers,
  scopes: { function_definition: 'function', lambda: 'function', class_definition: 'class' },
  binds: new Set([
    'import_statement',
    'import_from_statement',
    'assignment',
    'augmented_assignment',
    'named_expression',
    'function_definition',
    'lambda',
    'class_definition',
    'for_statement',
    'for_in_clause',
    'as_pattern',
    'except_clause',
    'global_statement',
    'nonlocal_statement',
  ]),
  bind(tree, node, declare) {
    switch (tree.type(node)) {
      case 'import_statement':
        for (const child of tree.children(node, 'name')) {
          if (tree.type(child) === 'aliased_import') {
            const target = tree.text(tree.child(child, 'name'));
            declare.module(target, node);
            declare(tree.text(tree.child(child, 'alias')), { at: node, kind: 'import', target });
          } else {
            // `import a.b` binds `a`.
            const target = tree.text(child);
            declare.module(target, node);
            const root = target.split('.')[0] ?? target;
            declare(root, { at: node, kind: 'import', target: root });
          }
        }
        return;
      case 'global_statement':
        for (const child of tree.children(node)) declare.elsewhere(tree.text(child), 'module');
        return;
      case 'nonlocal_statement':
        for (const child of tree.children(node)) declare.elsewhere(tree.text(child), 'around');
        return;
      case 'import_from_statement': {
        const module = tree.text(tree.child(node, 'module_name'));
        declare.module(module, node);
        for (const child of tree.children(node)) {
          if (tree.type(child) === 'wildcard_import') declare.star(module, node);
        }
        for (const child of tree.children(node, 'name')) {
          const aliased = tree.type(child) === 'aliased_import';
          const what = tree.text(aliased ? tree.child(child, 'name') : child);
          const as = aliased ? tree.text(tree.child(child, 'alias')) : what;
          declare(as, { at: node, kind: 'import', target: `${module}.${what}` });
        }
        return;
      }
      case 'assignment':
      case 'augmented_assignment':
      case 'named_expression': {
        const target = tree.child(node, tree.type(node) === 'named_expression' ? 'name' : 'left');
        const value = tree.child(node, tree.type(node) === 'named_expression' ? 'value' : 'right');
        if (target === NONE || value === NONE) return;
        const adds = tree.type(node) === 'augmented_assignment';
        bindPattern(tree, target, (bound, path, element) =>
          declare(bound, { at: node, kind: element ? 'element' : 'value', value, path, adds }),
        );
        return;
      }
      case 'function_definition':
        declare(tree.text(tree.child(node, 'name')), { at: node, kind: 'function', value: node });
        bindParameters(tree, tree.child(node, 'parameters'), declare);
        return;
      case 'lambda':
        if (tree.child(node, 'parameters') !== NONE) {
          bindParameters(tree, tree.child(node, 'parameters'), declare);
        }
        return;
      case 'class_definition':
        declare(tree.text(tree.child(node, 'name')), { at: node, kind: 'class', value: node });
        return;
      case 'for_statement':
      case 'for_in_clause': {
        const value = tree.child(node, 'right');
        bindPattern(tree, tree.child(node, 'left'), (bound, path) =>
          declare(bound, { at: node, kind: 'element', value, path }),
        );
        return;
      }
      case 'as_pattern': {
        const value = tree.first(node);
        bindPattern(tree, tree.child(node, 'alias'), (bound, path) =>
          declare(bound, { at: node, kind: 'value', value, path }),
        );
        return;
      }
    }
  },
  moduleName(module) {
    const known = MODULES.get(module);
    if (known !== undefined) return known;
    const dot = module.indexOf('.');
    if (dot === -1) return module;
    const root = MODULES.get(module.slice(0, dot));
    return root === undefined ? module : root + module.slice(dot);
  },
  identifier: (raw) => (NOT_ASCII.test(raw) ? raw.normalize('NFKC') : raw),
  assignments: {
    assignment: (tree, node) => pair(tree, node, 'left', 'right', false),
    augmented_assignment: (tree, node) => pair(tree, node, 'left', 'right', true),
    named_expression: (tree, node) => pair(tree, node, 'name', 'value', false),
    default_parameter: (tree, node) => pair(tree, node, 'name', 'value', false),
    typed_default_parameter: (tree, node) => pair(tree, node, 'name', 'value', false),
    keyword_argument: (tree, node) => pair(tree, node, 'name', 'value', false),
    pair: (tree, node) => pair(tree, node, 'key', 'value', false),
  },
  loops: {
    while_statement: (tree, node) => ({
      condition: tree.child(node, 'condition'),
      body: tree.child(node, 'body'),
      over: NONE,
      step: NONE,
    }),
    for_statement: (tree, node) => ({
      condition: NONE,
      body: tree.child(node, 'body'),
      over: tree.child(node, 'right'),
      step: NONE,
    }),
  },
  seesChanges: true,
  breaks: new Set(['break_statement']),
  exits: new Set(['return_statement', 'raise_statement', 'yield', 'await', 'assert_statement']),
  returns: new Set(['return_statement']),
  exitCalls: new Set([
    'sys.exit',
    'exit',
    'quit',
    'os._exit',
    'os.abort',
    'os.execv',
    'os.kill',
    'signal.pause',
  ]),
  branches: new Set([
    'if_statement',
    'elif_clause',
    'while_statement',
    'for_statement',
    'except_clause',
    'conditional_expression',
    'boolean_operator',
    'case_clause',
    'if_clause',
    'for_in_clause',
  ]),
  identifiers: new Set(['identifier']),
  receivers: new Set(['self', 'cls']),
  blocks: new Set(['block', 'module']),
};

function pair(tree: SyntaxTree, node: Node, left: string, right: string, adds: boolean) {
  const target = tree.child(node, left);
  const value = tree.child(node, right);
  return target === NONE || value === NONE ? undefined : { target, value, adds };
}
