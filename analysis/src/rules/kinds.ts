import type { Rule } from '../rule.ts';

type Kind = Pick<Rule, 'category' | 'cwe' | 'why' | 'remedy'>;

/** What rules on the same danger in different languages say in the same way. */
export const HARM = {
  category: 'process',
  cwe: 78,
  why: 'It deletes, fetches and runs, or hands the machine to somebody else.',
  remedy: 'Remove it.',
} as const satisfies Kind;

export const SHELL = {
  category: 'process',
  cwe: 78,
  why: 'A shell runs whatever commands the text holds: `;`, `$( )` and `|` are enough to add one.',
  remedy: 'Do it in the language itself, or start the program with a fixed list of arguments.',
} as const satisfies Kind;

export const CHILD = {
  category: 'process',
  cwe: 78,
  why: 'A child process is out of reach of checks inside this one, and has all its rights.',
  remedy: 'Do it in the language itself: its library has what most commands do.',
} as const satisfies Kind;

export const CODE = {
  category: 'code-execution',
  cwe: 95,
  why: 'Whoever gives the text decides what the program does.',
  remedy: 'Write the code itself, or choose from a fixed table.',
} as const satisfies Kind;

export const OBJECTS = {
  category: 'deserialisation',
  cwe: 502,
  why: 'Data decides which classes are made and which of their methods run.',
  remedy: 'Read JSON.',
} as const satisfies Kind;

export const NET = {
  category: 'network',
  cwe: 918,
  why: 'A sandbox has no network; a program that needs it will fail, or means to reach somebody.',
  remedy: 'Give the program its data as input.',
} as const satisfies Kind;

export const FILES = {
  category: 'file-system',
  cwe: 73,
  why: 'It removes files or changes who may use them; those of others too, if the path is wrong.',
  remedy: 'Keep to files that the program made itself.',
} as const satisfies Kind;

export const NATIVE = {
  category: 'sandbox-escape',
  cwe: 242,
  why: 'It leaves the rules of the language behind, and reaches what checks inside it cannot see.',
  remedy: 'Use the language and its library.',
} as const satisfies Kind;

export const KERNEL = {
  category: 'sandbox-escape',
  cwe: 250,
  why: 'It asks the kernel for what a program in a sandbox has no need of.',
  remedy: 'Remove it.',
} as const satisfies Kind;

export const MEMORY = {
  category: 'sandbox-escape',
  cwe: 120,
  why: 'What is too long for its place overwrites what lies behind it.',
  remedy: 'Say how much fits: fgets, snprintf, std::string.',
} as const satisfies Kind;

/** Calls that only ask whether a file is there, which does no harm. */
export const ASKS = [
  ...['exists', 'lexists', 'isfile', 'isdir', 'islink', 'ismount'].map((name) => `os.path.${name}`),
  ...['exists', 'is_file', 'is_dir', 'is_symlink'].map((name) => `pathlib.Path().${name}`),
  ...['exists', 'existsSync', 'access', 'accessSync', 'promises.access'].map((name) => `fs.${name}`),
];
