import { describe, expect, it } from '@jest/globals';
import { AnalysisReport } from '@rce/core/report.ts';
import { analyze } from './analyze.ts';
import { hostileInputs, pseudoRandom } from './hostile-inputs.ts';
import { UnsupportedLanguageError } from './languages.ts';

const run = (language: string, code: string, budgetMs = 10_000) => analyze({ language, code }, { budgetMs });
const rules = async (language: string, code: string) =>
  (await run(language, code)).findings.map((finding) => finding.rule);

describe('a dangerous call is found under whatever name it goes', () => {
  it.each([
    ['python', "import os as o\ngetattr(o, 'sys' + 'tem')(input())", 'py-shell'],
    ['python', 'from os import *\nsystem(input())', 'py-shell'],
    ['python', "__import__('so'[::-1]).system(input())", 'py-shell'],
    ['python', "import sys\nsys.modules['os'].system(input())", 'py-shell'],
    ['python', "from operator import attrgetter\nimport os\nattrgetter('system')(os)(input())", 'py-shell'],
    ['python', "globals()['__builtins__']['ev' + 'al'](input())", 'py-eval'],
    ['python', "import builtins\nbuiltins.__dict__['eval'](input())", 'py-eval'],
    ['python', 'def f():\n    return eval\nf()(input())', 'py-eval'],
    ['python', "t = {'x': eval}\nt['x'](input())", 'py-eval'],
    ['python', '@eval\n@input\nclass X: pass', 'py-eval'],
    ['python', '\u{1d626}\u{1d637}\u{1d622}\u{1d62d}(input())', 'py-eval'],
    [
      'python',
      "from functools import reduce\nimport os\nreduce(getattr, ['system'], os)(input())",
      'py-shell',
    ],
    ['python', "{'run': exec}.get(name)(input())", 'py-eval'],
    ['python', 'from ctypes import *\ncdll.msvcrt.system(b"x")', 'py-native-code'],
    ['python', "getattr(os, ''.join(map(chr, codes)))", 'decoded-name'],
    ['python', "__import__('o' + 's')", 'hidden-name'],
    ['python', "import os\nopen(os.path.join(os.path.expanduser('~'), '.ssh', 'id_rsa'))", 'credential-file'],
    [
      'python',
      "from pathlib import Path\n(Path.home() / '.aws' / 'credentials').read_text()",
      'credential-file',
    ],
    ['python', '@app.get("/")\ndef f(host: str):\n    return os.system(host)\nimport os', 'fetched-code'],
    ['python', 'exec("import os; os.system(\'rm -rf /\')")', 'py-harmful-command'],
    ['python', 'class A:\n  def a(self):\n    self.r = eval\n  def b(self, x):\n    self.r(x)', 'py-eval'],
    ['javascript', "globalThis['ev' + 'al'](process.argv[2])", 'js-eval'],
    ['javascript', '(0, eval)(process.argv[2])', 'js-eval'],
    ['javascript', 'eval.call(null, process.argv[2])', 'js-eval'],
    ['javascript', "const { exec: e } = require('node:child_' + 'process'); e(process.argv[2])", 'js-shell'],
    ['javascript', "const cp = await import('child_process'); cp.exec(process.argv[2])", 'js-shell'],
    ['javascript', "const a = ['exec', 'child_process']; require(a[1])[a[0]](process.argv[2])", 'js-shell'],
    ['javascript', "[]['filter']['constructor']('return process')()", 'js-constructor-chain'],
    ['javascript', '\\u0065val(process.argv[2])', 'js-eval'],
    ['javascript', "import('fs').then((fs) => fs.rmSync('/etc', { recursive: true }))", 'js-remove-system'],
    ['javascript', 'function f() { process.nextTick(f); }\nf();', 'endless-recursion'],
    ['javascript', 'Object.getPrototypeOf(async function () {}).constructor(code)()', 'js-eval'],
    ['javascript', 'fetch(url).then((r) => r.text()).then((text) => eval(text))', 'fetched-code'],
    ['javascript', "require('child_process').spawn('bash', ['-c', process.argv[2]])", 'js-shell'],
    ['javascript', 'globalThis[codes.map((c) => String.fromCharCode(c)).join("")](code)', 'decoded-name'],
    ['typescript', 'class A { f = eval; g(x: string) { this.f(x); } }', 'js-eval'],
    ['typescript', "import * as cp from 'child_process';\n(cp.exec as any)(process.argv[2]!);", 'js-shell'],
    ['bash', 'a=cu; b=rl; $a$b -s "$1" | sudo sh', 'bash-fetched-code'],
    ['bash', 'sh <<< "$(curl -s "$1")"', 'bash-fetched-code'],
    ['bash', 'cat <<END | sh\nrm -rf /usr\nEND', 'bash-remove-system'],
    ['bash', 'find / -exec rm -rf /home {} +', 'bash-remove-system'],
    ['bash', "cmd='rm -rf /usr'; $cmd", 'bash-remove-system'],
    ['bash', 'env | curl -d @- "$1"', 'exfiltration'],
    ['php', "<?php $f = hex2bin('73797374656d'); $f($x);", 'php-shell'],
    ['php', '<?php eval(str_rot13(\'flfgrz("vq");\'));', 'php-eval'],
    ['ruby', 'IO.popen(gets, "r")', 'ruby-shell'],
    [
      'java',
      'class A { void f() throws Exception { Files.readString(Path.of("/etc", "shadow")); } }',
      'credential-file',
    ],
    ['go', 'package main\nfunc f() { for { go f() } }', 'fork-bomb'],
    ['python', 'class C:\n    __class_getitem__ = exec\nC[input()]', 'py-eval'],
    ['python', 'import sys\nb = sys._getframe().f_globals["__builtins__"]', 'py-introspection'],
    ['python', 'b = getattr(module, "__builtins__")', 'py-introspection'],
    ['python', 'g = getattr(f, "__glo" + "bals__")\ng["x"]', 'py-introspection'],
    ['python', 'type(()).mro()[-1].__subclasses__()', 'py-introspection'],
    ['python', 'b = str.__base__\nb.__subclasses__()', 'py-introspection'],
    ['python', 'import mmap\nmmap.mmap(-1, 4096, 34, 7)', 'py-executable-memory'],
    ['python', 's = "a"\nfor i in range(40): s = s * 2', 'huge-allocation'],
    ['bash', 'env A=1 timeout 5 rm -rf /etc', 'bash-remove-system'],
    ['bash', "echo 'rm -rf /boot' | sh", 'bash-remove-system'],
  ])('%s: %s', async (language, code, rule) => {
    expect(await rules(language, code)).toContain(rule);
  });
});

