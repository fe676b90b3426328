import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeLayer, missingDocker } from '../../../../e2e/support/layers.ts';
import type { HarnessName } from './harness.ts';
import { type Input, Workbench } from './testing.ts';

interface Case extends Input {
  readonly name: string;
  readonly code: string;
}

const PYTHON: readonly Case[] = [
  { name: 'output', code: 'print("hello")' },
  {
    name: 'a traceback through functions',
    code: 'def f(n):\n    if n: f(n - 1)\n    raise ValueError("x")\nf(3)',
  },
  {
    name: 'a chained exception',
    code: 'try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise RuntimeError("y") from e',
  },
  { name: 'a syntax error', code: 'print("a"\n' },
  { name: 'an indentation error', code: 'if True:\nprint(1)' },
  { name: 'an encoding error in the source', code: '# -*- coding: ascii -*-\nprint("ü")' },
  {
    name: '__main__',
    code: 'import __main__, sys\nprint(__name__, __main__ is sys.modules["__main__"], __doc__)',
  },
  { name: 'the names of the main module', code: 'print(sorted(globals()))' },
  {
    name: '__file__, __spec__, __loader__',
    code: 'print(__file__, __spec__, type(__loader__), __package__)',
  },
  { name: 'argv', code: 'import sys\nprint(sys.argv, sys.orig_argv)', args: ['a', 'b c', ''] },
  { name: 'sys.path', code: 'import sys\nprint(sys.path)' },
  { name: 'flags', code: 'import sys\nprint(sys.flags, sys._xoptions, sys.warnoptions)' },
  { name: 'loaded modules', code: 'import sys\nprint(sorted(sys.modules))' },
  { name: 'the environment', code: 'import os\nprint(sorted(os.environ.items()))', env: { A: 'b' } },
  {
    name: 'the working directory',
    code: 'import os\nprint(os.getcwd(), os.listdir("."), os.listdir("/tmp"))',
  },
  { name: 'open descriptors', code: 'import os\nprint(sorted(os.listdir("/proc/self/fd")))' },
  {
    name: 'a stack without frames of ours',
    code: 'import traceback, inspect\ntraceback.print_stack()\nprint(len(inspect.stack()))',
  },
  { name: 'sys.exit()', code: 'import sys\nsys.exit()' },
  { name: 'sys.exit(3)', code: 'import sys\nsys.exit(3)' },
  { name: 'sys.exit(True)', code: 'import sys\nsys.exit(True)' },
  { name: 'sys.exit(-1)', code: 'import sys\nsys.exit(-1)' },
  { name: 'sys.exit(256)', code: 'import sys\nsys.exit(256)' },
  { name: 'sys.exit with a text', code: 'import sys\nsys.exit("no")' },
  { name: 'exit()', code: 'exit(4)' },
  { name: 'quit()', code: 'quit()' },
  { name: 'raise SystemExit', code: 'raise SystemExit(5)' },
  { name: 'os._exit, which flushes nothing', code: 'import os\nprint("lost")\nos._exit(6)' },
  {
    name: 'atexit',
    code: 'import atexit\natexit.register(print, "one")\natexit.register(print, "two")\nprint("main")',
  },
  { name: 'an error in atexit', code: 'import atexit\natexit.register(lambda: 1 / 0)\nprint("main")' },
  { name: 'a destructor at the end', code: 'class A:\n    def __del__(self): print("gone")\na = A()' },
  {
    name: 'destructors of cycles',
    code: 'class A:\n    def __init__(self, n): self.n = n; self.me = self\n    def __del__(self): print("gone", self.n)\na = A(1)\nA.kept = A(2)\ndef f(): return a',
  },
  { name: 'unflushed output', code: 'import sys\nsys.stdout.write("a" * 5000)\nsys.stderr.write("b")' },
  {
    name: 'threads that outlive main',
    code: 'import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()\nprint("main")',
  },
  {
    name: 'an error in a thread',
    code: 'import threading\ndef f(): raise ValueError("t")\nt = threading.Thread(target=f, name="T")\nt.start()\nt.join()\nprint("on")',
  },
  {
    name: 'a daemon thread',
    code: 'import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nprint("main")',
  },
  { name: 'input()', code: 'print(input("name? "), input())', stdin: 'x\ny\n' },
  { name: 'input() at the end', code: 'input()' },
  {
    name: 'stdin as a stream',
    code: 'import sys\nfor line in sys.stdin: print(repr(line))',
    stdin: 'a\nb\r\nc',
  },
  { name: 'stdin as bytes', code: 'import os\nprint(os.read(0, 100), os.read(0, 1))', stdin: 'bytes' },
  {
    name: 'the state of the streams',
    code: 'import sys\nfor s in (sys.stdin, sys.stdout, sys.stderr): print(s.name, s.mode, s.encoding, s.errors, s.isatty(), s.line_buffering, s.fileno())',
  },
  {
    name: 'the recursion limit',
    code: 'import sys\nprint(sys.getrecursionlimit())\ndef depth():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        f()\n    try: f()\n    except RecursionError: return n\nprint(depth())',
  },
  { name: 'an endless recursion', code: 'def f(): f()\nf()' },
  { name: 'a signal to itself', code: 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)' },
  { name: 'SIGTERM', code: 'import os, signal\nos.kill(os.getpid(), signal.SIGTERM)' },
  {
    name: 'SIGINT, an exception',
    code: 'import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nimport time\ntime.sleep(5)',
  },
  {
    name: 'what happens at signals',
    code: 'import signal\nprint([signal.getsignal(s) for s in sorted(signal.valid_signals())])',
  },
  {
    name: 'a handler',
    code: 'import os, signal\nsignal.signal(signal.SIGUSR1, lambda *a: print("usr1"))\nos.kill(os.getpid(), signal.SIGUSR1)',
  },
  { name: 'abort()', code: 'import os\nos.abort()' },
  { name: 'a crash', code: 'import ctypes\nctypes.string_at(0)' },
  { name: 'a closed stdout', code: 'import os\nos.close(1)\nprint("x")' },
  {
    name: 'child processes',
    code: 'import subprocess, sys\nprint(subprocess.run([sys.executable, "-c", "import sys; print(sys.argv, sys.path[1:])"], capture_output=True, text=True).stdout)',
  },
  {
    name: 'fork',
    code: 'import os\nif os.fork() == 0:\n    print("child", flush=True)\n    os._exit(0)\nos.wait()\nprint("parent")',
  },
  {
    name: 'multiprocessing',
    code: 'import multiprocessing as m\ndef f(q): q.send(7)\nif __name__ == "__main__":\n    a, b = m.Pipe()\n    p = m.Process(target=f, args=(b,))\n    p.start()\n    print(a.recv())\n    p.join()\n    print(p.exitcode)',
  },
  {
    name: 'asyncio',
    code: 'import asyncio\nasync def f():\n    await asyncio.sleep(0.01)\n    print("async")\nasyncio.run(f())',
  },
  {
    name: 'a module of its own',
    code: 'import helper\nprint(helper.__file__, helper.x)',
    files: { 'helper.py': 'x = 1' },
  },
  {
    name: 'a package of its own',
    code: 'from a.b import c\nprint(c)',
    files: { 'a/__init__.py': '', 'a/b.py': 'c = 2' },
  },
  { name: 'a file beside it', code: 'print(open("data/in.txt").read())', files: { 'data/in.txt': 'data' } },
  { name: 'another entry', entry: 'app.py', code: 'import sys\nprint(__file__, sys.argv)', args: ['q'] },
  {
    name: 'an entry in a folder',
    entry: 'src/app.py',
    code: 'import sys, lib\nprint(__file__, sys.path[0], lib.x)',
    files: { 'src/lib.py': 'x = 3' },
  },
  { name: 'warnings', code: 'import warnings\nwarnings.warn("careful")\nassert (1, "a") if False else True' },
  {
    name: 'dataclasses and pickle of __main__',
    code: 'import pickle\nclass A: pass\nprint(pickle.loads(pickle.dumps(A())).__class__)',
  },
  { name: 'its own source', code: 'import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))' },
  {
    name: 'sitecustomize, of which there is none',
    code: 'import sys\nprint("sitecustomize" in sys.modules)\nimport sitecustomize',
  },
];

