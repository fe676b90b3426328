import type { Language, Tree as ParseTree } from 'web-tree-sitter';

/** Index of a node in a SyntaxTree, in the order of the source. */
export type Node = number;
export const NONE: Node = -1;

/** Tree-sitter's id of an ERROR node, the same in all grammars; here they have the kind behind the last of a grammar. */
const ERROR = 65_535;

export const ERROR_TYPE = 'ERROR';

/**
 * A parse tree as flat arrays. Every call into a tree-sitter tree crosses into WebAssembly, so the tree is
 * read once, in one walk, and all else is done here. Nodes are in preorder: the descendants of `n` are
 * n+1 … last[n], so no walk over them needs a stack, however deep a hostile program nests.
 *
 * Only named nodes are kept; operators and keywords are read from the gaps between them.
 */
export class SyntaxTree {
  readonly source: string;
  readonly size: number;
  /** False when the budget ended the walk. */
  readonly complete: boolean;
  readonly kinds: Uint16Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly parents: Int32Array;
  /** The last descendant of each node; the node itself for a leaf. */
  readonly last: Int32Array;
  readonly missing: readonly Node[];
  private readonly fields: Uint16Array;
  private readonly grammar: Grammar;

  constructor(tree: ParseTree, source: string, grammar: Grammar, outOfTime: () => boolean) {
    this.source = source;
    this.grammar = grammar;
    const nodes = readNodes(tree, grammar, outOfTime);
    this.size = nodes.size;
    this.complete = nodes.complete;
    this.kinds = nodes.kinds;
    this.starts = nodes.starts;
    this.ends = nodes.ends;
    this.parents = nodes.parents;
    this.last = nodes.last;
    this.fields = nodes.fields;
    this.missing = nodes.missing;
  }

  kind(node: Node): number {
    return this.kinds[node] ?? 0;
  }

  type(node: Node): string {
    return this.grammar.types[this.kind(node)] ?? '';
  }

  /**
   * By the kind of a node, what `say` tells of its type. It is asked once for each type of a grammar, with what it needs
   * to know `of` the language, so it has to be the same function each time.
   */
  byKind<T, L>(of: L, say: (type: string, of: L) => T): readonly T[] {
    const { said, types } = this.grammar;
    let table = said.get(say);
    if (table === undefined) {
      table = types.map((type) => say(type, of));
      said.set(say, table);
    }
    return table as readonly T[];
  }

  isComment(node: Node): boolean {
    return this.grammar.comments[this.kind(node)] === true;
  }

  start(node: Node): number {
    return this.starts[node] ?? 0;
  }

  end(node: Node): number {
    return this.ends[node] ?? 0;
  }

  parent(node: Node): Node {
    return this.parents[node] ?? NONE;
  }

  lastOf(node: Node): Node {
    return this.last[node] ?? node;
  }

  text(node: Node): string {
    return this.source.slice(this.start(node), this.end(node));
  }

  field(node: Node): string {
    return this.grammar.fields[this.fields[node] ?? 0] ?? '';
  }

  /** The first child of a node, NONE for a leaf. */
  first(node: Node): Node {
    return this.lastOf(node) > node ? node + 1 : NONE;
  }

  /** The sibling behind a child of `parent`. */
  next(child: Node, parent: Node): Node {
    const next = this.lastOf(child) + 1;
    return next <= this.lastOf(parent) ? next : NONE;
  }

  /** The child in a field of the grammar, or NONE. */
  child(node: Node, field: string): Node {
    const wanted = this.grammar.fieldIds.get(field);
    if (wanted === undefined) return NONE;
    const end = this.lastOf(node);
    for (let at = node + 1; at <= end; at = this.lastOf(at) + 1) {
      if (this.fields[at] === wanted) return at;
    }
    return NONE;
  }

  children(node: Node, field?: string): Node[] {
    const found: Node[] = [];
    for (let at = this.first(node); at !== NONE; at = this.next(at, node)) {
      if (this.isComment(at)) continue;
      if (field === undefined || this.field(at) === field) found.push(at);
    }
    return found;
  }

  /** What stands between two nodes: an operator, for instance. */
  between(left: Node, right: Node): string {
    return this.source.slice(this.end(left), this.start(right)).trim();
  }

  /** Whether a keyword stands at the start of a node, or before its first named child. */
  startsWith(node: Node, word: string): boolean {
    return this.source.startsWith(word, this.start(node));
  }
}

/** What the walk needs of a grammar, as arrays indexed by tree-sitter's ids. */
export interface Grammar {
  readonly types: readonly string[];
  readonly named: readonly boolean[];
  readonly comments: readonly boolean[];
  readonly fields: readonly string[];
  readonly fieldIds: ReadonlyMap<string, number>;
  readonly cursor: Cursor;
  /** What functions have told of each type. */
  readonly said: Map<unknown, readonly unknown[]>;
}