describe('what only grows, or waits for itself, has no end', () => {
  it.each([
    ['python', 's = "x"\nwhile s: s += s', 'endless-loop'],
    ['python', 'l = [1]\nwhile len(l) > 0: l.extend(l)', 'endless-loop'],
    ['python', 'def g(): yield from g()\nlist(g())', 'endless-recursion'],
    ['python', 'async def f(): await f()', 'endless-recursion'],
    ['python', 'def f():\n    try:\n        f()\n    finally:\n        f()', 'endless-recursion'],
    ['javascript', "let s = 'x'; while (s) s = s.concat(s);", 'endless-loop'],
    ['javascript', 'function f() { return Promise.resolve().then(() => f()); }\nf();', 'endless-recursion'],
    ['javascript', 'async function f() { await f(); }\nf();', 'endless-recursion'],
    ['javascript', 'function* g() { yield* g(); }\n[...g()];', 'endless-recursion'],
    ['javascript', 'async function f() { while (true) await null; }', 'endless-loop'],
    ['bash', 's=x\nwhile [ -n "$s" ]; do s=$s$s; done', 'endless-loop'],
    ['cpp', 'int main() { std::string s = "x"; while (!s.empty()) s += s; }', 'endless-loop'],
    ['go', 'package main\nfunc main() { s := "x"; for s != "" { s += s } }', 'endless-loop'],
    ['java', 'class A { void f(String s) { while (s.length() > 0) s = s + s; } }', 'endless-loop'],
    ['php', '<?php while ($s) $s .= $s;', 'endless-loop'],
    ['php', '<?php while ($s) $s = $s . $s;', 'endless-loop'],
    ['ruby', 's = "x"\nwhile s\n  s << s\nend', 'endless-loop'],
    ['rust', 'fn main() { while !s.is_empty() { s = s.clone() + &s; } }', 'endless-loop'],
  ])('%s: %s', async (language, code, rule) => {
    expect(await rules(language, code)).toContain(rule);
  });

  it.each([
    ['python', 'while len(s) < n: s += s'],
    ['python', 'while stack:\n    stack.extend(stack)\n    stack.pop()'],
    ['python', 'def walk(t):\n    if t:\n        yield from walk(t.left)'],
    ['python', 'while node:\n    seen.insert(0, node)\n    node = node.node'],
    ['javascript', 'async function f(n) { if (n > 0) await f(n - 1); }'],
    ['javascript', 'async function f() { await sleep(1000); await f(); }'],
    ['javascript', 'function f() { setTimeout(f, 100); }'],
    ['c', 'int main(void) { int x = 1; while (x) x *= 2; }'],
    ['bash', 'while [ -n "$s" ]; do s=$(next "$s"); done'],
  ])('%s: %s ends, or gives others a turn', async (language, code) => {
    expect((await rules(language, code)).filter((rule) => rule.startsWith('endless'))).toEqual([]);
  });
});

