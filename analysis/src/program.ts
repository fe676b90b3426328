import { callValue } from './calls.ts';
import { SOURCES } from './known-functions.ts';
import { handed } from './parameters.ts';
import { Scopes } from './scopes.ts';
import { lastAtMost } from './search.ts';
import { type Dialect, isIdentifier } from './syntax/dialect.ts';
import {
  type Binding,
  type Call,
  type Entry,
  type Expression,
  OTHER,
  type Reader,
} from './syntax/expression.ts';
import { isGlobalObject } from './syntax/javascript.ts';
import { NONE, type Node, type SyntaxTree } from './syntax/tree.ts';
import {
  atLeastComputed,
  clip,
  combine,
  concatenate,
  derive,
  join,
  ORIGIN,
  type Origin,
  textValue,
  UNKNOWN,
  type Value,
} from './value.ts';

/** What keeps all that an object holds. */
const WHOLE = /(?:\(\)|\.(?:copy|items|values|entries|toString|encode))$/;

const MAX_DEPTH = 40;
const MAX_JOINED = 8;
/** Bindings of one name that are looked at for one use. */
const MAX_SEARCHED = 32;

export class Program {
  readonly tree: SyntaxTree;
  readonly dialect: Dialect;
  readonly scopes: Scopes;
  /** Places of statements that are never reached, from and to. */
  readonly unreached: (readonly [number, number])[] = [];
  private readonly memo: (Value | undefined)[];
  private readonly expressions: (Expression | undefined)[];
  /** 1 for nodes that are being evaluated, and how many are. */
  private readonly busy: Uint8Array;
  private depth = 0;
  private readonly readers: readonly (Reader | undefined)[];
  private readonly identifiers: readonly boolean[];
  private readonly globals = new Map<string, Value>();

  constructor(tree: SyntaxTree, dialect: Dialect) {
    this.tree = tree;
    this.dialect = dialect;
    this.scopes = new Scopes(tree, dialect);
    this.memo = new Array<Value | undefined>(tree.size);
    this.expressions = new Array<Expression | undefined>(tree.size);
    this.busy = new Uint8Array(tree.size);
    this.readers = tree.byKind(dialect, readerOf);
    this.identifiers = tree.byKind(dialect, isIdentifier);
  }

  expression(node: Node): Expression {
    const known = this.expressions[node];
    if (known !== undefined) return known;
    const read = this.readers[this.tree.kind(node)];
    const expression = read === undefined ? OTHER : read(this.tree, node);
    this.expressions[node] = expression;
    return expression;
  }

  /** Evaluates children before parents, so that no chain of operators is as deep as it is long. */
  prepare(outOfTime: () => boolean): boolean {
    for (let node = this.tree.size - 1; node >= 0; node -= 1) {
      if (node % 512 === 0 && outOfTime()) return false;
      this.value(node);
    }
    return true;
  }

  value(node: Node): Value {
    if (node === NONE) return UNKNOWN;
    const known = this.memo[node];
    if (known !== undefined) return known;
    const expression = this.expression(node);
    if (expression === OTHER) {
      this.memo[node] = UNKNOWN;
      return UNKNOWN;
    }
    // A definition by itself (x = x + 1), or one that a hostile program has nested too deep.
    if (this.busy[node] === 1 || this.depth > MAX_DEPTH) return UNKNOWN;
    this.busy[node] = 1;
    this.depth += 1;
    const value = this.evaluate(expression, node);
    this.busy[node] = 0;
    this.depth -= 1;
    this.memo[node] = value;
    return value;
  }