/**
 * The parser's own functions on the cursor of a tree, which stands in the memory that they share. Those of
 * web-tree-sitter copy it out and in again at each call, in case there is another one, and take thrice as long.
 */
export interface Cursor {
  ts_tree_root_node_wasm(tree: number): void;
  ts_tree_cursor_new_wasm(tree: number): void;
  ts_tree_cursor_delete_wasm(tree: number): void;
  ts_tree_cursor_goto_first_child_wasm(tree: number): number;
  ts_tree_cursor_goto_next_sibling_wasm(tree: number): number;
  ts_tree_cursor_goto_parent_wasm(tree: number): number;
  ts_tree_cursor_current_node_type_id_wasm(tree: number): number;
  ts_tree_cursor_current_node_is_missing_wasm(tree: number): number;
  ts_tree_cursor_current_field_id_wasm(tree: number): number;
  ts_tree_cursor_start_index_wasm(tree: number): number;
  ts_tree_cursor_end_index_wasm(tree: number): number;
}

export function readGrammar(language: Language, cursor: Cursor): Grammar {
  const ids = Array.from({ length: language.nodeTypeCount }, (_, id) => id);
  const types = [...ids.map((id) => language.nodeTypeForId(id) ?? ''), ERROR_TYPE];
  const fields = Array.from(
    { length: language.fieldCount + 1 },
    (_, id) => language.fieldNameForId(id) ?? '',
  );
  return {
    types,
    named: [...ids.map((id) => language.nodeTypeIsNamed(id)), true],
    comments: types.map((type) => type.endsWith('comment')),
    fields,
    fieldIds: new Map(fields.map((name, id) => [name, id])),
    cursor,
    said: new Map(),
  };
}

/** How many nodes are read between two looks at the clock. */
const CLOCK_EVERY = 1024;

function readNodes(tree: ParseTree, grammar: Grammar, outOfTime: () => boolean) {
  let capacity = 4096;
  let kinds = new Uint16Array(capacity);
  let starts = new Uint32Array(capacity);
  let ends = new Uint32Array(capacity);
  let parents = new Int32Array(capacity);
  let fields = new Uint16Array(capacity);
  const missing: Node[] = [];
  let size = 0;
  let seen = 0;
  let complete = true;
  const { cursor, named } = grammar;
  const errors = named.length - 1;
  // Where the parser's memory holds the tree.
  const at = (tree as unknown as { readonly 0: number })[0];
  cursor.ts_tree_root_node_wasm(at);
  cursor.ts_tree_cursor_new_wasm(at);
  try {
    // The open named nodes, one entry per level of the cursor; anonymous levels repeat their parent.
    const open: Node[] = [];
    let parent = NONE;
    for (;;) {
      const id = cursor.ts_tree_cursor_current_node_type_id_wasm(at);
      const kind = id === ERROR ? errors : id;
      let self = parent;
      if (named[kind] === true) {
        if (size === capacity) {
          capacity *= 2;
          kinds = grown(kinds, new Uint16Array(capacity));
          starts = grown(starts, new Uint32Array(capacity));
          ends = grown(ends, new Uint32Array(capacity));
          parents = grown(parents, new Int32Array(capacity));
          fields = grown(fields, new Uint16Array(capacity));
        }
        self = size;
        kinds[size] = kind;
        const start = cursor.ts_tree_cursor_start_index_wasm(at);
        const end = cursor.ts_tree_cursor_end_index_wasm(at);
        starts[size] = start;
        ends[size] = end;
        parents[size] = parent;
        fields[size] = cursor.ts_tree_cursor_current_field_id_wasm(at);
        if (start === end && cursor.ts_tree_cursor_current_node_is_missing_wasm(at) !== 0) missing.push(size);
        size += 1;
      } else if (cursor.ts_tree_cursor_current_node_is_missing_wasm(at) !== 0) {
        missing.push(Math.max(parent, 0));
      }
      seen += 1;
      if (seen % CLOCK_EVERY === 0 && outOfTime()) {
        complete = false;
        break;
      }
      if (cursor.ts_tree_cursor_goto_first_child_wasm(at) !== 0) {
        open.push(parent);
        parent = self;
        continue;
      }
      let done = false;
      while (cursor.ts_tree_cursor_goto_next_sibling_wasm(at) === 0) {
        if (cursor.ts_tree_cursor_goto_parent_wasm(at) === 0) {
          done = true;
          break;
        }
        parent = open.pop() ?? NONE;
      }
      if (done) break;
    }
  } finally {
    cursor.ts_tree_cursor_delete_wasm(at);
  }
  const last = new Int32Array(size);
  for (let node = 0; node < size; node += 1) last[node] = node;
  for (let node = size - 1; node > 0; node -= 1) {
    const up = parents[node] ?? NONE;
    if (up !== NONE && (last[node] ?? 0) > (last[up] ?? 0)) last[up] = last[node] ?? 0;
  }
  return { size, complete, kinds, starts, ends, parents, fields, last, missing };
}

function grown<T extends Uint16Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