describe('what does nothing as it stands is low', () => {
  const severe = async (language: string, code: string) =>
    (await analyze({ language, code })).findings.filter(({ severity }) => /high|critical/.test(severity));

  it.each([
    ['python', 'if name in ("True", "False"):\n    eval(name)'],
    [
      'python',
      'def f(name):\n    if name not in ["ls", "df"]:\n        raise ValueError(name)\n    return eval(name)',
    ],
    ['python', 'def f(x):\n    return x\n    eval(x)'],
    ['javascript', "if (['a', 'b'].includes(name)) eval(name);"],
    ['javascript', "function f(name) { if (name !== 'a') return; eval(name); }"],
    ['javascript', 'function f(x) { return x; eval(x); }'],
    // Its own subclasses, other frames without what they hold, and names that are left out.
    ['python', 'for each in Plugin.__subclasses__(): each()'],
    ['python', 'import sys\nframe = sys._getframe().f_back.f_back\nprint(frame.f_lineno)'],
    ['python', 'names.discard("__builtins__")'],
    ['python', 'kind = type(f.__globals__)'],
    ['python', 'name = f.__globals__["__name__"]'],
    ['python', 'path = getattr(f, "__globals__", {}).get("__file__")'],
    ['python', 'raise Error("~/.netrc access too permissive")'],
    ['python', 'import os\nhas = os.path.isdir("/proc/self")'],
    ['python', 'import sys\nframe = sys.exc_info()[2].tb_frame.f_back\nprint(frame.f_lineno)'],
    ['javascript', "const root = Function('return this')();"],
    ['javascript', 'const copy = new [].constructor();'],
    ['javascript', "const path = require('path');\nfileExists(path.resolve(home, '.bashrc'));"],
    ['python', 'import os\nos.path.exists(os.path.join(home, ".bashrc"))'],
    ['javascript', 'isA(handler, Function); const types = [String, Number, Function];'],
    ['python', 'special = ["__class__", "__globals__", "__subclasses__"]'],
    ['python', 'same = f.__globals__ is module.__dict__'],
    ['python', 'from pathlib import Path\nif Path("/sys/fs/cgroup").is_dir(): limited()'],
    ['javascript', 'node.expression._compile(math, names);'],
    ['javascript', 'module.exports = class Function { copy() { return new Function(this.name); } };'],
  ])('%s: %s', async (language, code) => {
    expect(await severe(language, code)).toEqual([]);
  });

  it.each([
    ['python', 'if name in ("a", "b"):\n    name = input()\n    eval(name)'],
    [
      'python',
      'x = "a"\ndef change():\n    global x\n    x = input()\nif x in ("a", "b"):\n    change()\n    eval(x)',
    ],
    ['python', 'if name in ("a", "b"):\n    while True:\n        eval(name)\n        name = input()'],
    [
      'javascript',
      "let x = 'a';\nconst change = () => { x = location.hash; };\nif (x === 'a') { change(); eval(x); }",
    ],
    ['python', 'if name not in ("a", "b"):\n    eval(name)'],
    ['python', 'if name in ("f(1)", "g(2)"):\n    eval(name)'],
    ['python', 'if name in names:\n    eval(name)'],
    ['python', 'def f(name):\n    if name not in ("a",):\n        print(name)\n    eval(name)'],
    ['javascript', "if (name === 'a' || rest) eval(name);"],
    ['javascript', 'function f(x) { return g(); function g() { eval(x); } }'],
    ['javascript', 'switch (x) { case 1: break; case 2: eval(x); }'],
    ['javascript', 'use(class eval {}); eval(x);'],
    ['javascript', 'texts.map(Function)'],
    ['javascript', "require('fs').appendFileSync(process.env.HOME + '/.bashrc', x);"],
    ['python', 'import os\nopen(os.path.expanduser("~/.profile"), "a")'],
    ['python', 'from pathlib import Path\nrc = Path.home() / ".zshrc"\nrc.write_text(x)'],
    ['python', 'import shutil\nshutil.copy("a", "/etc/cron.d/a")'],
    ['python', 'type.__subclasses__(object)'],
    ['python', 'f.__globals__["__loader__"]'],
    ['python', 'g = f.__globals__\ng.get("__name__")'],
  ])('but not %s: %s', async (language, code) => {
    expect(await severe(language, code)).not.toEqual([]);
  });

  it('is said once, where it is read', async () => {
    const code = 'import sys\ng = sys._getframe().f_back.f_globals\nprint(g)\nprint(g)';
    const found = (await rules('python', code)).filter((rule) => rule === 'py-introspection');
    expect(found).toHaveLength(1);
  });
});

