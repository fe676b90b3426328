import type { Dialect } from './dialect.ts';
import { type Expression, OTHER, type Reader } from './expression.ts';
import {
  assignment,
  backticks,
  binary,
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
  same,
  text,
  variable,
} from './table.ts';
import { unescapeText } from './text.ts';
import { NONE, type Node, type SyntaxTree } from './tree.ts';

/** The tables of Bash, PHP and Ruby. */

/** A variable is never a command, whatever it is called. */
const bashVariable = (raw: string) => `$${raw}`;

/** Commands that run the command they are given, with their options that take a value. */
const PASSES_ON = new Map([
  ...['command', 'builtin', 'nohup', 'setsid', 'time', 'busybox', 'chronic'].map((own) => [own, ''] as const),
  ['env', 'uCS'],
  ['nice', 'n'],
  ['ionice', 'cnp'],
  ['timeout', 'ks'],
  ['stdbuf', 'ioe'],
]);
/** The like, which have a meaning of their own besides. */
const ALSO_RUNS = new Map([
  ['sudo', 'ughpCDRrtTU'],
  ['doas', 'uC'],
  ['exec', 'a'],
  ['xargs', 'InPLdasE'],
  ['unshare', ''],
  ['nsenter', 't'],
]);
const MAX_WORDS = 24;
/** `env nice timeout 5 command` */
const MAX_WRAPPED = 4;

/** The position of the command among the words that are given to one of these. */
function givenCommand(tree: SyntaxTree, words: readonly Node[], valued: string): number {
  for (let at = 0; at < Math.min(words.length, MAX_WORDS); at += 1) {
    const word = tree.text(words[at] ?? NONE);
    if (/^-[a-zA-Z]$/.test(word) && valued.includes(word.charAt(1))) at += 1;
    else if (!/^(?:-.*|\w+=.*|[\d.]+[smhd]?)$/s.test(word)) return at;
  }
  return -1;
}

function bashCommand(tree: SyntaxTree, node: Node): Expression {
  let callee = tree.child(node, 'name');
  const parts = tree.children(node);
  const given = parts.filter((part) => tree.type(part) === 'herestring_redirect');
  let words = parts.filter((part) => tree.field(part) === 'argument');
  for (let wrapped = 0; wrapped < MAX_WRAPPED; wrapped += 1) {
    const valued = PASSES_ON.get(tree.text(callee).slice(0, 16));
    const at = valued === undefined ? -1 : givenCommand(tree, words, valued);
    if (at === -1) break;
    callee = words[at] ?? NONE;
    words = words.slice(at + 1);
  }
  const own = tree.text(callee).slice(0, 80);
  const wild = /^[~.]{0,2}\/[^$]*[?*]/.test(own);
  return {
    kind: 'call',
    callee,
    ...(wild ? { name: 'wildcard' } : {}),
    args: [...words, ...given].map((argument) => ({ node: argument })),
  };
}

/** A word is text, or the command that `sudo`, `xargs` or `find -exec` is given. */
function bashWord(tree: SyntaxTree, node: Node): Expression {
  const own = tree.text(node).replace(/\\(.)/g, '$1');
  const around = tree.parent(node);
  if (tree.field(node) !== 'argument' || node - around > 4 * MAX_WORDS) return { kind: 'text', text: own };
  const command = tree.text(tree.child(around, 'name')).slice(0, 16);
  const valued = ALSO_RUNS.get(command);
  if (valued !== undefined) {
    const words = wordsFrom(tree, tree.first(around), around);
    const at = givenCommand(tree, words, valued);
    if (words[at] === node) return commandOf(own, words.slice(at + 1));
  } else if (command === 'find' && /^-(?:exec|execdir|ok)$/.test(tree.text(node - 1))) {
    return commandOf(own, wordsFrom(tree, tree.next(node, around), around));
  }
  return { kind: 'text', text: own };
}

/** A few of the words of a command; there may be thousands. */
function wordsFrom(tree: SyntaxTree, first: Node, command: Node): Node[] {
  const words: Node[] = [];
  for (let at = first; at !== NONE && words.length < MAX_WORDS; at = tree.next(at, command)) {
    if (tree.field(at) === 'argument') words.push(at);
  }
  return words;
}

const commandOf = (own: string, words: readonly Node[]): Expression => ({
  kind: 'call',
  callee: NONE,
  name: own,
  args: words.map((word) => ({ node: word })),
});

/** `"$(command)"` is what the command gives. */
const bashString: Reader = (tree, node) => {
  const [only, other] = tree.children(node);
  const quoted = only !== undefined && other === undefined && tree.type(only) === 'command_substitution';
  return quoted && tree.end(only) === tree.end(node) - 1 ? { kind: 'same', of: only } : text(tree, node);
};

/** `${name}`; with an operator, computed of the name. */
const bashExpansion: Reader = (tree, node) => {
  // The first letter of a path.
  if (/^\$\{(?:PATH|HOME|PWD):0:1\}$/.test(tree.text(node).slice(0, 20))) return { kind: 'text', text: '/' };
  const plain = tree.end(node) - tree.start(node) === tree.text(tree.first(node)).length + 3;
  return plain ? { kind: 'same', of: tree.first(node) } : derived(tree, node);
};

