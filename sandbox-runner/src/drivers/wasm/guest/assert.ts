import { inspect } from 'node:util';
import { dequal } from 'dequal';

interface Failure {
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator: string;
  readonly message: string;
}

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
  readonly generatedMessage: boolean;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;

  constructor(failure: Failure, message?: string) {
    super(message ?? failure.message);
    this.generatedMessage = message === undefined;
    this.actual = failure.actual;
    this.expected = failure.expected;
    this.operator = failure.operator;
  }
}

type Message = string | Error | undefined;

function fail(failure: Failure, message: Message): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(failure, message);
}

type Compare = (actual: unknown, expected: unknown) => boolean;

function comparison(operator: string, words: string, holds: Compare) {
  return (actual: unknown, expected: unknown, message?: Message): void => {
    if (holds(actual, expected)) return;
    fail(
      { actual, expected, operator, message: `${words}\n\n${inspect(actual)} !== ${inspect(expected)}\n` },
      message,
    );
  };
}

// biome-ignore lint/suspicious/noDoubleEquals: it is what assert.equal is documented to do.
const looselyEqual: Compare = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));
const deeplyEqual: Compare = (a, b) => dequal(a, b);
const not =
  (compare: Compare): Compare =>
  (a, b) =>
    !compare(a, b);

function matchesExpected(error: unknown, expected: unknown): boolean {
  if (expected === undefined) return true;
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && error instanceof (expected as new () => unknown)) return true;
    if (expected.prototype instanceof Error) return false;
    return (expected as (error: unknown) => unknown)(error) === true;
  }
  return Object.entries(expected as object).every(([key, value]) => {
    const actual = (error as Record<string, unknown>)[key];
    return value instanceof RegExp && typeof actual === 'string'
      ? value.test(actual)
      : deeplyEqual(actual, value);
  });
}

function ok(value?: unknown, message?: Message): void {
  if (value) return;
  const text = 'The expression evaluated to a falsy value';
  fail({ actual: value, expected: true, operator: '==', message: text }, message);
}

function expectThrown(thrown: boolean, error: unknown, expected: unknown, message?: Message): void {
  const text = typeof expected === 'string' ? expected : message;
  if (!thrown) fail({ operator: 'throws', message: 'Missing expected exception.' }, text);
  if (typeof expected !== 'string' && !matchesExpected(error, expected)) throw error;
}

const equal = comparison('==', 'Expected values to be loosely equal:', looselyEqual);
const strictEqual = comparison('strictEqual', 'Expected values to be strictly equal:', Object.is);
const notEqual = comparison('!=', 'Expected "actual" to be loosely unequal to:', not(looselyEqual));
const notStrictEqual = comparison(
  'notStrictEqual',
  'Expected "actual" to be strictly unequal to:',
  not(Object.is),
);
const deepStrictEqual = comparison(
  'deepStrictEqual',
  'Expected values to be strictly deep-equal:',
  deeplyEqual,
);
const notDeepStrictEqual = comparison(
  'notDeepStrictEqual',
  'Expected "actual" not to be strictly deep-equal to:',
  not(deeplyEqual),
);

const members = {
  ok,
  equal,
  notEqual,
  strictEqual,
  notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  fail: (message: Message = 'Failed') => fail({ operator: 'fail', message: 'Failed' }, message),
  ifError(value: unknown) {
    if (value !== null && value !== undefined) throw value;
  },
  match(text: string, pattern: RegExp, message?: Message) {
    if (!pattern.test(text)) {
      const generated = `The input did not match the regular expression ${pattern}. Input:\n\n${inspect(text)}\n`;
      fail({ actual: text, expected: pattern, operator: 'match', message: generated }, message);
    }
  },
  throws(call: () => unknown, expected?: unknown, message?: Message) {
    let caught: { error: unknown } | undefined;
    try {
      call();
    } catch (error) {
      caught = { error };
    }
    expectThrown(caught !== undefined, caught?.error, expected, message);
  },
  doesNotThrow: (call: () => unknown) => void call(),
  async rejects(call: (() => unknown) | Promise<unknown>, expected?: unknown, message?: Message) {
    let caught: { error: unknown } | undefined;
    try {
      await (typeof call === 'function' ? call() : call);
    } catch (error) {
      caught = { error };
    }
    expectThrown(caught !== undefined, caught?.error, expected, message);
  },
  AssertionError,
};

export const assert = Object.assign((value?: unknown, message?: Message) => ok(value, message), members);
Object.assign(assert, {
  strict: Object.assign((value?: unknown, message?: Message) => ok(value, message), members, {
    equal: strictEqual,
    notEqual: notStrictEqual,
  }),
});
