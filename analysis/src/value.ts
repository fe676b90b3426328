import type { Node } from './syntax/tree.ts';

/** Where a value comes from, from harmless to worst. */
export const ORIGIN = {
  constant: 0,
  computed: 1,
  parameter: 2,
  /** Whoever starts the program gives it: arguments, input. */
  external: 3,
  /** Anybody may send it: the network, a visitor's request. */
  remote: 4,
} as const;
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
  /** Constant text that the source holds in pieces. */
  readonly assembled?: boolean;
  readonly carries?: 'environment' | 'file';
  /** The literal collection, function or pattern it stands for. */
  readonly node?: Node;
}

export const GAP = '\u0000';
export const UNKNOWN: Value = { name: '', kind: 'unknown', origin: ORIGIN.computed };

const MAX_NAME = 160;
const MAX_TEXT = 16_384;

/** Text with values put in: `'…' % x`, `'…'.format(x)`. */
export function format(pattern: Value, ...given: readonly Value[]): Value {
  const derived = derive([pattern, ...given]);
  const whole = filledIn(pattern.text, given);
  if (whole !== undefined) return { ...textValue(whole), assembled: true };
  const shape = (pattern.text ?? pattern.shape ?? '')
    .slice(0, MAX_TEXT)
    .replace(/%[-+ #0-9.]*(?:\([a-zA-Z_]\w{0,40}\))?[a-zA-Z]|\{[^{}]{0,60}\}/g, GAP);
  if (given.every((value) => value.origin === ORIGIN.constant)) {
    return { ...derived, kind: 'text', name: '', origin: ORIGIN.constant };
  }
  const numbers = given.every((value) => value.kind === 'number');
  return { ...derived, kind: 'text', name: '', ...(numbers ? {} : { shape }) };
}

const PLACE = /%[sdv]|\{\d?\}/g;

/** A pattern whose places are all given constant texts. */
function filledIn(pattern: string | undefined, given: readonly Value[]): string | undefined {
  if (pattern === undefined || given.some((value) => value.text === undefined)) return undefined;
  const parts = pattern.slice(0, MAX_TEXT).split(PLACE);
  if (given.length === 0 || parts.length !== given.length + 1) return undefined;
  return parts
    .map((part, at) => part + (given[at]?.text ?? ''))
    .join('')
    .slice(0, MAX_TEXT);
}

export function concatenate(parts: readonly Value[], isText = true): Value {
  if (parts.every((part) => part.text !== undefined || (isText && part.number !== undefined))) {
    // Sums of strings are ropes: a chain of them costs no copying.
    const text = parts.reduce((sum, part) => sum + (part.text ?? String(part.number)), '');
    const decoded = parts.some((part) => part.decoded);
    return {
      ...textValue(text.slice(0, MAX_TEXT)),
      ...(decoded ? { decoded } : {}),
      ...(parts.length > 1 ? { assembled: true } : {}),
    };
  }
  const derived = derive(parts);
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

export function derive(from: readonly Value[]): Value {
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

export function atLeastComputed(origin: Origin): Origin {
  return origin === ORIGIN.constant ? ORIGIN.computed : origin;
}

export function textValue(text: string): Value {
  return { name: '', kind: 'text', text, origin: ORIGIN.constant };
}

export function clip(name: string): string {
  return name.length > MAX_NAME
    ? `?.${name.slice(name.lastIndexOf('.', name.length - 2) + 1).slice(-80)}`
    : name;
}

/** One of several values: the worst origin, and what they agree on. The first is the likeliest. */
export function join(values: readonly Value[]): Value {
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

export function calculate(operator: string, a: number, b: number): number | undefined {
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

/** What an operator makes of two values. */
export function combine(operator: string, a: Value, b: Value): Value {
  if (a.number !== undefined && b.number !== undefined) {
    const number = calculate(operator, a.number, b.number);
    return { name: '', kind: 'number', origin: ORIGIN.constant, ...(number === undefined ? {} : { number }) };
  }
  if (operator === '+') return concatenate([a, b], false);
  if (operator === '%' && (a.kind === 'text' || a.shape !== undefined)) return format(a, b);
  if (operator === '*' && a.text !== undefined && b.number !== undefined && a.text.length * b.number < 4096) {
    return textValue(a.text.repeat(Math.max(0, Math.floor(b.number))));
  }
  // pathlib.Path('a') / 'b'
  if (operator === '/' && a.text !== undefined && b.text !== undefined) {
    return { ...textValue(`${a.text}/${b.text}`.slice(0, MAX_TEXT)), name: a.name, assembled: true };
  }
  return derive([a, b]);
}