  private evaluate(expression: Expression, node: Node): Value {
    switch (expression.kind) {
      case 'name':
        return this.lookup(this.dialect.identifier(expression.name), node) ?? this.global(expression.name);
      case 'member': {
        const name = this.dialect.identifier(expression.name);
        const own = this.attribute(expression.object, name, node);
        if (own !== undefined) return own;
        const member = this.member(this.value(expression.object), name);
        return this.isHandedOut(expression.object, node)
          ? { ...member, origin: atLeastComputed(member.origin) }
          : member;
      }
      case 'index': {
        const index = this.value(expression.index);
        const key = index.text ?? (index.number === undefined ? undefined : String(index.number));
        if (key !== undefined) {
          const known = this.attribute(expression.object, key, node);
          return known ?? this.member(this.value(expression.object), key, true);
        }
        const object = this.value(expression.object);
        const derived = derive([object, index]);
        if (object.kind === 'collection') {
          const { name } = this.anyOf(object);
          if (name !== '') return { ...derived, name };
        }
        return { ...derived, name: object.name === '' ? '' : clip(`${object.name}[]`) };
      }
      case 'call':
        return callValue(this, expression);
      case 'text':
        return { name: '', kind: 'text', text: expression.text, origin: ORIGIN.constant };
      case 'template':
        return concatenate(
          expression.parts.map((part) => (typeof part === 'string' ? textValue(part) : this.value(part))),
        );
      case 'number':
        return { name: '', kind: 'number', number: expression.value, origin: ORIGIN.constant };
      case 'truth':
        return { name: '', kind: 'truth', truth: expression.value, origin: ORIGIN.constant };
      case 'pattern':
        return { name: '', kind: 'pattern', text: expression.source, origin: ORIGIN.constant, node };
      case 'binary':
        return this.binary(expression.operator, expression.left, expression.right);
      case 'reversed': {
        const of = this.value(expression.of);
        return of.kind === 'text' && of.text !== undefined
          ? { ...of, text: [...of.text].reverse().join(''), decoded: true }
          : derive([of]);
      }
      case 'same':
        return this.value(expression.of);
      case 'either':
        return join(expression.of.map((of) => this.value(of)));
      case 'collection': {
        const entries = expression.entries.slice(0, 64).map((entry) => this.value(entry.value));
        const derived = derive(entries);
        const constant = entries.every((entry) => entry.origin === ORIGIN.constant);
        return {
          ...derived,
          name: '',
          kind: 'collection',
          node,
          origin: constant ? ORIGIN.constant : derived.origin,
        };
      }
      case 'function':
        return { name: '', kind: 'function', origin: ORIGIN.computed, node };
      case 'class':
        return { name: '', kind: 'class', origin: ORIGIN.computed, node };
      case 'derived':
        return derive(expression.of.slice(0, 16).map((of) => this.value(of)));
      case 'other':
        return UNKNOWN;
    }
  }

  /** What is called, which may be given by its name. */
  function(callee: Node): Value {
    const value = this.value(callee);
    const named = this.dialect.callsTexts === true && value.text !== undefined && value.text !== '';
    return named ? { ...UNKNOWN, name: clip(this.dialect.identifier(value.text ?? '')) } : value;
  }

  /** The name of what is called, aliases resolved. */
  called({ name, callee }: Call): string {
    return name ?? this.function(callee).name;
  }

  private global(raw: string): Value {
    let value = this.globals.get(raw);
    if (value === undefined) {
      value = this.globalOf(raw);
      this.globals.set(raw, value);
    }
    return value;
  }

  private globalOf(raw: string): Value {
    const name = this.dialect.moduleName(this.dialect.identifier(raw));
    if (this.dialect.rules === 'bash' && name === '$HOME') return { ...textValue('~'), name };
    if (isGlobalObject(name) && this.dialect.rules === 'javascript')
      return { ...UNKNOWN, name: 'globalThis' };
    return this.named(name, ORIGIN.computed);
  }

  /** A value that goes by a name, which may be one that brings in data from outside. */
  named(name: string, origin: Origin, from?: Value): Value {
    const source = SOURCES[this.dialect.rules]?.get(name);
    // One variable of the environment is configuration; all of them, or a sensitive file, is loot.
    const whole = from?.carries === 'environment' ? WHOLE.test(name) : true;
    const carries = source?.carries ?? (whole ? from?.carries : undefined);
    return {
      name: clip(name),
      kind: 'unknown',
      origin: source?.origin ?? origin,
      ...(from?.decoded ? { decoded: true } : {}),
      ...(carries === undefined ? {} : { carries }),
    };
  }

