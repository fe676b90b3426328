import type { RuleLanguage } from '../rule.ts';
import type { Binding, Reader } from './expression.ts';
import type { Node, SyntaxTree } from './tree.ts';

/** Where a name is bound: in the scope that the node itself opens, or wherever it was declared before. */
export type Where = 'here' | 'inside' | 'outer';

/** Receives what a node binds. */
export interface Declare {
  (name: string, binding: Binding, where?: Where): void;
  /** `from module import *`. */
  star(module: string, at: Node): void;
  /** A module is loaded, whatever names that binds. */
  module(name: string, at: Node): void;
  /** The scope at hand gives values to a name of the module, or of what is around it: Python's `global`, `nonlocal`. */
  elsewhere(name: string, where: 'module' | 'around'): void;
}

export interface Assignment {
  readonly target: Node;
  readonly value: Node;
  readonly adds: boolean;
}

export interface Loop {
  /** NONE where the loop has no condition. */
  readonly condition: Node;
  readonly body: Node;
  /** What a for-each loop runs over, or NONE. */
  readonly over: Node;
  /** The step of a C-style loop, or NONE. */
  readonly step: Node;
}

/** All that the analysis needs to know of one language's grammar. */
export interface Dialect {
  /** Whose rules and whose meaning of names hold. */
  readonly rules: RuleLanguage;
  /** Reads a node of each type as an expression; types that are absent are none. */
  readonly readers: Readonly<Record<string, Reader>>;
  /** Node types that open a scope of names. */
  readonly scopes: Readonly<Record<string, 'function' | 'class'>>;
  /** Node types that may bind names. */
  readonly binds: ReadonlySet<string>;
  bind(tree: SyntaxTree, node: Node, declare: Declare): void;
  /** Names of modules that are the same thing, and prefixes to drop. */
  moduleName(name: string): string;
  /** Text of an identifier as the language sees it: NFKC in Python, escapes in JavaScript. */
  identifier(raw: string): string;
  readonly assignments: Readonly<Record<string, (tree: SyntaxTree, node: Node) => Assignment | undefined>>;
  readonly loops: Readonly<Record<string, (tree: SyntaxTree, node: Node) => Loop | undefined>>;
  /** Whether `bind` sees every change of a number, so that a loop which changes none is known to be one. */
  readonly seesChanges: boolean;
  /** Node types that may leave a loop or function early. */
  readonly breaks: ReadonlySet<string>;
  readonly exits: ReadonlySet<string>;
  readonly returns: ReadonlySet<string>;
  /** Names of calls that end the program. */
  readonly exitCalls: ReadonlySet<string>;
  /** Node types that count as a branch: for complexity, and as the base case of a recursion. */
  readonly branches: ReadonlySet<string>;
  readonly identifiers: ReadonlySet<string>;
  /** The receiver of a method: `self`, `this`. */
  readonly receivers: ReadonlySet<string>;
  /** Statement lists: what stands behind a return in one of these is never reached. */
  readonly blocks: ReadonlySet<string>;
  /** A text where a function is called is the function's name: `$f('x')`, `"c"url x`. */
  readonly callsTexts?: boolean;
  /** Node types in which a path is only asked about: `[ -f /etc/passwd ]`. */
  readonly asks?: ReadonlySet<string>;
}

/** For SyntaxTree.byKind. */
export const assignmentOf = (type: string, { assignments }: Dialect) => assignments[type];
export const loopOf = (type: string, { loops }: Dialect) => loops[type];
export const scopeOf = (type: string, { scopes }: Dialect) => scopes[type];
export const isIdentifier = (type: string, { identifiers }: Dialect) => identifiers.has(type);
