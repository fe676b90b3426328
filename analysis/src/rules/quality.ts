import type { Rule } from '../rule.ts';

type Facts = Pick<Rule, 'id' | 'languages' | 'message' | 'why' | 'remedy' | 'match' | 'bad' | 'good'>;

/** Faults of style, which say nothing of danger and bring no points. */
function quality(rule: Facts): Rule {
  return { ...rule, severity: 'info', confidence: 'high', category: 'quality' };
}

export const QUALITY: readonly Rule[] = [
  quality({
    id: 'unused-import',
    languages: ['python', 'javascript'],
    message: '{} is imported and not used',
    why: 'It costs time to load and misleads readers.',
    remedy: 'Remove it.',
    match: { shape: 'unused-import' },
    bad: 'import os\nprint(1)',
    good: 'import os\nprint(os.sep)',
  }),
  quality({
    id: 'bare-except',
    languages: ['python'],
    message: 'except without a class catches everything',
    why: 'It swallows Ctrl-C, sys.exit and faults that nobody thought of.',
    remedy: 'Name the exceptions that are expected.',
    match: { shape: 'bare-except' },
    bad: 'try:\n    f()\nexcept:\n    g()',
    good: 'try:\n    f()\nexcept ValueError:\n    g()',
  }),
  quality({
    id: 'ignored-error',
    languages: ['python', 'javascript'],
    message: 'an error is caught and ignored',
    why: 'What goes wrong goes unseen.',
    remedy: 'Handle it, or say why it does not matter.',
    match: { shape: 'ignored-error' },
    bad: 'try:\n    f()\nexcept Exception:\n    pass',
    good: 'try:\n    f()\nexcept ValueError:\n    g()',
  }),
  quality({
    id: 'shadowed-builtin',
    languages: ['python'],
    message: '{} hides the builtin of that name',
    why: 'Code below that means the builtin gets something else.',
    remedy: 'Choose another name.',
    match: { shape: 'shadowed-builtin' },
    bad: 'list = [1]',
    good: 'items = [1]',
  }),
  quality({
    id: 'mutable-default',
    languages: ['python'],
    message: 'the default value is shared by all calls',
    why: 'What one call adds to it, the next one finds.',
    remedy: 'Use None and make the value inside.',
    match: { shape: 'mutable-default' },
    bad: 'def f(items=[]):\n    return items',
    good: 'def f(items=None):\n    return items',
  }),
  quality({
    id: 'unreachable-code',
    languages: ['python', 'javascript'],
    message: 'this is never reached',
    why: 'Either it is not needed, or something is wrong above it.',
    remedy: 'Remove it, or the statement above that leaves.',
    match: { shape: 'unreachable-code' },
    bad: 'def f():\n    return 1\n    print(2)',
    good: 'def f():\n    print(2)\n    return 1',
  }),
  quality({
    id: 'complex-function',
    languages: ['python', 'javascript'],
    message: '{} has more than 20 branches',
    why: 'Nobody keeps so many ways in mind.',
    remedy: 'Split it.',
    match: { shape: 'complex-function' },
    bad: `def f(x):\n${Array.from({ length: 21 }, (_, i) => `    if x == ${i}: return ${i * 2}`).join('\n')}`,
    good: 'def f(x):\n    if x == 1: return 2',
  }),
  quality({
    id: 'asserted-input',
    languages: ['python'],
    message: 'an assert on a tuple is always true',
    why: 'A tuple that is not empty counts as true.',
    remedy: 'Leave the parentheses out.',
    match: { shape: 'assert-tuple' },
    bad: 'assert (x, "message")',
    good: 'assert x, "message"',
  }),
];
