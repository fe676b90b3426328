import { type Attack, BOTH } from '../attack.ts';

/** Arguments, variables, input and file names that break quoting, framing and parsing. */
const NASTY = [
  '-c',
  '--',
  '',
  ' ',
  '$(echo PWNED)',
  '`echo PWNED`',
  "'; echo PWNED; '",
  '"; echo PWNED; "',
  'a\nb',
  '\u0001rce-ready\n',
  '5:hello,',
  '*',
  '~',
  '{entry}',
  '{artifact}',
  '\u001b[31m',
  'é€😀',
  '\\',
  '%s%n',
];

export const INPUT: readonly Attack[] = [
  ...(
    [
      ['python', 'import sys\nprint(ascii(sys.argv[1:]) == ascii(eval(sys.stdin.read())))'],
      [
        'javascript',
        'const want = JSON.parse(require("node:fs").readFileSync(0, "utf8")); console.log(JSON.stringify(process.argv.slice(2)) === JSON.stringify(want) ? "True" : process.argv);',
      ],
      ['ruby', 'require "json"\nputs JSON.parse(STDIN.read) == ARGV ? "True" : ARGV.inspect'],
      [
        'php',
        '<?php echo json_decode(stream_get_contents(STDIN)) === array_slice($argv, 1) ? "True\n" : var_export($argv);',
      ],
    ] as const
  ).map(
    ([language, code]): Attack => ({
      name: `arguments that look like options, quotes and frames, in ${language}`,
      language,
      code,
      args: NASTY,
      stdins: [JSON.stringify(NASTY)],
      expect: { verdict: 'ok', stdout: 'True\n' },
      ...(language === 'python' ? { drivers: BOTH } : {}),
    }),
  ),
  {
    name: 'arguments that look like options, quotes and frames, in the shell',
    language: 'bash',
    code: `printf '%s\\0' "$@" | cksum; cksum; echo "$VALUE"`,
    args: NASTY,
    env: { VALUE: "'; echo PWNED; $(echo PWNED) '" },
    stdins: [NASTY.map((text) => `${text}\0`).join('')],
    expect: {
      verdict: 'ok',
      stdout: /^(\d+ \d+)\n\1\n'; echo PWNED; \$\(echo PWNED\) '\n$/,
    },
  },
  {
    name: 'variables that break quoting and framing',
    language: 'python',
    code: `
import os
print(ascii([os.environ[name] for name in ("A", "B", "C", "D")]))
`,
    env: { A: 'a\'b"c\n$(exit 3)', B: '5:hello,', C: '', D: 'é😀' },
    expect: { verdict: 'ok', stdout: "['a\\'b\"c\\n$(exit 3)', '5:hello,', '', '\\xe9\\U0001f600']\n" },
    drivers: BOTH,
  },
  {
    name: 'variables with the names of the harness’s own',
    language: 'bash',
    code: 'echo "$token $length $artifact $status $1"',
    args: ['1'],
    env: { token: 'a', length: 'b', artifact: 'c', status: 'd' },
    expect: { verdict: 'ok', stdout: 'a b c d 1\n' },
  },
  {
    name: 'as many arguments as are allowed, as large as they may be',
    language: 'python',
    code: `import sys\nprint(len(sys.argv) - 1, sum(map(len, sys.argv[1:])))`,
    args: Array.from({ length: 60 }, () => 'x'.repeat(4_000)),
    expect: { verdict: 'ok', stdout: '60 240000\n' },
  },
  {
    name: 'as many arguments as are allowed, in the shell and in Node',
    language: 'bash',
    code: `echo $# "\${#60}"`,
    args: Array.from({ length: 60 }, () => "'".repeat(4_000)),
    expect: { verdict: 'ok', stdout: '60 4000\n' },
  },
  {
    name: 'a large input with every byte, read to its end',
    language: 'python',
    code: `import sys, zlib\ndata = sys.stdin.buffer.read()\nprint(len(data), zlib.crc32(data))`,
    stdins: [Buffer.from(Array.from({ length: 200 * 1024 }, (_, at) => (at * 7) % 256))],
    expect: { verdict: 'ok', stdout: '204800 4290228336\n' },
  },
  {
    name: 'a large input, never read',
    language: 'python',
    code: `print("ignored")`,
    stdins: ['x\n'.repeat(100_000), 'y\n'.repeat(100_000)],
    expect: { verdict: 'ok', stdout: 'ignored\n' },
    drivers: BOTH,
  },
  {
    name: 'an input that looks like the next message',
    language: 'python',
    code: `import sys\nprint(ascii(sys.stdin.readline()))`,
    stdins: ['0000000a5:main.py,0:', '0000000a5:main.py,0:'],
    expect: { verdict: 'ok', stdout: "'0000000a5:main.py,0:'\n" },
  },
  {
    name: 'an input that looks like a script for the shell',
    language: 'bash',
    code: `read -r line; echo "read: $line"`,
    stdins: ["echo PWNED_\ntoken\n'; exit 3\n", 'x\n'],
    expect: { verdict: 'ok', stdout: /^read: (echo PWNED_|x)\n$/ },
  },
  {
    name: 'source with a byte order mark, carriage returns and no end of line',
    language: 'python',
    code: '\ufeffprint("one")\r\nprint("two")',
    expect: { verdict: 'ok', stdout: 'one\ntwo\n' },
  },
  {
    name: 'source nested deeper than the parser goes',
    language: 'python',
    code: `${'('.repeat(30_000)}1${')'.repeat(30_000)}`,
    expect: { verdict: ['runtime-error', 'memory-limit-exceeded'] },
    drivers: BOTH,
  },
  {
    name: 'source nested deeper than the parser goes, in JavaScript',
    language: 'javascript',
    code: `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    expect: { verdict: ['runtime-error', 'memory-limit-exceeded', 'ok'] },
    drivers: BOTH,
  },
];