const SIGNALS_OF_NODE =
  'console.log(require("fs").readFileSync("/proc/self/status", "utf8").match(/^Sig(Blk|Ign|Cgt).*$/gm))';

const NODE: readonly Case[] = [
  { name: 'output', code: 'console.log("hello"); console.error("err")' },
  { name: 'an uncaught error', code: 'function f() { throw new TypeError("x") }\nf()' },
  { name: 'an uncaught error that is none', code: 'throw { a: 1 }' },
  { name: 'an error with a cause', code: 'throw new Error("a", { cause: new Error("b") })' },
  { name: 'a syntax error', code: 'const = 3' },
  { name: 'a module that is missing', code: 'require("nope")' },
  { name: 'a stack', code: 'console.log(new Error("s").stack)' },
  { name: 'a stack of a timer', code: 'setTimeout(() => console.log(new Error("s").stack), 1)' },
  {
    name: 'require.main',
    code: 'console.log(require.main === module, module.id, module.parent, module.children.length, require.main.filename)',
  },
  { name: 'the module cache', code: 'console.log(Object.keys(require.cache))' },
  {
    name: 'what Node keeps of paths and of its streams',
    code: [
      'const { bytesWritten, _writableState, writableLength } = process.stdout',
      'console.log(Object.keys(require("module")._pathCache), bytesWritten, writableLength, _writableState.pendingcb)',
      'console.log(Object.keys(process.stdout), process.stdout.eventNames(), Object.hasOwn(process, "emitWarning"))',
    ].join('\n'),
  },
  {
    name: '__filename and __dirname',
    code: 'console.log(__filename, __dirname, process.mainModule === module)',
  },
  {
    name: 'argv',
    code: 'console.log(process.argv, process.argv0, process.execArgv, process.title)',
    args: ['a', 'b c', ''],
  },
  { name: 'the environment', code: 'console.log(Object.entries(process.env).sort())', env: { A: 'b' } },
  {
    name: 'the working directory',
    code: 'console.log(process.cwd(), require("fs").readdirSync("."), require("fs").readdirSync("/tmp"))',
  },
  { name: 'the globals', code: 'console.log(Object.getOwnPropertyNames(globalThis).sort().join())' },
  {
    name: 'the names of process',
    code: 'console.log(Object.getOwnPropertyNames(process).sort().join(), process._preload_modules)',
  },
  { name: 'listeners', code: 'console.log(process.eventNames(), process.listenerCount("exit"))' },
  {
    name: 'pipes that block, as long as their streams are not used',
    code: [
      'const flags = (fd) => require("fs").readFileSync("/proc/self/fdinfo/" + fd, "utf8").match(/flags:\\s*(\\d+)/)[1]',
      'console.log([1, 2].map((fd) => Number.parseInt(flags(fd), 8) & 0o4000))',
    ].join('\n'),
  },
  { name: 'process.exit', code: 'console.log("so far"); process.exit(3)' },
  { name: 'process.exitCode', code: 'process.exitCode = 4' },
  {
    name: 'process.exit in a handler',
    code: 'process.on("exit", (code) => { console.log("exit", code); process.exit(5) })',
  },
  {
    name: 'beforeExit',
    code: 'let n = 0; process.on("beforeExit", (c) => { if (n++ < 2) setTimeout(() => console.log("again"), 1) })',
  },
  { name: 'beforeExit that sets a code', code: 'process.on("beforeExit", () => { process.exitCode = 6 })' },
  {
    name: 'an exit handler that takes its time',
    code: 'process.on("exit", () => { for (const t = Date.now(); Date.now() - t < 50;); console.log("late") })',
  },
  {
    name: 'process.emit replaced',
    code: 'const { emit } = process; process.emit = function (...a) { console.log(...a); return emit.apply(this, a) }',
  },
  {
    name: 'a lot of output, and no more to do',
    code: 'process.stdout.write("x".repeat(60000)); setTimeout(() => process.stderr.write("y".repeat(60000)), 1)',
  },
  { name: 'process._events taken away', code: 'process._events = undefined' },
  { name: 'what happens at signals', code: SIGNALS_OF_NODE },
  { name: 'an error in an exit handler', code: 'process.on("exit", () => { throw new Error("late") })' },
  { name: 'an unhandled rejection', code: 'Promise.reject(new Error("r"))' },
  {
    name: 'a rejection with a handler',
    code: 'process.on("unhandledRejection", (e) => console.log("caught", e.message)); Promise.reject(new Error("r"))',
  },
  {
    name: 'uncaughtException',
    code: 'process.on("uncaughtException", (e, o) => console.log(o, e.message)); setTimeout(() => { throw new Error("u") }, 1)',
  },
  {
    name: 'order of queues',
    code: 'setTimeout(() => console.log("timeout"), 0); setImmediate(() => console.log("immediate")); process.nextTick(() => console.log("tick")); Promise.resolve().then(() => console.log("micro")); console.log("sync"); for (const t = Date.now(); Date.now() - t < 5;);',
  },
  {
    name: 'stdin as a stream',
    code: 'let s = ""; process.stdin.setEncoding("utf8").on("data", (d) => { s += d }).on("end", () => console.log(JSON.stringify(s)))',
    stdin: 'a\nb',
  },
  {
    name: 'stdin by readSync',
    code: 'const b = Buffer.alloc(10); const n = require("fs").readSync(0, b); console.log(b.toString("utf8", 0, n))',
    stdin: 'sync',
  },
  {
    name: 'stdin by readFileSync',
    code: 'console.log(JSON.stringify(require("fs").readFileSync(0, "utf8")), JSON.stringify(require("fs").readFileSync("/dev/stdin", "utf8")))',
    stdin: 'file\nfile',
  },
  {
    name: 'stdin by readline',
    code: 'const rl = require("readline").createInterface({ input: process.stdin }); rl.on("line", (l) => console.log("line", l)).on("close", () => console.log("close"))',
    stdin: 'a\nb\n',
  },
  {
    name: 'stdin as an async iterator',
    entry: 'main.mjs',
    code: 'for await (const d of process.stdin) console.log(String(d))',
    stdin: 'it',
  },
  { name: 'no stdin', code: 'process.stdin.on("data", () => {}).on("end", () => console.log("end"))' },
  {
    name: 'the kind of the streams',
    code: 'console.log(process.stdin.constructor.name, process.stdout.constructor.name, process.stdout.isTTY, process.stdout.fd)',
    stdin: 'x',
  },
  {
    name: 'open descriptors',
    // Writing first: the harness has made process.stdout already, and with it a descriptor for /dev/null.
    code: 'console.log("first"); console.log(require("fs").readdirSync("/proc/self/fd").map((fd) => { try { return require("fs").readlinkSync("/proc/self/fd/" + fd).replace(/\\d+/, "n") } catch { return "" } }).sort())',
  },
  { name: 'a lot of output before exit', code: 'process.stdout.write("x".repeat(60000)); process.exit(0)' },
  {
    name: 'a module of its own',
    code: 'const h = require("./helper"); console.log(h, module.children.length)',
    files: { 'helper.js': 'exports.x = 1; exports.p = module.parent === require.main' },
  },
  {
    name: 'an ES module by its package.json',
    code: 'import { x } from "./x.js"; console.log(x, import.meta.url, typeof require, await 5)',
    files: { 'package.json': '{"type":"module"}', 'x.js': 'export const x = 2' },
  },
  {
    name: 'an ES module by its syntax',
    code: 'import fs from "node:fs"; console.log(typeof fs.readFileSync, import.meta.filename)',
  },
  {
    name: 'top-level await',
    entry: 'main.mjs',
    code: 'console.log(await Promise.resolve(3)); await new Promise(() => {})',
  },
  { name: 'a dynamic import', code: 'import("node:os").then((os) => console.log(typeof os.cpus))' },
  {
    name: 'another entry',
    entry: 'app.js',
    code: 'console.log(__filename, process.argv.slice(1), require.main === module)',
    args: ['q'],
  },
  {
    name: 'an error in an ES module',
    entry: 'main.mjs',
    code: 'export const a = 1;\nthrow new RangeError("esm")',
  },
  {
    name: 'a worker',
    code: 'const { Worker, isMainThread } = require("worker_threads"); if (isMainThread) new Worker(__filename).on("exit", (c) => console.log("worker", c)); else console.log("in worker", process.execArgv)',
  },
  {
    name: 'child processes',
    code: 'const { fork, spawnSync } = require("child_process"); if (process.send) process.send(process.execArgv); else { console.log(String(spawnSync(process.execPath, ["-p", "process.execArgv"]).stdout)); fork(__filename).on("message", (m) => console.log("fork", m)) }',
  },
  { name: 'SIGTERM', code: 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000)' },
  { name: 'SIGINT', code: 'process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 5000)' },
  {
    name: 'a handled signal',
    code: 'process.on("SIGUSR2", () => { console.log("usr2"); process.exit(0) }); process.kill(process.pid, "SIGUSR2"); setTimeout(() => {}, 5000)',
  },
  {
    name: 'abort()',
    code: 'process.report = undefined; process.kill(process.pid, "SIGABRT"); setTimeout(() => {}, 5000)',
  },
  { name: 'SIGKILL', code: 'process.kill(process.pid, "SIGKILL")' },
  { name: 'strict mode off', code: 'x = 010; console.log(x, this === module.exports)' },
  { name: 'a hashbang and a BOM', code: '\uFEFF#!/usr/bin/env node\nconsole.log("ran")' },
  { name: 'a deprecation warning', code: 'new Buffer(1); console.log("on")' },
  {
    name: 'too deep a recursion',
    code: 'function f() { f() } try { f() } catch (e) { console.log(e.constructor.name) }',
  },
];