/** An argument is text, whatever it looks like. */
const bashNumber: Reader = (tree, node) =>
  tree.field(node) === 'argument'
    ? { kind: 'text', text: tree.text(node) }
    : { kind: 'number', value: Number(tree.text(node)) };

/** A command that is given a text in the script itself: `sh <<END`, `cat <<END | sh`. */
function bashRedirected(tree: SyntaxTree, node: Node): Expression {
  const parts = tree.children(node).flatMap((part) => {
    if (tree.field(part) !== 'redirect') return [part];
    return tree.type(part) === 'heredoc_redirect' ? tree.children(part) : [];
  });
  const args = parts.flatMap((part) => (tree.type(part) === 'pipeline' ? tree.children(part) : [part]));
  return {
    kind: 'call',
    callee: NONE,
    name: '<<',
    args: args.slice(0, MAX_WORDS).map((argument) => ({ node: argument })),
  };
}

/** A redirection: where to or from, and the command whose it is. */
const bashRedirect: Reader = (tree, node) => {
  const to = tree.child(node, 'destination');
  const reads = to !== NONE && /^\d*<\s*$/.test(tree.source.slice(tree.start(node), tree.start(to)));
  const first = tree.first(tree.parent(node));
  const ends = [to, ...(tree.field(first) === 'body' ? [first] : [])].filter((end) => end !== NONE);
  return { kind: 'call', callee: NONE, name: reads ? '<' : '>', args: ends.map((end) => ({ node: end })) };
};