  private lookup(name: string, use: Node): Value | undefined {
    const found = this.scopes.find(name, use);
    if (found === undefined) return undefined;
    const { bindings, scope } = found;
    const here = scope === this.scopes.of(use);
    const values: Value[] = [];
    let adds = false;
    let index = bindings.length - 1;
    if (here && bindings.length > 1) index = lastBefore(bindings, use);
    // Assignments inside assignments are passed over, and there may be thousands of them.
    const least = Math.max(0, index - MAX_SEARCHED);
    for (; index >= least && values.length < MAX_JOINED; index -= 1) {
      const binding = bindings[index];
      if (binding === undefined) break;
      // The statement that makes the binding cannot use it: x = x + 1 uses the one before.
      if (here && bindings.length > 1 && use > binding.at && use <= this.tree.lastOf(binding.at)) {
        if (binding.kind === 'value') continue;
      }
      if (binding.adds) adds = true;
      values.push(this.bound(name, binding));
      if (here && binding.adds !== true && this.always(binding, use)) break;
    }
    if (values.length === 0) return { ...UNKNOWN, name: `?${name}` };
    return adds && values.length > 1 ? this.sum(values) : join(values);
  }

  /** Whether a binding is made on every way to the use: its block encloses the use. */
  private always(binding: Binding, use: Node): boolean {
    let block = this.tree.parent(binding.at);
    for (let steps = 0; steps < 32 && block !== NONE; steps += 1) {
      if (this.dialect.blocks.has(this.tree.type(block))) break;
      if (this.dialect.branches.has(this.tree.type(block))) return use <= this.tree.lastOf(block);
      block = this.tree.parent(block);
    }
    return block === NONE || use <= this.tree.lastOf(block);
  }

  private bound(name: string, binding: Binding): Value {
    switch (binding.kind) {
      case 'import':
        return this.named(this.dialect.moduleName(binding.target ?? name), ORIGIN.computed);
      case 'parameter': {
        const fallback = binding.value === undefined ? UNKNOWN : this.value(binding.value);
        const given = handed(this, this.scopes.of(binding.at).node);
        const known = [fallback.name, given.name].find((each) => each !== '' && !each.startsWith('?'));
        return { ...given, name: known ?? `?${name}` };
      }
      case 'function':
        return { name: `?${name}`, kind: 'function', origin: ORIGIN.computed, node: binding.at };
      case 'class':
        return { name: `?${name}`, kind: 'class', origin: ORIGIN.computed, node: binding.at };
      case 'opaque':
        return { ...UNKNOWN, name: `?${name}` };
      case 'element':
        return this.element(binding, name);
      case 'value': {
        if (binding.value === undefined) return { ...UNKNOWN, name: `?${name}` };
        let value = this.value(binding.value);
        for (const key of binding.path ?? []) value = this.member(value, key, true);
        // A name of its own for what nothing is known of, so that `?db.query` still tells of a query.
        return value.name === '' && value.kind === 'unknown' ? { ...value, name: `?${name}` } : value;
      }
    }
  }

  private element(binding: Binding, name: string): Value {
    const over = this.value(binding.value ?? NONE);
    if (this.entries(over).length > 0) return this.anyOf(over);
    const { text: _text, number: _number, ...rest } = over;
    return { ...rest, kind: 'unknown', name: `?${name}`, origin: atLeastComputed(over.origin) };
  }

  /** What a literal list or dictionary holds. */
  entries(collection: Value): readonly Entry[] {
    if (collection.kind !== 'collection' || collection.node === undefined) return [];
    const expression = this.expression(collection.node);
    return expression.kind === 'collection' ? expression.entries : [];
  }

  /** Any one of what a literal collection holds. */
  anyOf(collection: Value): Value {
    return join(
      this.entries(collection)
        .slice(0, MAX_JOINED)
        .map((entry) => this.value(entry.value)),
    );
  }

  /** `object.name` where some statement has set it. */
  private attribute(object: Node, name: string, use: Node): Value | undefined {
    if (!this.identifiers[this.tree.kind(object)] && this.tree.type(object) !== 'this') return undefined;
    return this.lookup(`${this.dialect.identifier(this.tree.text(object))}.${name}`, use);
  }