const TYPESCRIPT: readonly Case[] = [
  { name: 'types', code: 'interface A { n: number }\nconst a: A = { n: 1 };\nconsole.log(a, process.argv)' },
  { name: 'an error', code: 'type A = string;\nconst f = (a: A): never => { throw new Error(a) };\nf("x")' },
  { name: 'what cannot be stripped', code: 'enum E { A }\nconsole.log(E.A)' },
  {
    name: 'an import',
    code: 'import { x } from "./x.ts"; console.log(x)',
    files: { 'x.ts': 'export const x: number = 1' },
  },
];

/** Process ids and addresses differ from run to run, and so do pids in warnings. */
function settled(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('utf8')
    .replaceAll(/0x[0-9a-f]{6,}/g, '0x…')
    .replaceAll(/\(node:\d+\)/g, '(node:…)');
}

describeLayer(
  'docker',
  await missingDocker(),
  'a program cannot tell the harness from the plain interpreter',
  () => {
    const workbench = new Workbench();
    beforeAll(() => workbench.open());
    afterAll(() => workbench.close());

    const TABLES: readonly [language: string, harnesses: readonly HarnessName[], cases: readonly Case[]][] = [
      ['python', ['python', 'python-many'], PYTHON],
      ['javascript', ['node'], NODE],
      ['typescript', ['node'], TYPESCRIPT],
    ];
    for (const [language, harnesses, cases] of TABLES) {
      describe(language, () => {
        for (const { name, code, ...input } of cases) {
          it(name, async () => {
            const see = async (harness: HarnessName) => {
              const outcome = await workbench.run(language, harness, code, input);
              return {
                exitCode: outcome.exitCode,
                signal: outcome.signal,
                stdout: settled(outcome.stdout),
                stderr: settled(outcome.stderr),
              };
            };
            const [plain, ...others] = await Promise.all([
              see('shell'),
              ...harnesses.filter((harness) => input.entry === undefined || harness !== 'node').map(see),
            ]);
            for (const other of others) expect(other).toEqual(plain);
          });
        }
      });
    }

    it('but the end of Node is told before Node has put away its memory and threads', async () => {
      const code = [
        'const { isMainThread, Worker } = require("worker_threads")',
        'if (isMainThread) new Worker(__filename).once("message", () => {}).on("online", function () { this.unref() })',
        // No thread is ended in the middle of this call, and Node waits for the ends of all.
        'else require("child_process").execSync("sleep 600")',
      ].join('\n');
      expect(await workbench.run('javascript', 'node', code)).toMatchObject({ verdict: 'ok', exitCode: 0 });
    });
  },
);
