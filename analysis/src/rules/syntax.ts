import { RULE_LANGUAGES, type Rule } from '../rule.ts';

export const INCOMPLETE: Rule = {
  id: 'analysis-incomplete',
  languages: RULE_LANGUAGES,
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
    languages: ['python', 'javascript', 'go', 'java', 'php', 'ruby', 'rust'],
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
  {
    id: 'unknown-syntax',
    languages: ['c', 'cpp', 'bash'],
    severity: 'info',
    confidence: 'low',
    category: 'syntax',
    message: 'the grammar does not know this',
    why: 'Macros and quoting make these languages more than a grammar can tell: the program may be right all the same.',
    remedy: 'See what the compiler or the shell says.',
    match: { shape: 'syntax-error' },
    bad: 'int main(void) { return (; }',
    good: 'int main(void) { return 0; }',
  },
  INCOMPLETE,
];
