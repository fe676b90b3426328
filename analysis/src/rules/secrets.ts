import { RULE_LANGUAGES, type Rule } from '../rule.ts';
import { looksSecret } from '../shapes/entropy.ts';

export const SECRETS: readonly Rule[] = [
  {
    id: 'known-credential',
    languages: RULE_LANGUAGES,
    severity: 'high',
    confidence: 'high',
    category: 'secrets',
    cwe: 798,
    message: 'a text has the form of a credential',
    why: 'Whoever reads the source can use it.',
    remedy: 'Revoke it; give it to the program as input or by its environment.',
    match: {
      text: /\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,}|glpat-[A-Za-z0-9_-]{20}|sk_live_[A-Za-z0-9]{20,}|rk_live_[A-Za-z0-9]{20,}|xox[baprs]-[A-Za-z0-9-]{20,}|AIza[0-9A-Za-z_-]{35}|npm_[A-Za-z0-9]{36}|sk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}|ya29\.[A-Za-z0-9_-]{40,})|-----BEGIN (?:[A-Z]{2,12} )?PRIVATE KEY-----\s*[A-Za-z0-9+/]/,
    },
    bad: 'key = "AKIAIOSFODNN7ABCDEFG"',
    good: 'key = "AKIA"',
  },
  {
    id: 'credential-in-url',
    languages: RULE_LANGUAGES,
    severity: 'medium',
    confidence: 'medium',
    category: 'secrets',
    cwe: 798,
    message: 'an address holds a password',
    why: 'Whoever reads the source can use it.',
    remedy: 'Give the password to the program as input or by its environment.',
    match: {
      text: /\b[a-z][a-z0-9+]{1,20}:\/\/[^\s:/@<>{}$]{1,64}:[^\s/@<>{}$*]{3,64}@[a-zA-Z0-9]/,
      accept: (text) =>
        !/:(?:password|passwd|pass|pwd|secret|test|user|postgres|root|example|guest|xxx+|\.\.\.|PASSWORD)@/i.test(
          text,
        ),
    },
    bad: 'url = "postgres://app:hG7kq29x@db.internal/app"',
    good: 'url = "postgres://app@db.internal/app"',
  },
  {
    id: 'hard-coded-credential',
    languages: RULE_LANGUAGES,
    severity: 'low',
    confidence: 'medium',
    category: 'secrets',
    cwe: 798,
    message: '{} is a credential in the source',
    why: 'Whoever reads the source can use it, and it cannot be changed without changing the program.',
    remedy: 'Give it to the program as input or by its environment.',
    match: {
      assign:
        /(?:^|_|[a-z])(?:passw(?:or)?d|passphrase|pwd|secret|secret_?key|api_?key|auth_?token|access_?token|private_?key|client_?secret)$/i,
      when: [{ arg: 'value', is: { satisfies: looksSecret } }],
    },
    bad: 'db_password = "hG7!kq29xZ"',
    good: 'db_password = read_password()',
  },
];
