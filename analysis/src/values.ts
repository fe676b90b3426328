import { fold } from './folding.ts';
import { CLEANERS, DECODERS, NUMERIC, PASS_THROUGH, SENSITIVE_PATH, SOURCES } from './known-functions.ts';
import { Scopes } from './scopes.ts';
import type { Dialect } from './syntax/dialect.ts';
import { type Argument, type Binding, type Entry, type Expression, OTHER } from './syntax/expression.ts';
import { isGlobalObject } from './syntax/javascript.ts';
import { NONE, type Node, type SyntaxTree } from './syntax/tree.ts';

/** Where a value comes from, from harmless to worst. */
export const ORIGIN = { constant: 0, computed: 1, parameter: 2, external: 3 } as const;
export type Origin = (typeof ORIGIN)[keyof typeof ORIGIN];

/** What is known of an expression without running it. */
export interface Value {
  /** The dotted name it stands for, aliases resolved: `os.system`. Begins with `?` where the root is unknown. */
  readonly name: string;
  readonly kind: 'unknown' | 'text' | 'number' | 'truth' | 'collection' | 'function' | 'class' | 'pattern';
  readonly text?: string;
  readonly number?: number;
  readonly truth?: boolean | null;
  readonly origin: Origin;
  /** For text put together at run time: its constant parts, with GAP for the others. */
  readonly shape?: string;
  /** It came out of a decoder: base64, zlib, character codes. */
  readonly decoded?: boolean;
  readonly carries?: 'environment' | 'file';
  /** The literal collection, function or pattern it stands for. */
  readonly node?: Node;
}

export const GAP = '\u0000';
export const UNKNOWN: Value = { name: '', kind: 'unknown', origin: ORIGIN.computed };

/** What keeps all that an object holds. */
const WHOLE = /(?:\(\)|\.(?:copy|items|values|entries|toString|encode))$/;
/** What gives one part of it. */
const PICKS = /\.(?:get|pop|setdefault)$/;

const MAX_DEPTH = 40;
const MAX_NAME = 160;
const MAX_TEXT = 16_384;
const MAX_JOINED = 8;
/** Bindings of one name that are looked at for one use. */
const MAX_SEARCHED = 32;

export class Program {
  readonly tree: SyntaxTree;
  readonly dialect: Dialect;
  readonly scopes: Scopes;
  private readonly memo: (Value | undefined)[] = [];
  private readonly busy = new Set<Node>();
  private readonly expressions: (Expression | undefined)[] = [];

  constructor(tree: SyntaxTree, dialect: Dialect) {
    this.tree = tree;
    this.dialect = dialect;
    this.scopes = new Scopes(tree, dialect);
  }

  expression(node: Node): Expression {
    const known = this.expressions[node];
    if (known !== undefined) return known;
    const read = this.dialect.readers[this.tree.type(node)];
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
    // A definition by itself (x = x + 1), or one that a hostile program has nested too deep.
    if (this.busy.has(node) || this.busy.size > MAX_DEPTH) return UNKNOWN;
    this.busy.add(node);
    const value = this.evaluate(node);
    this.busy.delete(node);
    this.memo[node] = value;
    return value;
  }