export const bash: Dialect = dialectOf({
  rules: 'bash',
  callsTexts: true,
  // Commands go by their names wherever they lie.
  identifier: (raw) => raw.replace(/^(?:\/usr)?(?:\/local)?\/s?bin\//, ''),
  asks: new Set(['test_command']),
  scopes: { function_definition: 'function' },
  identifiers: new Set(['variable_name', 'command_name']),
  exitCalls: new Set(['break', 'exit', 'return', 'exec', 'kill']),
  branches: ['list', 'ternary_expression'],
  binders: {
    function_definition: named('function'),
    variable_assignment(tree, node, declare) {
      const value = tree.child(node, 'value');
      const adds = tree.source[tree.end(tree.child(node, 'name'))] === '+';
      declare(
        bashVariable(tree.text(tree.child(node, 'name'))),
        value === NONE ? { at: node, kind: 'opaque' } : { at: node, kind: 'value', value, adds },
      );
    },
    command(tree, node, declare) {
      const own = tree.text(tree.child(node, 'name'));
      const path = tree.child(node, 'argument');
      if ((own === 'source' || own === '.') && path !== NONE) declare.module(tree.text(path), node);
      // What is read is not what was assigned before.
      if (own === 'read' || own === 'mapfile') {
        for (const argument of tree.children(node, 'argument').slice(0, 16)) {
          declare(bashVariable(tree.text(argument)), { at: node, kind: 'opaque' });
        }
      }
    },
  },
  assignments: { variable_assignment: assignment('name', 'value') },
  loops: {
    while_statement(tree, node) {
      const condition = tree.child(node, 'condition');
      const body = tree.child(node, 'body');
      const always = /^(?:true|:|\[ 1 \]|\(\(\s*1\s*\)\))$/.test(tree.text(condition).slice(0, 16));
      // `until`, and conditions that are programs, may end.
      const endless = always && tree.startsWith(node, 'while');
      return { condition: endless ? NONE : condition, body, over: NONE, step: NONE };
    },
    for_statement: each,
    c_style_for_statement: loop(),
  },
  readers: {
    command: bashCommand,
    command_name(tree, node) {
      const first = tree.first(node);
      if (first === NONE || tree.type(first) === 'word') return name(tree, node);
      return { kind: 'same', of: first };
    },
    word: bashWord,
    string: bashString,
    raw_string: text,
    ansi_c_string: (tree, node) => ({ kind: 'text', text: unescapeText(tree.text(node).slice(2, -1)) }),
    heredoc_body: text,
    concatenation: (tree, node) => ({ kind: 'template', parts: tree.children(node) }),
    simple_expansion: same(),
    expansion: bashExpansion,
    number: bashNumber,
    variable_name: (tree, node) => ({ kind: 'name', name: bashVariable(tree.text(node)) }),
    command_substitution: same(),
    process_substitution: same(),
    pipeline: calls('|'),
    herestring_redirect: same(),
    redirected_statement: bashRedirected,
    file_redirect: bashRedirect,
  },
});

const phpReceivers = {
  member_call_expression: 'object',
  nullsafe_member_call_expression: 'object',
  scoped_call_expression: 'scope',
};
const phpMethod = method('name', phpReceivers);

export const php: Dialect = dialectOf({
  rules: 'php',
  callsTexts: true,
  scopes: {
    function_definition: 'function',
    method_declaration: 'function',
    anonymous_function: 'function',
    anonymous_function_creation_expression: 'function',
    arrow_function: 'function',
    class_declaration: 'class',
  },
  identifiers: new Set(['name', 'variable_name']),
  // Functions and classes are found in any case; variables are not.
  identifier: (raw) => (raw.startsWith('$') ? raw : raw.toLowerCase()),
  moduleName: (module) => module.replace(/^\\/, ''),
  exitCalls: new Set(['exit', 'die']),
  exits: ['exit_statement', 'throw_expression', 'yield_expression'],
  branches: ['foreach_statement', 'match_expression', 'else_if_clause', 'case_statement'],
  binders: {
    namespace_use_clause: (tree, node, declare) => declare.module(tree.text(tree.first(node)), node),
    assignment_expression: variable('left', 'right'),
    augmented_assignment_expression: variable('left', 'right'),
    simple_parameter: parameter('name'),
    function_definition: named('function'),
  },
  assignments: { assignment_expression: assignment('left', 'right') },
  loops: { foreach_statement: each },
  readers: {
    name: (tree, node) => (tree.type(tree.parent(node)) === 'variable_name' ? OTHER : phpMethod(tree, node)),
    qualified_name: name,
    variable_name: name,
    encapsed_string: text,
    heredoc: text,
    argument: same(),
    function_call_expression: call('function'),
    member_call_expression: call('name'),
    nullsafe_member_call_expression: call('name'),
    scoped_call_expression: call('name'),
    member_access_expression: member('object', 'name'),
    object_creation_expression: (tree, node) => {
      const [callee = NONE, list = NONE] = tree.children(node);
      const args = list === NONE ? [] : tree.children(list).map((argument) => ({ node: argument }));
      return { kind: 'call', callee, args };
    },
    subscript_expression: index,
    shell_command_expression: backticks,
    include_expression: calls('include'),
    include_once_expression: calls('include'),
    require_expression: calls('include'),
    require_once_expression: calls('include'),
    echo_statement: calls('echo'),
    print_intrinsic: calls('print'),
    error_suppression_expression: same(),
    cast_expression: same('value'),
    array_creation_expression: collection,
    array_element_initializer: same(),
    anonymous_function: lambda,
    arrow_function: lambda,
  },
});

/** Functions that are called without parentheses and arguments. */
const RUBY_BARE = new Set(['fork', 'gets']);
const rubyMethod = method('method', { call: 'receiver' });

/** The block of `loop do … end`. */
const rubyLoop = (tree: SyntaxTree, node: Node) => {
  const around = tree.parent(node);
  if (tree.type(around) !== 'call' || tree.text(tree.child(around, 'method')) !== 'loop') return undefined;
  return { condition: NONE, body: tree.child(node, 'body'), over: NONE, step: NONE };
};

export const ruby: Dialect = dialectOf({
  rules: 'ruby',
  scopes: { method: 'function', singleton_method: 'function', lambda: 'function', class: 'class' },
  identifiers: new Set(['identifier', 'constant']),
  moduleName: (module) => module.replace(/^Kernel\./, ''),
  exitCalls: new Set(['raise', 'exit', 'exit!', 'abort', 'throw', 'fail', 'Process.exit']),
  exits: ['return', 'yield', 'rescue'],
  branches: [
    'if',
    'unless',
    'while',
    'until',
    'if_modifier',
    'unless_modifier',
    'conditional',
    'when',
    'rescue',
  ],
  binders: {
    call(tree, node, declare) {
      const own = tree.text(tree.child(node, 'method'));
      const list = tree.child(node, 'arguments');
      if ((own === 'require' || own === 'require_relative') && list !== NONE) {
        declare.module(tree.text(list).replace(/^[('"\s]+|[)'"\s]+$/g, ''), node);
      }
    },
    assignment: variable('left', 'right'),
    operator_assignment: variable('left', 'right'),
    method: named('function'),
  },
  assignments: { assignment: assignment('left', 'right') },
  loops: {
    while: loop(),
    while_modifier: loop(),
    until: () => undefined,
    for: each,
    do_block: rubyLoop,
    block: rubyLoop,
  },
  readers: {
    identifier(tree, node) {
      const own = tree.text(node);
      const bare = RUBY_BARE.has(own) && tree.field(node) !== 'method';
      return bare ? { kind: 'call', callee: NONE, name: own, args: [] } : rubyMethod(tree, node);
    },
    constant: rubyMethod,
    global_variable: name,
    call: call('method'),
    scope_resolution: member('scope', 'name'),
    element_reference: index,
    interpolation: same(),
    string_array: collection,
    regex: (tree, node) => ({ kind: 'pattern', source: tree.text(node).slice(1, -1) }),
    simple_symbol: (tree, node) => ({ kind: 'text', text: tree.text(node).slice(1) }),
    binary,
    array: collection,
    subshell: backticks,
    parenthesized_statements: same(),
    lambda,
  },
});