describe('a literal, or a name that only looks the same, is no danger', () => {
  it.each([
    ['python', 'class Model:\n    def eval(self): pass\nModel().eval()'],
    ['python', 'def eval(x): return x\neval(input())'],
    ['python', 'while True:\n    line = input()\n    if not line: break\n    print(line)'],
    ['python', 'n = int(input())\nprint(sum(range(n)))'],
    ['python', 'n = 9\nwhile n > 0: n -= 1'],
    ['python', 'import sys\nsys.setrecursionlimit(10**6)\ninput = sys.stdin.readline\nprint(input())'],
    ['python', 'def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\nprint(fact(5))'],
    ['javascript', 'model.eval(x);'],
    ['javascript', "const lines = require('fs').readFileSync(0, 'utf8').split('\\n');"],
    ['javascript', 'const re = /a/; re.exec(text);'],
    ['javascript', 'for (let i = 0; i < 10; i++) console.log(i);'],
    ['javascript', 'function* f() { while (true) yield 1; }'],
    ['typescript', 'const sum = (a: number, b: number): number => a + b;\nconsole.log(sum(1, 2));'],
  ])('%s: %s', async (language, code) => {
    const { score, level } = await run(language, code);
    expect({ score, level }).toEqual({ score: 0, level: 'none' });
  });
});

describe('a report', () => {
  it('is of the wire schema, and its shares add up to its score', async () => {
    const code =
      'import os, pickle\nos.system(input())\nos.system(input())\npickle.loads(x)\nwhile True: pass';
    const report = await run('python', code);
    expect(AnalysisReport.parse(report)).toEqual(report);
    const shares = report.findings.reduce((sum, finding) => sum + finding.share, 0);
    expect(shares).toBeCloseTo(report.score, 6);
    expect(report.level).toBe('critical');
  });

  it('gives lines and columns from 1, in UTF-16 code units', async () => {
    const { findings } = await run('python', 'x = 1\n"\u{1f600}"; eval(y)\n');
    expect(findings.find(({ rule }) => rule === 'py-eval')).toMatchObject({
      line: 2,
      column: 7,
      endLine: 2,
      endColumn: 14,
    });
  });

  it('counts lines, functions and branches, and names the modules', async () => {
    const { metrics } = await run('python', 'import os.path\ndef f(x):\n    if x: pass\n');
    expect(metrics).toEqual({ lines: 4, functions: 1, complexity: 2, imports: ['os.path'] });
  });

  it('tells a syntax error as a finding', async () => {
    expect(await rules('python', 'def f(:\n    return')).toContain('syntax-error');
  });

  it('says that it is incomplete when the budget ends it', async () => {
    const report = await run('python', hostileInputs(65_536)['conditional chain'] ?? '', 1);
    expect(report.complete).toBe(false);
    expect(report.findings.map(({ rule }) => rule)).toContain('analysis-incomplete');
    expect((await run('python', 'print(1)')).complete).toBe(true);
  });

  it('is refused for a language that is not analysed', async () => {
    await expect(analyze({ language: 'constructor', code: '' })).rejects.toThrow(UnsupportedLanguageError);
  });
});

describe('a comment turns a rule off', () => {
  it.each([
    ['on its own line', 'eval(x)  # rce-ignore py-eval'],
    ['on the next line of code, when it stands alone', '# rce-ignore py-eval: reviewed\n\neval(x)'],
    ['all rules, when it names none', 'eval(x)  # rce-ignore'],
  ])('%s', async (_what, code) => {
    const { score, findings } = await run('python', code);
    expect(findings).toMatchObject([{ rule: 'py-eval', suppressed: true, share: 0 }]);
    expect(score).toBe(0);
  });

  it.each([
    ['another rule', 'eval(x)  # rce-ignore py-shell'],
    ['another line', '# rce-ignore py-eval\nprint(1)\neval(x)'],
    ['a text that looks like a comment', 'eval(x, "# rce-ignore py-eval")'],
  ])('but not for %s', async (_what, code) => {
    const { findings } = await run('python', code);
    expect(findings.find(({ rule }) => rule === 'py-eval')?.suppressed).toBe(false);
  });
});

describe('any text gives a report', () => {
  it.each(['python', 'javascript', 'typescript'])('%s', async (language) => {
    const next = pseudoRandom(11);
    for (const code of Object.values(hostileInputs(4_096))) {
      for (const text of [
        code,
        code.slice(0, next() % code.length),
        `${code.slice(next() % 4_000)}\neval(x)`,
      ]) {
        const report = await run(language, text, 200);
        expect(report.score).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
