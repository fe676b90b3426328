import type { Program } from './program.ts';
import type { Test, When } from './rule.ts';
import type { Argument } from './syntax/expression.ts';
import { NONE, type Node } from './syntax/tree.ts';
import { derive, ORIGIN, UNKNOWN, type Value } from './value.ts';

/** What conditions are asked of: a call, or an assignment. */
export interface Subject {
  readonly args: readonly Argument[];
  /** The object of a method call. */
  readonly receiver: Node;
  /** What is called. */
  readonly callee: Node;
  /** What is assigned. */
  readonly value: Node;
}

export function holds(when: readonly When[] | undefined, subject: Subject, program: Program): boolean {
  return when === undefined || when.every((condition) => meets(condition, subject, program));
}

/** The worst origin among the values that conditions looked at: data from outside makes a finding surer. */
export function originOf(when: readonly When[] | undefined, subject: Subject, program: Program): number {
  let worst = 0;
  for (const condition of when ?? []) {
    for (const value of select(condition.arg, subject, program)) {
      if (value !== undefined && value.origin > worst) worst = value.origin;
    }
  }
  return worst;
}

function meets(condition: When, subject: Subject, program: Program): boolean {
  const values = select(condition.arg, subject, program);
  return values.some((value) => {
    const is = condition.is === undefined || all(condition.is).some((test) => passes(test, value, program));
    const not =
      condition.not !== undefined && all(condition.not).some((test) => passes(test, value, program));
    return is && !not;
  });
}

function all<T>(one: T | readonly T[]): readonly T[] {
  return Array.isArray(one) ? one : [one as T];
}

function select(arg: When['arg'], subject: Subject, program: Program): (Value | undefined)[] {
  if (arg === 'receiver') return [subject.receiver === NONE ? undefined : program.value(subject.receiver)];
  if (arg === 'callee') return [subject.callee === NONE ? undefined : program.value(subject.callee)];
  if (arg === 'value') return [program.value(subject.value)];
  if (arg === 'any') return subject.args.slice(0, 16).map((given) => program.value(given.node));
  for (const which of all(arg)) {
    const value = argument(which, subject.args, program);
    if (value !== undefined) return [value];
  }
  return [undefined];
}

function argument(which: number | string, args: readonly Argument[], program: Program): Value | undefined {
  if (typeof which === 'string') {
    const keyword = args.find((given) => given.name === which);
    if (keyword !== undefined) return program.value(keyword.node);
    for (const given of args) {
      const value = program.value(given.node);
      if (value.kind !== 'collection' || value.node === undefined) continue;
      const options = program.expression(value.node);
      if (options.kind !== 'collection' || !options.keyed) continue;
      const entry = options.entries.find((each) => each.key === which);
      if (entry !== undefined) return program.value(entry.value);
    }
    return undefined;
  }
  let position = 0;
  for (const given of args) {
    if (given.name !== undefined) continue;
    // Behind `*args`, nobody knows which position holds what.
    if (given.spread) return derive([program.value(given.node)]);
    if (position === which) return given.node === NONE ? UNKNOWN : program.value(given.node);
    position += 1;
  }
  return undefined;
}

function passes(test: Test, value: Value | undefined, program: Program): boolean {
  if (value === undefined) return test === 'absent';
  switch (test) {
    case 'absent':
      return false;
    case 'present':
      return true;
    case 'dynamic':
      return value.origin !== ORIGIN.constant && value.kind !== 'function' && value.kind !== 'pattern';
    case 'constant':
      return value.origin === ORIGIN.constant;
    case 'outside':
      return value.origin >= ORIGIN.parameter;
    case 'external':
      return value.origin >= ORIGIN.external;
    case 'remote':
      return value.origin === ORIGIN.remote;
    case 'built':
      return value.shape !== undefined;
    case 'decoded':
      return value.decoded === true;
    case 'true':
      return value.truth === true || (value.number !== undefined && value.number !== 0);
    case 'false':
      return value.truth === false || value.truth === null || value.number === 0;
    case 'text':
      return value.kind === 'text';
    case 'number':
      return value.kind === 'number';
    case 'function':
      return value.kind === 'function';
    case 'secret':
      return value.carries !== undefined;
  }
  if ('matches' in test) {
    const text = textOf(value, program);
    return text !== undefined && test.matches.test(text.slice(0, MAX_MATCHED));
  }
  if ('shape' in test) return value.shape !== undefined && test.shape.test(value.shape.slice(0, MAX_MATCHED));
  if ('atLeast' in test) return value.number !== undefined && value.number >= test.atLeast;
  if ('below' in test) return value.number !== undefined && value.number < test.below;
  if ('bits' in test) return value.number !== undefined && (value.number & test.bits) !== 0;
  if ('satisfies' in test)
    return value.kind === 'text' && value.text !== undefined && test.satisfies(value.text);
  if ('nameMatches' in test) return test.nameMatches.test(value.name);
  return test.named.includes(value.name);
}

/** Constant text; of a list of constant texts, such as a command's, the words in a row. */
function textOf(value: Value, program: Program): string | undefined {
  if (value.kind !== 'collection' || value.node === undefined) return value.text;
  const expression = program.expression(value.node);
  if (expression.kind !== 'collection' || expression.keyed) return undefined;
  const words = expression.entries.slice(0, 64).map((entry) => program.value(entry.value).text ?? '\u0000');
  return words.join(' ');
}

/** Patterns are tried on this much of a text: they are written to be linear, and this keeps them cheap. */
export const MAX_MATCHED = 4096;
