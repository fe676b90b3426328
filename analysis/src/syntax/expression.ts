import type { Node, SyntaxTree } from './tree.ts';

/** An argument of a call: by position, by keyword (or a property of an options object), or spread. */
export interface Argument {
  readonly node: Node;
  readonly name?: string;
  readonly spread?: boolean;
}

export interface Entry {
  readonly key: string | undefined;
  readonly value: Node;
}

export interface Call {
  readonly kind: 'call';
  readonly callee: Node;
  /** What is called where no node names it: backticks, an `unsafe` block. */
  readonly name?: string;
  readonly args: readonly Argument[];
  readonly construct?: boolean;
}

/** An expression of any language, as the analysis understands it. */
export type Expression =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Node; readonly name: string }
  | { readonly kind: 'index'; readonly object: Node; readonly index: Node }
  | Call
  | { readonly kind: 'text'; readonly text: string; readonly bytes?: boolean }
  | { readonly kind: 'template'; readonly parts: readonly (string | Node)[] }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'truth'; readonly value: boolean | null }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
  /** Stands for the value of another: parentheses, await, a cast. */
  | { readonly kind: 'same'; readonly of: Node }
  /** Text backwards. */
  | { readonly kind: 'reversed'; readonly of: Node }
  /** One of several: a conditional expression, `or`. */
  | { readonly kind: 'either'; readonly of: readonly Node[] }
  /** An array, list, tuple, object or dictionary. */
  | { readonly kind: 'collection'; readonly keyed: boolean; readonly entries: readonly Entry[] }
  /** A literal regular expression. */
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'function'; readonly node: Node }
  | { readonly kind: 'class' }
  /** Computed of others in a way that is not followed further: a slice, a comprehension, a comparison. */
  | { readonly kind: 'derived'; readonly of: readonly Node[] }
  | { readonly kind: 'other' };

export const OTHER: Expression = { kind: 'other' };

export type Reader = (tree: SyntaxTree, node: Node) => Expression;

/** How a name came to be. */
export interface Binding {
  /** Where it takes effect: definitions behind a use do not count for it. */
  readonly at: Node;
  readonly kind: 'value' | 'import' | 'parameter' | 'function' | 'class' | 'element' | 'opaque';
  /** What is bound: an expression, a function. Absent where it is not known. */
  readonly value?: Node;
  /** The dotted name that an import stands for. */
  readonly target?: string;
  /** Which part of the value, for destructuring. */
  readonly path?: readonly string[];
  /** `x += …`: the old value is part of the new. */
  readonly adds?: boolean;
}
