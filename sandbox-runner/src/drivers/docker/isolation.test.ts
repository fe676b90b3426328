import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { resolveLimits } from '@rce/core/limits.ts';
import Docker from 'dockerode';
import { describeLayer, missingDocker } from '../../../../e2e/support/layers.ts';
import { createDockerSandbox } from './docker-sandbox.ts';

/** What the runs before and after look at: anything that a run could have left or changed. */
const LOOK = `
import fcntl, os, socket, resource
def state():
    pids = sorted(int(p) for p in os.listdir("/proc") if p.isdigit())
    return {
        "processes": [p for p in pids if p not in (1, os.getpid())],
        "work": os.listdir("/work"), "tmp": os.listdir("/tmp"), "rce": os.listdir("/rce"),
        "nice": os.nice(0), "cpus": len(os.sched_getaffinity(0)) == os.cpu_count(),
        "policy": os.sched_getscheduler(0),
        "nofile": resource.getrlimit(resource.RLIMIT_NOFILE)[0], "cpu": resource.getrlimit(resource.RLIMIT_CPU)[0],
        "streams": [(os.fstat(fd).st_mode, fcntl.fcntl(fd, 1032)) for fd in (1, 2)],
        "blocking": os.get_blocking(1), "mask": os.umask(0o22), "fds": len(os.listdir("/proc/self/fd")),
        "source": len(open("/work/main.py").read()) == SIZE,
        "tcp": [l for f in ("tcp", "tcp6") for l in open("/proc/net/" + f).read().splitlines()[1:]],
        "adjust": open("/proc/self/oom_score_adj").read(),
    }
`;

/** What the second of three runs does. */
const EVIL: Readonly<Record<string, string>> = {
  'does nothing': 'pass',
  'leaves a daemon': `
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for s in range(1, 65):
                try: signal.signal(s, signal.SIG_IGN)
                except (OSError, ValueError): pass
            while True:
                try: open("/work/daemon", "w").write("here")
                except OSError: pass
                time.sleep(0.01)
        os._exit(0)`,
  'leaves a fork bomb': `
if os.fork() == 0:
    while True:
        try: os.fork()
        except OSError: pass
time.sleep(0.3)`,
  'leaves files of every kind': `
os.makedirs("/work/a/b/c"); open("/work/a/b/c/.hidden", "w").write("x")
os.chmod("/work/a/b/c", 0); os.chmod("/work/a/b", 0); os.chmod("/work/a", 0)
os.symlink("/", "/work/root"); os.symlink("/work", "/tmp/work"); os.mkfifo("/tmp/fifo"); open("/rce/x", "w").write("x")
os.link("/work/main.py", "/work/link"); open(b"/tmp/\\xff\\n\\x1b[31m", "w").close()
s = socket.socket(socket.AF_UNIX); s.bind("/tmp/sock")`,
  'leaves a deep folder': `
for _ in range(800):
    os.mkdir("d"); os.chdir("d")`,
  'leaves thousands of files': `
for n in range(3500): open(f"/tmp/{n}", "w").close()`,
  'fills all there is': `
for place in ("/work", "/tmp", "/rce"):
    try: open(place + "/big", "wb").write(b"x" * (1 << 26))
    except OSError: pass`,
  'rewrites its code': 'os.unlink("/work/main.py"); open("/work/main.py", "w").write("print(666)")',
  'sends every signal to process 1': `
for s in range(1, 65):
    try: os.kill(1, s)
    except OSError: pass`,
  'signals everyone': `
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(0, signal.SIGCONT)
if os.fork() == 0: time.sleep(9)
os.kill(-1, signal.SIGTERM)`,
  'stops everyone': `
if os.fork() == 0: time.sleep(9)
os.kill(-1, signal.SIGSTOP)`,
  'writes to the memory of process 1': `
for path in ("/proc/1/mem", "/proc/1/task/1/mem", "/proc/1/clear_refs", "/proc/1/oom_score_adj",
             "/proc/1/timerslack_ns", "/proc/1/autogroup", "/proc/1/coredump_filter", "/proc/1/attr/current"):
    try:
        with open(path, "r+b", buffering=0) as f:
            f.write(b"1000")
    except OSError: pass`,
  'reads and writes the input of process 1': `
for mode in (os.O_WRONLY, os.O_RDWR, os.O_RDONLY | os.O_NONBLOCK):
    try:
        fd = os.open("/proc/1/fd/0", mode)
        if mode != os.O_RDONLY | os.O_NONBLOCK: os.write(fd, b"0000003e7:main.py,1:0,1:0," * 100)
        else: os.read(fd, 100)
    except OSError: pass`,
  'keeps reading the input of process 1': `
if os.fork() == 0:
    fd = os.open("/proc/1/fd/0", os.O_RDONLY)
    while True: os.read(fd, 1)`,
  'changes the limits of process 1': `
for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_STACK):
    try: resource.prlimit(1, limit, (1, 1))
    except OSError: pass`,
  'changes the priority of process 1': `
for change in (lambda: os.setpriority(os.PRIO_PROCESS, 1, 19), lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19),
               lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(1), 19), lambda: os.sched_setaffinity(1, {0}),
               lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))):
    try: change()
    except OSError: pass
# Process 1 by a number of which the kernel takes the lower half only.
import ctypes, platform
process, zero, cpu = ctypes.c_long((1 << 32) + 1), ctypes.create_string_buffer(64), ctypes.create_string_buffer(b"\x01", 8)
setpriority, setscheduler, setaffinity = (141, 144, 203) if platform.machine() == "x86_64" else (140, 119, 122)
for call in ((setpriority, 0, process, 19), (setscheduler, process, 5, zero), (setaffinity, process, 8, cpu)):
    ctypes.CDLL(None).syscall(*call)`,
  'changes its own limits and priority': `
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)); os.nice(19); os.umask(0o777)
os.sched_setaffinity(0, {0}); os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))`,
  'changes the flags of its streams': `
os.set_blocking(0, False); os.set_blocking(1, False); os.set_blocking(2, False)
import fcntl
for fd in (0, 1, 2): fcntl.fcntl(fd, 1031, 4096)
for fd in (1, 2):
    fd = os.open(f"/proc/1/fd/{fd}", os.O_WRONLY); fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)`,
  'takes away the rights to its streams': `
sys.stdout.flush()
os.fchmod(1, 0); os.fchmod(2, 0)`,
  'closes its streams': 'sys.stdout.flush(); os.closerange(0, 100)',
  'leaves connections': `
server = socket.create_server(("127.0.0.1", 8080))
client = socket.create_connection(("127.0.0.1", 8080)); other, _ = server.accept(); client.close(); other.close()`,
  'leaves abstract sockets and queues': `
s = socket.socket(socket.AF_UNIX); s.bind("\\0name"); s.listen()
import ctypes
libc = ctypes.CDLL(None)
for call in (lambda: libc.shmget(1234, 4096, 0o1666), lambda: libc.semget(1234, 1, 0o1666), lambda: libc.msgget(1234, 0o1666)):
    assert call() == -1
try: open("/dev/mqueue/q", "w").write("x")
except OSError: pass`,
  'forges an end': `
for code in (b"E0 1", b"0", b"S9 1"):
    os.write(1, b"0" * 32 + code + b"\\n"); os.write(2, b"0" * 32 + b"\\n"); os.write(1, b"\\x01rce-ready\\n")`,
  'eats its own output': `
fd = os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
if os.fork() == 0:
    while True:
        try: os.read(fd, 1 << 16)
        except BlockingIOError: pass`,
  'kills its parent’s children': `
for p in os.listdir("/proc"):
    if p.isdigit() and int(p) not in (1, os.getpid()): os.kill(int(p), 9)`,
  'wants too much memory': `
blocks = []
while True: blocks.append(bytearray(1 << 23))`,
  'never ends': 'while True: pass',
  floods: 'while True: print("x" * 10000)',
};

