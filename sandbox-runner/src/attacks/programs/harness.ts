import { ANY_END, type Attack, BRIEF } from '../attack.ts';

/** Attacks on what started the program: ending it, stopping it, reading it, feeding it. */
export const HARNESS: readonly Attack[] = [
  {
    name: 'every signal to process 1',
    language: 'python',
    code: `
import os, signal
for number in signal.valid_signals():
    try:
        os.kill(1, number)
    except OSError:
        pass
print("still here")
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'still here\n' },
  },
  {
    name: 'every signal to process 1, from the shell',
    language: 'bash',
    code: `for n in {1..64}; do kill -$n 1 2>/dev/null; done; echo still here`,
    // Process 1 is a shell, which SIGINT ends: that costs the program its own exit code, and nobody else anything.
    expect: { verdict: ANY_END, stdout: 'still here\n' },
  },
  {
    name: 'every signal to process 1, from JavaScript',
    language: 'javascript',
    code: `console.log('still here'); for (let n = 1; n <= 64; n++) try { process.kill(1, n); } catch {}`,
    // By one of them the harness itself tells the end: that costs the program its own exit code, and nobody else anything.
    expect: { verdict: ANY_END, stdout: 'still here\n' },
  },
  {
    name: 'an end that is told before it has come',
    language: 'javascript',
    code: `
const { spawn } = require('node:child_process');
spawn('sh', ['-c', 'trap "" PWR TERM; sleep 1; echo ESCAPED'], { stdio: 'inherit', detached: true }).unref();
process.kill(1, 'SIGPWR');
for (;;);
`,
    // It ended itself, and all that it left: what it would have done later is not done.
    expect: { verdict: 'ok', stdout: '' },
  },
  {
    name: 'SIGKILL to everything',
    language: 'python',
    code: `
import os
os.kill(-1, 9)
print("still here")
`,
    expect: { verdict: ANY_END },
  },
  {
    name: 'SIGSTOP to everything, itself included',
    language: 'bash',
    code: `kill -STOP -1; kill -STOP $PPID; kill -STOP $$; echo still here`,
    limits: BRIEF,
    expect: { verdict: ANY_END },
  },
  {
    name: 'SIGSTOP to its parent and its group',
    language: 'python',
    code: `
import os, signal
os.kill(os.getppid(), signal.SIGSTOP)
os.killpg(0, signal.SIGSTOP)
`,
    limits: BRIEF,
    expect: { verdict: ['time-limit-exceeded', 'runtime-error'] },
  },
  {
    name: 'the memory, environment and arguments of process 1',
    language: 'python',
    code: `
import os
for name in ("mem", "environ", "cmdline", "auxv", "maps", "syscall", "stack"):
    try:
        with open("/proc/1/" + name, "rb") as file:
            data = file.read(64)
        if data and name in ("mem", "environ", "cmdline"):
            print("ESCAPED", name, data)
    except (OSError, ValueError):
        pass
for name in os.listdir("/proc/1") + ["attr/current", "attr/exec", "attr/fscreate"]:
    try:
        fd = os.open("/proc/1/" + name, os.O_WRONLY)
        # What is masked is /dev/null under another name.
        if os.fstat(fd).st_rdev != os.makedev(1, 3) and name != "comm":
            for text in (b"0", b"1", b"0 0 1", b"monotonic 1 0", b"unconfined"):
                try:
                    os.write(fd, text)
                    print("ESCAPED", name, text)
                except OSError:
                    pass
        os.close(fd)
    except OSError:
        pass
print("done")
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'the stdin of process 1, read dry and written full',
    language: 'python',
    code: `
import os
for path in ("/proc/1/fd/0", "/proc/1/fd/3", "/proc/1/fd/4"):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        if os.read(fd, 65536):
            print("ESCAPED", path)
    except OSError:
        pass
try:
    os.write(os.open("/proc/1/fd/0", os.O_WRONLY | os.O_NONBLOCK), b"00000005abcde" * 10)
except OSError:
    pass
print("done")
`,
    stdins: ['', '', ''],
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'the limits and the priority of process 1',
    language: 'python',
    code: `
import os, resource
def attempt(name, action):
    try:
        action()
        print("ESCAPED", name)
    except (OSError, ValueError):
        pass
if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 100:
    print("ESCAPED: a limit of an earlier run")
attempt("prlimit", lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (4, 4)))
attempt("setpriority", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
attempt("affinity", lambda: os.sched_setaffinity(1, {0}))
resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
print("done")
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'frames and modules of the harness beneath its own',
    language: 'python',
    code: `
import inspect, sys
print(len(inspect.stack()), sys._getframe().f_back, [name for name in sys.modules if "rce" in name or "harness" in name])
`,
    expect: { verdict: 'ok', stdout: '1 None []\n' },
  },
  {
    name: 'modules and globals of the harness',
    language: 'javascript',
    code: `
const found = [...Object.keys(require.cache), ...process.execArgv, ...Object.keys(process.env)].filter((name) => /rce|harness/i.test(name));
console.log(found, module.parent?.filename, process.argv.length);
`,
    expect: { verdict: 'ok', stdout: '[] undefined 2\n' },
  },
  {
    name: 'ptrace of its parent, and of itself',
    language: 'c',
    code: `
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>
int main(void) {
  if (ptrace(PTRACE_SEIZE, 1, 0, 0) == 0) puts("ESCAPED 1");
  if (ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0) puts("ESCAPED parent");
  if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0) puts("ESCAPED traceme");
  puts("done");
}`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'exit codes and signals of every kind',
    language: 'python',
    code: `import os, sys\nos._exit(int(sys.stdin.read()))`,
    stdins: ['137', '124', '125', '126', '127', '255'],
    expect: { verdict: 'runtime-error' },
  },
];