  /** Whether an object was given to a function that the program does not show, which may have changed it. */
  private isHandedOut(object: Node, use: Node): boolean {
    if (this.dialect.rules !== 'javascript' || !this.identifiers[this.tree.kind(object)]) return false;
    const given = this.scopes.given.get(this.tree.text(object));
    if (given === undefined || given > use) return false;
    const call = this.expression(this.tree.parent(this.tree.parent(given)));
    if (call.kind !== 'call') return false;
    const { kind, name } = this.function(call.callee);
    return kind !== 'function' && /^(?:[\w$]+|\.{1,2}\/.*)$/.test(name);
  }

  member(object: Value, name: string, byKey = false): Value {
    if (object.kind === 'collection' && object.node !== undefined) {
      const expression = this.expression(object.node);
      if (expression.kind === 'collection' && (expression.keyed || byKey)) {
        const entry = entryOf(expression.entries, name);
        if (entry !== undefined) return this.value(entry.value);
      }
    }
    const python = this.dialect.rules === 'python';
    if (python) {
      if (name === '__dict__') return object;
      if (object.name === 'builtins' || (byKey && object.name === 'globals()')) {
        return this.lookupGlobal(name);
      }
      if (name === '__builtins__') return { ...UNKNOWN, name: 'builtins' };
      if (object.name === 'sys.modules' && byKey) return { ...UNKNOWN, name: this.dialect.moduleName(name) };
    } else if (this.dialect.rules === 'javascript') {
      if (object.name === 'globalThis') return this.global(name);
      // Every function's constructor is Function, which compiles text into code.
      const literal =
        object.kind === 'function' || object.name.startsWith('[].') || object.name.endsWith('.constructor');
      if (name === 'constructor' && literal) return { ...UNKNOWN, name: 'Function' };
      if (name === 'default' && object.name !== '') return object;
    }
    let root = object.name;
    if (root === '') {
      const literal = object.kind === 'collection' || object.kind === 'text' || object.kind === 'pattern';
      root = literal && this.dialect.rules === 'javascript' ? '[]' : '?';
    }
    const joined = `${root}.${name}`;
    const full = joined.startsWith('?') ? joined : this.dialect.moduleName(joined);
    if (full === 'os.sep' || full === 'path.sep') return { ...textValue('/'), name: full };
    return this.named(full, atLeastComputed(object.origin), object);
  }

  private lookupGlobal(name: string): Value {
    const bindings = this.scopes.root.names.get(name);
    const last = bindings?.at(-1);
    return last === undefined ? this.global(name) : this.bound(name, last);
  }

  module(name: string): Value {
    this.scopes.modules.add(name);
    return this.named(this.dialect.moduleName(name), ORIGIN.computed);
  }

  private binary(operator: string, left: Node, right: Node): Value {
    const b = this.value(right);
    if (left === NONE) {
      if (operator === '-' && b.number !== undefined) return { ...b, number: -b.number };
      if (operator === '+' && b.number !== undefined) return b;
      if (operator === '!' && b.kind === 'number' && b.number !== undefined) {
        return { name: '', kind: 'truth', truth: b.number === 0, origin: ORIGIN.constant };
      }
      return { ...derive([b]), ...(operator === '!' || operator === 'typeof' ? { name: '' } : {}) };
    }
    return combine(operator, this.value(left), b);
  }

  private sum(values: readonly Value[]): Value {
    return concatenate([...values].reverse(), false);
  }
}

const readerOf = (type: string, { readers }: Dialect) => readers[type];

/** The last binding in front of a use; bindings are in the order of the source. */
function lastBefore(bindings: readonly Binding[], use: Node): number {
  return lastAtMost(bindings, ({ at }) => at, use - 1);
}

/** Entries beyond this many are not searched by key. */
const MAX_ENTRIES = 256;

function entryOf(entries: readonly Entry[], key: string): Entry | undefined {
  for (let index = 0; index < Math.min(entries.length, MAX_ENTRIES); index += 1) {
    if (entries[index]?.key === key) return entries[index];
  }
  return undefined;
}