const LIMITS = resolveLimits({ wallTimeMs: 3_000 });

function programOf(evil: string): string {
  const code = `SIZE = 0
${LOOK}
import signal, sys, time, traceback
if input() == "evil":
    try:
        exec(EVIL)
    except Exception: traceback.print_exc()
else:
    print(state())
EVIL = ""
`;
  // EVIL is defined before its use, and SIZE is the length of the whole.
  const whole = (size: number) =>
    code.replace('SIZE = 0', `SIZE = ${size}\nEVIL = ${JSON.stringify(evil)}`).replace('\nEVIL = ""\n', '\n');
  let size = 0;
  while (whole(size).length !== size) size = whole(size).length;
  return whole(size);
}

describeLayer('docker', await missingDocker(), 'a run of many cannot reach the next', () => {
  const sandbox = createDockerSandbox({
    docker: new Docker(),
    images: {},
    pull: [],
    slots: 1,
    owner: 'test',
  });
  beforeAll(() => sandbox.start(() => {}), 120_000);
  afterAll(() => sandbox.close(), 60_000);

  async function runs(code: string, inputs: readonly string[]) {
    const session = await sandbox.open({
      jobId: 'isolation',
      language: 'python',
      files: [{ path: 'main.py', content: code }],
      entry: 'main.py',
      limits: LIMITS,
      runs: inputs.length,
    });
    const outcomes = [];
    for (const stdin of inputs) {
      const outcome = await session.run({ stdin: Buffer.from(stdin), args: [], env: {} });
      outcomes.push({
        ...outcome,
        stdout: Buffer.from(outcome.stdout).toString(),
        stderr: Buffer.from(outcome.stderr).toString(),
      });
    }
    await session.close();
    return outcomes;
  }

  for (const [name, evil] of Object.entries(EVIL)) {
    it(`that ${name}`, async () => {
      const code = programOf(evil);
      const [before, , after] = await runs(code, ['look', 'evil', 'look']);
      expect(before).toMatchObject({ verdict: 'ok', exitCode: 0, stderr: '' });
      expect(before?.stdout).toMatch(
        /^\{'processes': \[\], 'work': \['main\.py'\], 'tmp': \[\], 'rce': \[\]/,
      );
      expect(before?.stdout).toContain("'source': True");
      expect({ verdict: after?.verdict, stdout: after?.stdout, stderr: after?.stderr }).toEqual({
        verdict: 'ok',
        stdout: before?.stdout,
        stderr: '',
      });
    });
  }
});
