import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunOutcome } from '@rce/core/job.ts';
import { MAX_RUN_LIMITS, type RunLimits, resolveLimits } from '@rce/core/limits.ts';
import { type RunHooks, SandboxError } from '@rce/core/ports/sandbox.ts';
import { findLanguage } from '@rce/languages/find.ts';
import { describeSandbox } from '../../sandbox.contract.ts';
import { createWasmSandbox, type WasmSandbox } from './wasm-sandbox.ts';

const MiB = 1024 * 1024;
const newSandbox = () =>
  createWasmSandbox({ slots: 2, maxMemoryBytes: MAX_RUN_LIMITS.memoryBytes, warm: true });

describeSandbox('WasmSandbox', { create: newSandbox });

interface Attack {
  readonly name: string;
  readonly language?: string;
  readonly code: string;
  readonly limits?: Partial<RunLimits>;
  readonly verdict: RunOutcome['verdict'];
  readonly stdout?: string | RegExp;
}

/** Programs that reach for what is not theirs, and what must come out. */
const ATTACKS: readonly Attack[] = [
  {
    name: 'finds nothing of the host: no files, no processes, no devices but its own',
    code: 'import os\nprint(sorted(os.listdir("/")), sorted(os.listdir("/dev")))\nfor path in ("/etc/passwd", "/proc/self/environ", "/root", "/sys", "/home", "/usr/bin"):\n    print(os.path.exists(path), end=" ")',
    verdict: 'ok',
    stdout:
      "['dev', 'tmp', 'work'] ['null', 'random', 'sleep', 'urandom', 'zero']\nFalse False False False False False ",
  },
  {
    name: 'climbs out by .. and by symbolic links, and is still inside',
    code: 'import os\nos.symlink("/etc", "a")\nos.symlink("../../../..", "b")\nos.symlink("/proc/self/root", "c")\nprint(os.path.exists("a/passwd"), sorted(os.listdir("b")), os.path.exists("c"), sorted(os.listdir("/../../..")))',
    verdict: 'ok',
    stdout: "False ['dev', 'tmp', 'work'] False ['dev', 'tmp', 'work']\n",
  },
  {
    name: 'guesses descriptors of the host',
    code: 'import os\nfound = []\nfor fd in range(3, 1000):\n    try:\n        os.fstat(fd); found.append(fd)\n    except OSError: pass\nprint([fd for fd in found if os.fstat(fd).st_mode & 0o040000 == 0])',
    verdict: 'ok',
    stdout: '[]\n',
  },
  {
    name: 'opens as many files as it can',
    code: 'import os\nn = 0\ntry:\n    while True: os.open("/dev/null", os.O_RDONLY); n += 1\nexcept OSError as error: print(n < 256, error.errno)',
    verdict: 'ok',
    stdout: 'True 33\n',
  },
  {
    name: 'makes as many files and folders as it can',
    code: 'import os\nfor make in (lambda n: open(f"f{n}", "w").close(), lambda n: os.mkdir(f"/tmp/d{n}"), lambda n: os.symlink("x", f"l{n}")):\n    n = 0\n    try:\n        while True: make(n); n += 1\n    except OSError as error: print(n, error.errno)',
    limits: { diskBytes: MiB },
    verdict: 'ok',
    stdout: '256 51\n256 51\n0 51\n',
  },
  {
    name: 'makes a file larger than the disk: by writing, seeking and truncating',
    code: 'import os\nf = open("big", "wb", buffering=0)\nf.seek(10**12)\nfor grow in (lambda: f.write(b"x"), lambda: os.truncate("big", 10**10), lambda: os.truncate("big", 2**62)):\n    try: grow(); print("grew")\n    except (OSError, OverflowError): print("refused")',
    verdict: 'ok',
    stdout: 'refused\nrefused\nrefused\n',
  },
  {
    name: 'gets back the space of what it deletes, and only that',
    code: 'import os\nfor n in range(40):\n    with open("f", "wb") as f: f.write(b"x" * 900_000)\n    os.unlink("f")\nf = open("g", "wb", buffering=0); f.write(b"x" * 900_000); os.unlink("g")\ntry: open("h", "wb", buffering=0).write(b"x" * 900_000); print("both")\nexcept OSError: print("one")',
    limits: { diskBytes: MiB },
    verdict: 'ok',
    stdout: /^(?:one|both)\n$/,
  },
  {
    name: 'nests folders, lengthens names and loops links',
    code: 'import os\nfor attack in (lambda: open("n" * 300, "w"), lambda: open("a/" * 5000), lambda: (os.symlink("/tmp/l", "/tmp/l"), open("/tmp/l"))):\n    try: attack(); print("done")\n    except OSError as error: print(error.errno)',
    verdict: 'ok',
    stdout: '37\n37\n32\n',
  },
  {
    name: 'writes where nothing is to be written',
    code: 'for path in ("/x", "/dev/x", "/gate", "/dev/../x"):\n    try: open(path, "w"); print("wrote")\n    except OSError as error: print(error.errno)',
    verdict: 'ok',
    stdout: '69\n69\n69\n69\n',
  },
  {
    name: 'keeps file names with any bytes',
    code: 'import os\nopen(b"\\xff\\xfe\\x01", "w").close()\nprint(os.listdir(b"."))',
    verdict: 'ok',
    stdout: "[b'main.py', b'\\xff\\xfe\\x01']\n",
  },
  {
    name: 'starts processes and threads',
    code: 'import os, subprocess, threading\nfor start in (lambda: os.fork(), lambda: os.system("id"), lambda: subprocess.run(["id"]), lambda: threading.Thread(target=print).start()):\n    try: start(); print("started")\n    except Exception as error: print("refused")',
    verdict: 'ok',
    stdout: 'refused\nrefused\nrefused\nrefused\n',
  },
  {
    name: 'recurses until the stack of the interpreter itself is full',
    code: 'import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())',
    limits: { wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    verdict: 'runtime-error',
  },
  {
    name: 'wants a single block that is larger than the limit',
    code: 'block = bytearray(10**9)',
    verdict: 'memory-limit-exceeded',
  },
  {
    name: 'survives the refusal of memory when it is prepared for it',
    code: 'try: block = bytearray(10**9)\nexcept MemoryError: print("enough")',
    verdict: 'ok',
    stdout: 'enough\n',
  },
  {
    name: 'sleeps beyond its time',
    code: 'import time\ntime.sleep(1000)',
    limits: { wallTimeMs: 500 },
    verdict: 'time-limit-exceeded',
  },
  {
    name: 'uses more processor time than it may',
    code: 'while True: pass',
    limits: { cpuTimeMs: 100, wallTimeMs: 15_000 },
    verdict: 'time-limit-exceeded',
  },
  {
    name: 'reaches from JavaScript for the host: modules, bindings, constructors',
    language: 'javascript',
    code: `const found = [];
for (const name of ['child_process', 'worker_threads', 'net', 'vm', 'std', 'os.exec']) { try { require(name); found.push(name) } catch {} }
const root = console.log.constructor.constructor('return this')();
console.log(found, root === globalThis, typeof process.binding, typeof process.dlopen, typeof std, typeof __host, typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics);`,
    verdict: 'ok',
    stdout: '[] true undefined undefined undefined undefined undefined function undefined\n',
  },
  {
    name: 'reads files of the host from JavaScript',
    language: 'javascript',
    code: `const fs = require('fs');
for (const path of ['/etc/passwd', '../../../../etc/hosts', '/proc/self/environ', 'file:///etc/passwd']) { try { fs.readFileSync(path); console.log('read') } catch (error) { console.log(error.code) } }
import('/etc/passwd').catch((error) => console.log(error.message));`,
    verdict: 'ok',
    stdout: "ENOENT\nENOENT\nENOENT\nENOENT\nCannot find module '/etc/passwd'\n",
  },
  {
    name: 'fills the disk from JavaScript',
    language: 'javascript',
    code: `const fs = require('fs'); let n = 0;
try { for (;;) { fs.writeFileSync('f' + n, 'x'.repeat(1048576)); n++ } } catch (error) { console.log(n, error.code) }`,
    verdict: 'ok',
    stdout: '16 ENOSPC\n',
  },
  {
    name: 'breaks the prototypes that everything is built of',
    language: 'javascript',
    code: 'Array.prototype[Symbol.iterator] = null; Map.prototype.get = null; Object.prototype.code = "EVIL"; console.log(1)',
    verdict: 'runtime-error',
  },
  {
    name: 'takes all memory in JavaScript',
    language: 'javascript',
    code: 'const all = []; for (;;) all.push(new Uint8Array(1000000).fill(1))',
    limits: { wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    verdict: 'memory-limit-exceeded',
  },
  {
    name: 'matches a regular expression that never ends',
    language: 'javascript',
    code: '/^(a+)+$/.test("a".repeat(60) + "b")',
    limits: { wallTimeMs: 500 },
    verdict: 'time-limit-exceeded',
  },
  {
    name: 'makes microtasks without end',
    language: 'javascript',
    code: 'const again = () => Promise.resolve().then(again); again()',
    limits: { wallTimeMs: 500 },
    verdict: 'time-limit-exceeded',
  },
  {
    name: 'recurses in JavaScript, and can catch it',
    language: 'javascript',
    code: 'const f = () => f() + 1; try { f() } catch (error) { console.log(error instanceof RangeError) }',
    verdict: 'ok',
    stdout: 'true\n',
  },
];

describe('the WebAssembly engine', () => {
  let sandbox: WasmSandbox;
  beforeAll(async () => {
    sandbox = newSandbox();
    await sandbox.start(() => {});
  }, 60_000);
  afterAll(() => sandbox.close());

  async function run(
    attack: Pick<Attack, 'language' | 'code' | 'limits'>,
    hooks: RunHooks = {},
  ): Promise<RunOutcome> {
    const language = attack.language ?? 'python';
    const entry = findLanguage(language)?.fileName ?? '';
    const files = [{ path: entry, content: attack.code }];
    const limits = resolveLimits(attack.limits);
    const session = await sandbox.open({ jobId: 'attack', language, files, entry, limits, runs: 1 });
    return session.run({ stdin: new Uint8Array(), args: [], env: {} }, hooks);
  }

  for (const attack of ATTACKS) {
    it(`contains a program that ${attack.name}`, async () => {
      const outcome = await run(attack);
      const stdout = Buffer.from(outcome.stdout).toString();
      expect({
        verdict: outcome.verdict,
        stderr: outcome.verdict === 'ok' ? outcome.stderr.length : 0,
      }).toEqual({
        verdict: attack.verdict,
        stderr: 0,
      });
      if (attack.stdout instanceof RegExp) expect(stdout).toMatch(attack.stdout);
      else if (attack.stdout !== undefined) expect(stdout).toBe(attack.stdout);
    });
  }

  it('gives each job the memory it asked for, and no more', async () => {
    const code = 'block = bytearray(100 * 1024 * 1024)\nprint("fits")';
    expect((await run({ code, limits: { memoryBytes: 64 * MiB } })).verdict).toBe('memory-limit-exceeded');
    expect((await run({ code, limits: { memoryBytes: 256 * MiB } })).verdict).toBe('ok');
  });

  it('draws other random numbers and has other UUIDs in each run', async () => {
    const code =
      'import random, uuid, os, secrets\nprint(random.random(), uuid.uuid4(), os.urandom(8), secrets.token_hex())';
    const outputs = await Promise.all([1, 2, 3].map(async () => String((await run({ code })).stdout)));
    expect(new Set(outputs).size).toBe(3);
  });

  it('draws other random numbers in each run of JavaScript, all from 0 to 1', async () => {
    const code = `
let least = 1;
let most = 0;
for (let draw = 0; draw < 10_000; draw++) {
  least = Math.min(least, Math.random());
  most = Math.max(most, Math.random());
}
console.log(least >= 0 && least < 0.01, most > 0.99 && most < 1, least, most);`;
    const draw = async () => Buffer.from((await run({ language: 'javascript', code })).stdout).toString();
    const outputs = await Promise.all([draw(), draw(), draw()]);
    for (const output of outputs) expect(output).toMatch(/^true true /);
    expect(new Set(outputs).size).toBe(3);
  });

  it('has as many random bytes as are asked for', async () => {
    const code = `const bytes = require('node:crypto').randomBytes(200_000);
console.log(bytes.length, new Set(bytes.subarray(-1_000)).size > 100);`;
    const { stdout } = await run({ language: 'javascript', code });
    expect(Buffer.from(stdout).toString()).toBe('200000 true\n');
  });

  it('leaves nothing of one program to the next', async () => {
    await run({
      code: 'import json, os\njson.dumps = None\nopen("/tmp/left", "w").close()\nos.environ["LEFT"] = "1"',
    });
    const { stdout } = await run({
      code: 'import json, os\nprint(json.dumps(1), os.path.exists("/tmp/left"), "LEFT" in os.environ)',
    });
    expect(Buffer.from(stdout).toString()).toBe('1 False False\n');
  });

  it('leaves nothing of one test to the next, which may use the same thread', async () => {
    const code = `
import json, os, sys
word = input()
print([os.path.exists(path + "/left") for path in ("/work", "/tmp")], hasattr(json, "left"), "LEFT" in os.environ,
      os.getcwd(), os.stat("main.py").st_ino, os.open("/dev/null", os.O_RDONLY), sys.argv[1:], len(sys.modules), flush=True)
for path in ("/work/left", "/tmp/left", "main.py"): open(path, "w").write(word)
json.left = sys.left = 1
os.environ["LEFT"] = word
os.chdir("/tmp")
if word == "exit": os._exit(0)
if word == "raise": raise SystemExit(3)
if word == "grow": bytearray(64 * 1024 * 1024)
if word == "abort": os.abort()`;
    const limits = resolveLimits();
    const files = [{ path: 'main.py', content: code }];
    const program = { jobId: 'tests', language: 'python', files, entry: 'main.py', limits };
    const words = ['end', 'exit', 'end', 'raise', 'grow', 'end', 'abort', 'end'];
    const session = await sandbox.open({ ...program, runs: words.length });
    const outcomes: RunOutcome[] = [];
    for (const word of words) {
      outcomes.push(await session.run({ stdin: Buffer.from(word), args: [word], env: {} }));
    }
    await session.close();
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 3, 0, 0, null, 0]);
    const outputs = outcomes.map(({ stdout }) => Buffer.from(stdout).toString());
    expect(outputs[0]).toMatch(/^\[False, False\] False False \/work \d+ \d+ \['end'\] \d+\n$/);
    expect(outputs).toEqual(words.map((word) => outputs[0]?.replace('end', word)));
  });

  it('fails the runs of an engine that is killed, and runs the next in another one', async () => {
    const pid = sandbox.enginePid;
    if (pid === undefined) throw new Error('the engine is not running');
    const running = run(
      { code: 'print("up", flush=True)\nwhile True: pass' },
      { onOutput: () => process.kill(pid, 'SIGKILL') },
    );
    await expect(running).rejects.toThrow(SandboxError);
    const next = await run({ code: 'print("again")' });
    expect(Buffer.from(next.stdout).toString()).toBe('again\n');
    expect(sandbox.enginePid).not.toBe(pid);
  });

  it('ends its process when it is closed, and refuses further runs', async () => {
    const other = newSandbox();
    await other.start(() => {});
    const pid = other.enginePid;
    if (pid === undefined) throw new Error('the engine is not running');
    await other.close();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    const limits = resolveLimits();
    const files = [{ path: 'main.py', content: '' }];
    const session = await other.open({
      jobId: 'late',
      language: 'python',
      files,
      entry: 'main.py',
      limits,
      runs: 1,
    });
    await expect(session.run({ stdin: new Uint8Array(), args: [], env: {} })).rejects.toThrow(SandboxError);
  });

  it('starts no process before it is started', () => {
    expect(newSandbox().enginePid).toBeUndefined();
  });

  it('gives the engine nothing of its own environment', async () => {
    process.env.RCE_TEST_SECRET = 'secret';
    const other = newSandbox();
    try {
      await other.start(() => {});
      const { readFile } = await import('node:fs/promises');
      if (process.platform === 'linux') {
        expect(await readFile(`/proc/${other.enginePid}/environ`, 'latin1')).not.toContain('secret');
      }
    } finally {
      delete process.env.RCE_TEST_SECRET;
      await other.close();
    }
  });

  it('says which languages need another driver', () => {
    const languages = sandbox.languages();
    expect(languages.filter(({ available }) => available).map(({ id }) => id)).toEqual([
      'javascript',
      'python',
      'typescript',
    ]);
    expect(languages.find(({ id }) => id === 'rust')?.reason).toMatch(/docker driver/);
  });
});