  private evaluate(node: Node): Value {
    const expression = this.expression(node);
    switch (expression.kind) {
      case 'name':
        return this.lookup(this.dialect.identifier(expression.name), node) ?? this.global(expression.name);
      case 'member': {
        const name = this.dialect.identifier(expression.name);
        return (
          this.attribute(expression.object, name, node) ?? this.member(this.value(expression.object), name)
        );
      }
      case 'index': {
        const index = this.value(expression.index);
        const key = index.text ?? (index.number === undefined ? undefined : String(index.number));
        if (key !== undefined) {
          const known = this.attribute(expression.object, key, node);
          return known ?? this.member(this.value(expression.object), key, true);
        }
        const object = this.value(expression.object);
        const derived = this.derive([object, index]);
        return { ...derived, name: object.name === '' ? '' : clip(`${object.name}[]`) };
      }
      case 'call':
        return this.call(expression.callee, expression.args);
      case 'text':
        return { name: '', kind: 'text', text: expression.text, origin: ORIGIN.constant };
      case 'template':
        return this.concatenate(
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
          : this.derive([of]);
      }
      case 'same':
        return this.value(expression.of);
      case 'either':
        return join(expression.of.map((of) => this.value(of)));
      case 'collection': {
        const entries = expression.entries.slice(0, 64).map((entry) => this.value(entry.value));
        const derived = this.derive(entries);
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
        return this.derive(expression.of.slice(0, 16).map((of) => this.value(of)));
      case 'other':
        return UNKNOWN;
    }
  }

  private global(raw: string): Value {
    const name = this.dialect.moduleName(this.dialect.identifier(raw));
    if (isGlobalObject(name) && this.dialect.id !== 'python') return { ...UNKNOWN, name: 'globalThis' };
    return this.named(name, ORIGIN.computed);
  }

  /** A value that goes by a name, which may be one that brings in data from outside. */
  private named(name: string, origin: Origin, from?: Value): Value {
    const source = SOURCES[this.dialect.id === 'python' ? 'python' : 'javascript'].get(name);
    // One variable of the environment is configuration; all of them, or a sensitive file, is loot.
    const whole = from?.carries === 'environment' ? WHOLE.test(name) : true;
    const carries = source?.carries ?? (whole ? from?.carries : undefined);
    return {
      name: clip(name),
      kind: 'unknown',
      origin: source === undefined ? origin : ORIGIN.external,
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
        const named = fallback.name !== '' && !fallback.name.startsWith('?') ? fallback.name : `?${name}`;
        return { name: named, kind: 'unknown', origin: ORIGIN.parameter };
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
    if (over.kind === 'collection' && over.node !== undefined) {
      const expression = this.expression(over.node);
      if (expression.kind === 'collection' && expression.entries.length > 0) {
        const values = expression.entries.slice(0, MAX_JOINED).map((entry) => this.value(entry.value));
        return join(values);
      }
    }
    const { text: _text, number: _number, ...rest } = over;
    return { ...rest, kind: 'unknown', name: `?${name}`, origin: atLeastComputed(over.origin) };
  }

  /** `object.name` where some statement has set it. */
  private attribute(object: Node, name: string, use: Node): Value | undefined {
    const type = this.tree.type(object);
    if (!this.dialect.identifiers.has(type) && type !== 'this') return undefined;
    return this.lookup(`${this.dialect.identifier(this.tree.text(object))}.${name}`, use);
  }

  member(object: Value, name: string, byKey = false): Value {
    if (object.kind === 'collection' && object.node !== undefined) {
      const expression = this.expression(object.node);
      if (expression.kind === 'collection' && (expression.keyed || byKey)) {
        const entry = entryOf(expression.entries, name);
        if (entry !== undefined) return this.value(entry.value);
      }
    }
    const python = this.dialect.id === 'python';
    if (python) {
      if (name === '__dict__') return object;
      if (object.name === 'builtins' || (byKey && object.name === 'globals()')) {
        return this.lookupGlobal(name);
      }
      if (name === '__builtins__') return { ...UNKNOWN, name: 'builtins' };
      if (object.name === 'sys.modules' && byKey) return { ...UNKNOWN, name: this.dialect.moduleName(name) };
    } else {
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
      root = literal && !python ? '[]' : '?';
    }
    const joined = `${root}.${name}`;
    const full = joined.startsWith('?') ? joined : this.dialect.moduleName(joined);
    return this.named(full, atLeastComputed(object.origin), object);
  }

  private lookupGlobal(name: string): Value {
    const bindings = this.scopes.root.names.get(name);
    const last = bindings?.at(-1);
    return last === undefined ? this.global(name) : this.bound(name, last);
  }

  private module(name: string): Value {
    this.scopes.modules.add(name);
    return this.named(this.dialect.moduleName(name), ORIGIN.computed);
  }

  private call(callee: Node, args: readonly Argument[]): Value {
    const called = this.value(callee);
    const python = this.dialect.id === 'python';
    const first = args[0]?.node ?? NONE;
    const expression = this.expression(callee);
    const receiver =
      expression.kind === 'member' || expression.kind === 'index' ? this.value(expression.object) : undefined;
    const folded = fold(
      called.name,
      receiver,
      args.slice(0, 512).map((arg) => this.value(arg.node)),
      this,
    );
    if (folded !== undefined) return folded;
    if (python) {
      switch (called.name) {
        case 'getattr': {
          const attribute = this.value(args[1]?.node ?? NONE);
          const object = this.value(first);
          if (attribute.text !== undefined) return this.member(object, attribute.text);
          return {
            ...this.derive([object, attribute]),
            name: object.name === '' ? '' : clip(`${object.name}[]`),
          };
        }
        case '__import__':
        case 'importlib.import_module':
        case 'importlib.__import__': {
          const module = this.value(first).text;
          if (module !== undefined) return this.module(module);
          break;
        }
        case 'vars':
        case 'functools.partial':
          if (first !== NONE) return this.value(first);
      }
    } else {
      switch (called.name) {
        case 'require':
        case 'import':
        case 'module.require':
        case 'require.main.require':
        case 'process.mainModule.require':
        case 'module.createRequire()':
        case 'process.getBuiltinModule':
        case 'jest.requireActual': {
          const module = this.value(first).text;
          if (module !== undefined) return this.module(module);
          break;
        }
        case 'Reflect.get': {
          const property = this.value(args[1]?.node ?? NONE).text;
          if (property !== undefined) return this.member(this.value(first), property);
          break;
        }
        case 'util.promisify':
        case 'util.callbackify':
          return this.value(first);
      }
      if (expression.kind === 'member' && expression.name === 'bind' && receiver !== undefined)
        return receiver;
    }
    if (called.name === 'operator.attrgetter()' || called.name === 'operator.methodcaller()') {
      const made = this.expression(callee);
      const attribute = made.kind === 'call' ? this.value(made.args[0]?.node ?? NONE).text : undefined;
      if (attribute !== undefined) return this.member(this.value(first), attribute);
    }
    if (called.kind === 'function' && called.node !== undefined) {
      const returns = this.scopes.returns.get(called.node) ?? [];
      if (returns.length > 0) return join(returns.map((node) => this.value(node)));
      return { ...UNKNOWN, name: called.name === '' ? '' : clip(`${called.name}()`) };
    }
    return this.result(called, receiver, args);
  }

  /** The value of a call whose function is not part of the program. */
  private result(called: Value, receiver: Value | undefined, args: readonly Argument[]): Value {
    const name = clip(`${called.name}()`);
    const short = called.name.slice(called.name.lastIndexOf('.') + 1);
    if (CLEANERS.has(called.name) || CLEANERS.has(short))
      return { ...UNKNOWN, name, origin: ORIGIN.constant };
    if (NUMERIC.has(called.name)) return { name, kind: 'number', origin: ORIGIN.computed };
    const given = args.slice(0, 16).map((arg) => this.value(arg.node));
    const from = receiver === undefined ? given : [receiver, ...given];
    const { carries: _carried, ...single } = this.derive(from);
    const derived = PICKS.test(called.name) ? single : this.derive(from);
    const decoder =
      DECODERS.has(called.name) ||
      (called.name === 'Buffer.from' && /^(?:base64|hex)/.test(given[1]?.text ?? '')) ||
      (called.name === 'codecs.decode' && given.length > 1);
    const sensitive = given[0]?.text !== undefined && SENSITIVE_PATH.test(given[0].text.slice(0, 256));
    const opens = short === 'open' || short.startsWith('readFile') || short === 'Path';
    return {
      ...this.named(name, derived.origin, derived),
      ...(called.origin === ORIGIN.external && PASS_THROUGH ? { origin: ORIGIN.external } : {}),
      ...(derived.decoded || decoder ? { decoded: true } : {}),
      ...(opens && sensitive ? { carries: 'file' as const, origin: ORIGIN.external } : {}),
    };
  }

  private binary(operator: string, left: Node, right: Node): Value {
    const b = this.value(right);
    if (left === NONE) {
      if (operator === '-' && b.number !== undefined) return { ...b, number: -b.number };
      if (operator === '+' && b.number !== undefined) return b;
      if (operator === '!' && b.kind === 'number' && b.number !== undefined) {
        return { name: '', kind: 'truth', truth: b.number === 0, origin: ORIGIN.constant };
      }
      return { ...this.derive([b]), ...(operator === '!' || operator === 'typeof' ? { name: '' } : {}) };
    }
    const a = this.value(left);
    if (a.number !== undefined && b.number !== undefined) {
      const number = calculate(operator, a.number, b.number);
      return {
        name: '',
        kind: 'number',
        origin: ORIGIN.constant,
        ...(number === undefined ? {} : { number }),
      };
    }
    if (operator === '+') return this.concatenate([a, b], false);
    if (operator === '%' && (a.kind === 'text' || a.shape !== undefined)) return this.format(a, b);
    if (
      operator === '*' &&
      a.text !== undefined &&
      b.number !== undefined &&
      a.text.length * b.number < 4096
    ) {
      return textValue(a.text.repeat(Math.max(0, Math.floor(b.number))));
    }
    return this.derive([a, b]);
  }

  /** Text with values put in: `'…' % x`, `'…'.format(x)`. */
  format(pattern: Value, ...given: readonly Value[]): Value {
    const derived = this.derive([pattern, ...given]);
    const shape = (pattern.text ?? pattern.shape ?? '')
      .slice(0, MAX_TEXT)
      .replace(/%[-+ #0-9.]*(?:\([a-zA-Z_]\w{0,40}\))?[a-zA-Z]|\{[^{}]{0,60}\}/g, GAP);
    if (given.every((value) => value.origin === ORIGIN.constant)) {
      return { ...derived, kind: 'text', name: '', origin: ORIGIN.constant };
    }
    const numbers = given.every((value) => value.kind === 'number');
    return { ...derived, kind: 'text', name: '', ...(numbers ? {} : { shape }) };
  }

  private concatenate(parts: readonly Value[], isText = true): Value {
    if (parts.every((part) => part.text !== undefined || (isText && part.number !== undefined))) {
      // Sums of strings are ropes: a chain of them costs no copying.
      const text = parts.reduce((sum, part) => sum + (part.text ?? String(part.number)), '');
      const decoded = parts.some((part) => part.decoded);
      return { ...textValue(text.slice(0, MAX_TEXT)), ...(decoded ? { decoded } : {}) };
    }
    const derived = this.derive(parts);
    const texts = parts.some((part) => part.kind === 'text' || part.shape !== undefined);
    if (!isText && !texts) return { ...derived, name: '' };
    const constant = parts.every((part) => part.origin === ORIGIN.constant);
    if (constant) return { ...derived, name: '', kind: 'text', origin: ORIGIN.constant };
    const risky = parts.some((part) => part.origin !== ORIGIN.constant && part.kind !== 'number');
    const shape = parts
      .map((part) => part.text ?? part.shape ?? GAP)
      .join('')
      .slice(0, 4096);
    return { ...derived, name: '', kind: 'text', ...(risky ? { shape } : {}) };
  }

  private sum(values: readonly Value[]): Value {
    return this.concatenate([...values].reverse(), false);
  }

  derive(from: readonly Value[]): Value {
    let origin: Origin = ORIGIN.constant;
    let decoded = false;
    let carries: Value['carries'];
    for (const value of from) {
      if (value.origin > origin) origin = value.origin;
      if (value.decoded) decoded = true;
      carries ??= value.carries;
    }
    return {
      name: '',
      kind: 'unknown',
      origin: atLeastComputed(origin),
      ...(decoded ? { decoded } : {}),
      ...(carries === undefined ? {} : { carries }),
    };
  }
}

/** The last binding in front of a use; bindings are in the order of the source. */
function lastBefore(bindings: readonly Binding[], use: Node): number {
  let low = -1;
  let high = bindings.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((bindings[middle]?.at ?? 0) < use) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Entries beyond this many are not searched by key. */
const MAX_ENTRIES = 256;

function entryOf(entries: readonly Entry[], key: string): Entry | undefined {
  for (let index = 0; index < Math.min(entries.length, MAX_ENTRIES); index += 1) {
    if (entries[index]?.key === key) return entries[index];
  }
  return undefined;
}

function atLeastComputed(origin: Origin): Origin {
  return origin === ORIGIN.constant ? ORIGIN.computed : origin;
}

export function textValue(text: string): Value {
  return { name: '', kind: 'text', text, origin: ORIGIN.constant };
}

function clip(name: string): string {
  return name.length > MAX_NAME
    ? `?.${name.slice(name.lastIndexOf('.', name.length - 2) + 1).slice(-80)}`
    : name;
}

/** One of several values: the worst origin, and what they agree on. The first is the likeliest. */
function join(values: readonly Value[]): Value {
  const [first = UNKNOWN, ...rest] = values;
  if (rest.length === 0) return first;
  const named = values.find((value) => value.name !== '' && !value.name.startsWith('?')) ?? first;
  const worst = values.reduce((a, b) => (b.origin > a.origin ? b : a), first);
  const { text, number, truth, ...same } = first;
  const agreed = rest.every(
    (value) => value.text === text && value.number === number && value.truth === truth,
  );
  const shape = values.find((value) => value.shape !== undefined)?.shape;
  const carries = values.find((value) => value.carries !== undefined)?.carries;
  return {
    ...same,
    ...(agreed && text !== undefined ? { text } : {}),
    ...(agreed && number !== undefined ? { number } : {}),
    ...(agreed && truth !== undefined ? { truth } : {}),
    name: named.name,
    origin: worst.origin,
    ...(shape === undefined ? {} : { shape }),
    ...(values.some((value) => value.decoded) ? { decoded: true } : {}),
    ...(carries === undefined ? {} : { carries }),
  };
}

function calculate(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '**':
      return a ** b;
    case '<<':
      return a * 2 ** b;
    case '%':
      return a % b;
    default:
      return undefined;
  }
}
