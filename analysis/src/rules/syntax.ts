import type { Rule } from '../rule.ts';

export const INCOMPLETE: Rule = {
  id: 'analysis-incomplete',
  languages: ['python', 'javascript'],
  severity: 'medium',
  confidence: 'high',
  category: 'syntax',
  cwe: 1121,
  message: 'the program took too long to read; nothing is known of the rest',
  why: 'Programs that are made to be hard to read hide something, or attack the reader.',
  remedy: 'Split the program, or write it less deeply nested.',
  match: { shape: 'incomplete' },
  bad: '',
  good: 'print(1)',
};

/** What the analysis says of itself and of the text as such. */
export const SYNTAX: readonly Rule[] = [
  {
    id: 'syntax-error',
    languages: ['python', 'javascript'],
    severity: 'low',
    confidence: 'low',
    category: 'syntax',
    message: 'the grammar does not know this',
    why: 'The program may not run; and code around an error is read less reliably.',
    remedy: 'Correct the syntax. Newest syntax may not be known to the analyser yet.',
    match: { shape: 'syntax-error' },
    bad: 'def f(:\n  return',
    good: 'def f():\n  return 1',
  },
  INCOMPLETE,
];
