import type { Attack } from '../attack.ts';

const REFUSED = { verdict: 'compilation-error' } as const;

/** The compile step runs untrusted input too: each of these must end as compilation-error, within its limits. */
export const COMPILE: readonly Attack[] = [
  {
    name: 'a header without end',
    language: 'c',
    code: `#include "/dev/zero"\nint main(void) { return 0; }`,
    expect: REFUSED,
  },
  {
    name: 'an input that the compiler waits for',
    language: 'c',
    code: `#include "/dev/stdin"\n#include "/proc/1/environ"\nint main(void) { return 0; }\n#error`,
    expect: REFUSED,
  },
  {
    name: 'macros that double',
    language: 'c',
    code: `${Array.from({ length: 40 }, (_, n) => `#define A${n + 1} A${n} A${n}`).join('\n')}
#define A0 x+
int main(void) { int x = 1; return A40 x; }`,
    expect: REFUSED,
  },
  {
    name: 'a program of sixteen gigabytes',
    language: 'c',
    code: `main[-1u]={1};`,
    expect: REFUSED,
  },
  {
    name: 'a file that includes itself',
    language: 'cpp',
    code: `#include __FILE__\n#include __FILE__\nint main() {}`,
    expect: REFUSED,
  },
  {
    name: 'templates without end',
    language: 'cpp',
    code: `template <class T, int N> struct A { A<A<T, N>, N + 1> left; A<T, N + 1> right; };
template <class T> struct A<T, 100000> {};
int main() { A<int, 0> a; return sizeof a; }`,
    expect: REFUSED,
  },
  {
    name: 'a computation at compile time without end',
    language: 'rust',
    code: `#![feature(const_eval_limit)]
const fn forever(mut n: u64) -> u64 { while n != 1 { n = n.wrapping_add(2); } n }
const X: u64 = forever(2);
fn main() { println!("{X}"); }`,
    expect: REFUSED,
  },
  {
    name: 'a file of the host, included',
    language: 'rust',
    code: `fn main() { println!("ESCAPED {}", include_str!("/etc/shadow")); }`,
    expect: REFUSED,
  },
  {
    name: 'a device without end, included',
    language: 'rust',
    code: `static X: &[u8] = include_bytes!("/dev/zero"); fn main() { println!("{}", X.len()); }`,
    expect: REFUSED,
  },
  {
    name: 'a compiler plugin and linker options in the source',
    language: 'go',
    code: `
package main
// #cgo LDFLAGS: -Wl,-rpath,/tmp
// #cgo CFLAGS: -fplugin=/tmp/x.so
import "C"
func main() {}`,
    expect: REFUSED,
  },
  {
    name: 'an annotation processor of its own',
    language: 'java',
    code: `public class Main { public static void main(String[] a) { int x = "text"; } }`,
    files: [{ path: 'META-INF/services/javax.annotation.processing.Processor', content: 'Main\n' }],
    expect: { verdict: 'compilation-error' },
  },
  {
    name: 'a flood of messages',
    language: 'c',
    code: `int main(void) {\n${'undeclared;\n'.repeat(5_000)}}`,
    expect: REFUSED,
  },
];
