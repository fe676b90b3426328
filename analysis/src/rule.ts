import type { Finding } from '@rce/core/report.ts';
import { ANALYZED_LANGUAGES, type AnalyzedLanguage } from './languages.ts';

export const CATEGORIES = {
  'code-execution': 'Code execution',
  deserialisation: 'Deserialisation',
  process: 'Processes and shell',
  'file-system': 'File system',
  network: 'Network',
  'sandbox-escape': 'Introspection and sandbox escape',
  resources: 'Resource exhaustion',
  secrets: 'Secrets',
  obfuscation: 'Obfuscation',
  cryptography: 'Cryptography and randomness',
  injection: 'Injection',
  environment: 'Environment and timing',
  abuse: 'Mining and exfiltration',
  syntax: 'Syntax',
  quality: 'Quality (not scored)',
} as const;
export type Category = keyof typeof CATEGORIES;

/** What rules are written for; TypeScript is analysed with JavaScript's. */
export type RuleLanguage = Exclude<AnalyzedLanguage, 'typescript'>;
export const RULE_LANGUAGES = ANALYZED_LANGUAGES.filter(
  (language): language is RuleLanguage => language !== 'typescript',
);

/** What may be asked of a value. */
export type Test =
  /** Not known before the program runs. */
  | 'dynamic'
  | 'constant'
  /** Comes in as a parameter or from outside the program. */
  | 'outside'
  /** Comes from outside for certain: input, arguments, the network. */
  | 'external'
  /** Comes from the network: anybody may have sent it. */
  | 'remote'
  /** Text put together with values. */
  | 'built'
  | 'decoded'
  | 'true'
  | 'false'
  | 'absent'
  | 'present'
  | 'text'
  | 'number'
  | 'function'
  /** Holds the environment or a sensitive file. */
  | 'secret'
  | { readonly matches: RegExp }
  | { readonly shape: RegExp }
  | { readonly atLeast: number }
  | { readonly below: number }
  /** A number with any of these bits. */
  | { readonly bits: number }
  /** Constant text that a function accepts. */
  | { readonly satisfies: (text: string) => boolean }
  | { readonly named: readonly string[] }
  | { readonly nameMatches: RegExp };

/** A condition on a part of what matched. */
export interface When {
  /**
   * Which value: the position of an argument, the name of a keyword or of a property of an options object,
   * several of which the first that is given counts; `any` argument; the `receiver` of a method; the
   * `callee` itself, or what is read; the `value` that is assigned.
   */
  readonly arg: number | string | readonly (number | string)[];
  readonly is?: Test | readonly Test[];
  readonly not?: Test | readonly Test[];
}

/** What a rule looks for. Patterns of names are in the README. */
export type Match =
  | { readonly call: readonly string[]; readonly when?: readonly When[] }
  /** A function given to another as an argument. */
  | { readonly passed: readonly string[] }
  /** A name that is read, called or not. */
  | { readonly read: readonly string[]; readonly when?: readonly When[] }
  | { readonly import: readonly string[] }
  /** An assignment, a keyword, a property of a literal object, by the last part of its name. */
  | { readonly assign: RegExp; readonly when?: readonly When[] }
  /**
   * Constant text; with `hidden`, only such that the source holds in pieces or encoded; not as an argument of what is
   * called by a name of `notFor`.
   */
  | {
      readonly text: RegExp;
      readonly accept?: (text: string) => boolean;
      readonly hidden?: true;
      readonly notFor?: readonly string[];
    }
  /** Text put together at run time; GAP (\0) stands for what is put in. */
  | { readonly built: RegExp; readonly notFor?: readonly string[] }
  /** What a detector in shapes/ has found. */
  | { readonly shape: string }
  /** Findings of other rules that mean more when they stand together in one program. */
  | { readonly together: readonly (readonly string[])[] };

export interface Rule {
  readonly id: string;
  readonly languages: readonly RuleLanguage[];
  readonly severity: Finding['severity'];
  readonly confidence: Finding['confidence'];
  readonly category: Category;
  readonly cwe?: number;
  /** What was found; `{}` is replaced by the name that matched. */
  readonly message: string;
  readonly why: string;
  readonly remedy: string;
  readonly match: Match | readonly Match[];
  /** Constant texts among the arguments are programs: they are analysed too. */
  readonly hides?: true;
  /** A program in the first of the languages that the rule must find, and one that it must not. */
  readonly bad: string;
  readonly good: string;
}
