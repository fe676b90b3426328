import { hostname } from 'node:os';
import type { Attack } from '../attack.ts';

/** What of the host, the engine and other jobs can be seen. */
export const VISIBILITY: readonly Attack[] = [
  {
    name: 'the environment of the engine',
    language: 'python',
    code: `
import os
for name in os.environ:
    if name.startswith(("AWS_", "RCE_", "DOCKER_", "npm_", "SSH_", "KUBERNETES", "ECS_")):
        print("ESCAPED", name)
print(os.environ.get("PYTHONPATH"), os.environ.get("HOSTNAME"))
`,
    expect: { verdict: 'ok', stdout: 'None sandbox\n' },
  },
  {
    name: 'the name of the host',
    language: 'bash',
    code: `cat /etc/hostname /proc/sys/kernel/hostname; echo "$HOSTNAME"; cat /etc/hosts`,
    expect: { verdict: 'ok', stdout: new RegExp(`^(?![^]*\\b${hostname()}\\b)sandbox\nsandbox\nsandbox\n`) },
  },
  {
    name: 'processes other than its own',
    language: 'python',
    code: `
import os
own = os.getpid()
pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
print("ESCAPED" if len(pids) > 4 else "alone", pids if len(pids) > 4 else "")
`,
    expect: { verdict: 'ok', stdout: 'alone \n' },
  },
  {
    name: 'the kernel: its log, its symbols, its memory, its command line, its keys',
    language: 'python',
    code: `
import ctypes, os
for path in ("/dev/kmsg", "/proc/kmsg", "/proc/kcore", "/proc/kallsyms", "/proc/cmdline", "/proc/keys", "/proc/key-users", "/proc/sched_debug",
             "/proc/timer_list", "/proc/interrupts", "/proc/modules", "/proc/partitions", "/proc/diskstats", "/proc/config.gz", "/dev/mem", "/dev/port"):
    try:
        with open(path, "rb") as file:
            if data := file.read(64):
                print("ESCAPED", path, data)
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
if libc.klogctl(3, ctypes.create_string_buffer(4096), 4096) >= 0:
    print("ESCAPED syslog")
print("done")
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'the hardware and the disks in /sys',
    language: 'python',
    code: `
import os
for path in ("/sys/class", "/sys/block", "/sys/bus", "/sys/firmware", "/sys/module", "/sys/kernel", "/sys/dev", "/sys/devices/virtual/dmi", "/sys/fs/bpf", "/sys/kernel/debug", "/sys/kernel/security"):
    try:
        if names := os.listdir(path):
            print("ESCAPED", path, names[:3])
    except OSError:
        pass
print("done")
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'control groups, read and written',
    language: 'python',
    code: `
import os
for root, folders, names in os.walk("/sys/fs/cgroup"):
    for name in names:
        if name in ("cgroup.procs", "tasks", "release_agent", "memory.limit_in_bytes", "memory.max", "pids.max", "devices.allow", "notify_on_release"):
            try:
                os.close(os.open(os.path.join(root, name), os.O_WRONLY))
                print("ESCAPED", root, name)
            except OSError:
                pass
    if any(len(name) == 64 and name not in open("/proc/self/cgroup").read() for name in folders):
        print("ESCAPED", root, folders)
print("done")
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'the Docker socket, and files of the host',
    language: 'bash',
    code: `for path in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock /var/lib/docker /host /proc/1/root/var/lib/docker; do
  [ -e "$path" ] && echo "ESCAPED $path"; done
cat /etc/shadow 2>/dev/null && echo ESCAPED; ls /root 2>/dev/null && echo ESCAPED; echo done`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'files read by a compiler',
    language: 'c',
    code: `
#include <stdio.h>
__asm__(".globl leak\\nleak: .incbin \\"/etc/shadow\\"\\n.byte 0");
extern char leak[];
int main(void) { printf("ESCAPED %s", leak); }`,
    expect: { verdict: 'compilation-error' },
  },
];
