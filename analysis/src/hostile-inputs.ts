/**
 * Texts that are made to be hard to read, for the benchmark and for fuzzing: nesting, unclosed brackets,
 * quotes, long lines, many functions, random bytes. All have the size given, in UTF-16 code units.
 */
export function hostileInputs(size: number): Readonly<Record<string, string>> {
  const fill = (piece: string) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  const half = (open: string, close: string) => {
    const count = Math.floor(size / (open.length + close.length));
    return open.repeat(count) + close.repeat(count);
  };
  const random = pseudoRandom(7);
  const bytes = Array.from({ length: size }, () => String.fromCharCode(random() % 256)).join('');
  const words =
    'if for def class ( ) [ ] { } : , . = + " \' ` \n  x 1 => function return while eval async'.split(' ');
  const tokens = fill(Array.from({ length: 5000 }, () => words[random() % words.length]).join(' '));
  return {
    'random bytes': bytes,
    'random tokens': tokens,
    'open brackets': fill('['),
    'open parentheses': fill('('),
    'open braces': fill('{'),
    'mixed open brackets': fill('{[('),
    'nested brackets': half('[', ']'),
    'nested calls': half('f(', ')'),
    'nested lambdas': fill('lambda:'),
    'nested arrows': fill('x=>'),
    'nested functions': fill('function f(){'),
    'nested loops': fill('for(;;)'),
    'nested templates': fill('`${'),
    quotes: fill('"\''),
    'triple quotes': fill('"""'),
    backticks: fill('`'),
    backslashes: fill('\\'),
    'one long line': fill('x = 1; '),
    'long sum': fill("'a' + "),
    'long chain': fill('.a()'),
    'long index chain': `x${fill('[0]').slice(1)}`,
    'ten thousand functions': fill('def f(): pass\n'),
    'many functions': fill('function f(a) { return a }\n'),
    'many uses of one name': fill('x = x\n'),
    'many calls': fill('eval(x)\n'),
    'many imports': fill('import os\n'),
    'many loops': fill('while x: y\n'),
    'many strings': fill('"a"\n'),
    'one list': `x = [${fill('1,').slice(6)}]`,
    'one dictionary': `x = {${fill('"a":1,').slice(7)}}`,
    'one long text': `x = "${fill('A').slice(7)}"`,
    'one long pattern': `re.compile("${fill('(a|b)*').slice(14)}")`,
    'indented blocks': Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}if x:`).join('\n'),
    comments: fill('# rce-ignore a\n'),
    'bidirectional marks': fill('\u202e'),
    'zero bytes': fill('\0'),
    'lone surrogates': fill('\ud800x'),
    'deep regular expression': `/${half('(', ')')}/`,
    decorators: fill('@a\n'),
    'comma sequence': fill('a,'),
    operators: fill('- '),
    'not not': fill('not '),
    exclamation: fill('!'),
    'conditional chain': fill('a?b:'),
    'else if chain': fill('else if(a){}'),
    generics: fill('a<b<c<'),
    colons: fill(':'),
    'jsx elements': fill('<a>'),
    'shell substitutions': fill('$('),
    'shell pipes': fill('a|'),
    'shell functions': fill(':(){ :|:& };:\n'),
    heredocs: fill('cat <<A\n'),
    'nested declarators': `int ${fill('(*').slice(4)}`,
    'open conditions': fill('#if a\n'),
    'open templates': fill('A<'),
    'nested closures': fill('[&](){'),
    'nested imports': `use ${fill('a::{').slice(4)}`,
    'nested macros': fill('a!{'),
    'nested classes': fill('class A{'),
    'text in text': `<?php ${fill('"{$a[').slice(6)}`,
    'many php calls': `<?php ${fill('eval($x);').slice(6)}`,
    'open php blocks': `<?php ${fill('if($a){').slice(6)}`,
    'nested interpolations': fill('"#{'),
    'open word lists': fill('%w('),
    'calls without brackets': fill('a b '),
  };
}

/** The same numbers every time (xorshift32), so that what fails can be run again. */
export function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
