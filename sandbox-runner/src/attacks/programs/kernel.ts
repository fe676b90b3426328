import type { Attack } from '../attack.ts';

/** Name, number on x86-64, arguments: calls that no program needs, and that have led out of sandboxes. */
const CALLS = `
io_uring_setup 425 8,(long)buffer
io_uring_enter 426 0,0,0,0
keyctl 250 0,-3,1
add_key 248 (long)"user",(long)"k",(long)"v",1,-3
request_key 249 (long)"user",(long)"k",0,0
bpf 321 0,(long)buffer,64
userfaultfd 323 0
userfaultfd 323 1
perf_event_open 298 (long)buffer,0,-1,-1,0
ptrace 101 0,0,0,0
process_vm_readv 310 1,(long)buffer,0,(long)buffer,0,0
process_madvise 440 -1,(long)buffer,1,0,0
pidfd_getfd 438 3,0,0
kcmp 312 1,1,0,0,0
unshare 272 0x10000000
unshare 272 0x00020000
unshare 272 0x40000000
setns 308 0,0
clone 56 0x10000011,0,0,0,0
clone3 435 (long)ns_args,88
mount 165 (long)"none",(long)"/tmp",(long)"tmpfs",0,0
umount2 166 (long)"/tmp",2
pivot_root 155 (long)"/tmp",(long)"/tmp"
chroot 161 (long)"/tmp"
move_mount 429 -100,(long)"/tmp",-100,(long)"/work",0
open_tree 428 -100,(long)"/tmp",1
fsopen 430 (long)"tmpfs",0
fspick 433 -100,(long)"/tmp",0
mount_setattr 442 -100,(long)"/tmp",0,(long)buffer,32
init_module 175 (long)buffer,64,(long)""
finit_module 313 0,(long)"",0
delete_module 176 (long)"x",0
kexec_load 246 0,0,0,0
kexec_file_load 320 0,0,0,0,0
reboot 169 0xfee1dead,672274793,0x89abcdef,0
swapon 167 (long)"/tmp/x",0
sethostname 170 (long)"pwned",5
setdomainname 171 (long)"pwned",5
settimeofday 164 (long)buffer,0
clock_settime 227 0,(long)buffer
adjtimex 159 (long)buffer
clock_adjtime 305 0,(long)buffer
iopl 172 3
ioperm 173 0x70,1,1
acct 163 (long)"/tmp/x"
quotactl 179 0,(long)"/dev/vda",0,(long)buffer
open_by_handle_at 304 -100,(long)buffer,0
name_to_handle_at 303 -100,(long)"/",(long)buffer,(long)buffer,0
fanotify_init 300 0,0
syslog 103 3,(long)buffer,64
vhangup 153 0
lookup_dcookie 212 0,(long)buffer,64
personality 135 0x0040000
modify_ldt 154 0,(long)buffer,64
nfsservctl 180 0,0,0
memfd_secret 447 0
mlock 149 (long)buffer,64
mbind 237 (long)buffer,64,0,0,0,0
migrate_pages 256 1,0,0,0
move_pages 279 1,0,0,0,0,0
set_mempolicy 238 0,0,0
io_setup 206 8,(long)buffer
shmget 29 1234,4096,0x3ff
semget 64 1234,1,0x3ff
msgget 68 1234,0x3ff
mq_open 240 (long)"q",0x42,0x1ff,0
seccomp 317 1,8,(long)buffer
capset 126 (long)caps,(long)caps_data
setgroups 116 1,(long)buffer
setuid 105 0
setresuid 117 0,0,0
setfsuid_root 122 0
socket_vsock 41 40,1,0
socket_alg 41 38,5,0
socket_packet 41 17,3,0
socket_key 41 15,3,2
socket_xdp 41 44,3,0
socket_netfilter 41 16,3,12
socket_audit 41 16,3,9
`
  .trim()
  .split('\n')
  .map((line) => line.split(' '));

export const KERNEL: readonly Attack[] = [
  {
    name: 'system calls that no program needs',
    language: 'c',
    // A call is refused when it fails with EPERM or ENOSYS, before the kernel has looked at the arguments.
    code: `
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
static char buffer[4096];
static unsigned caps[2] = {0x20080522, 0}, caps_data[6] = {~0u, ~0u, ~0u, ~0u, ~0u, ~0u};
static unsigned long ns_args[11] = {0x10000000, 0, 0, 0, 17};
static void attempt(const char *name, long result) {
  if (result == -1 && (errno == EPERM || errno == ENOSYS)) return;
  if (strcmp(name, "setfsuid_root") == 0 && syscall(122, -1) != 0) return;
  printf("ESCAPED %s: %ld %s\\n", name, result, result == -1 ? strerror(errno) : "");
  fflush(stdout);
}
int main(void) {
${CALLS.map(([name, number, args]) => `  attempt("${name}", syscall(${number}L,${args}));`).join('\n')}
  puts("done");
}`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'system calls of the 32-bit interface',
    language: 'c',
    code: `
#include <stdio.h>
int main(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20), "b"(0), "c"(0), "d"(0) : "memory");
  puts(result > 0 ? "ESCAPED" : "refused");
}`,
    expect: { verdict: ['ok', 'runtime-error'], stdout: /^(refused\n)?$/ },
  },
  {
    name: 'system calls of the x32 interface',
    language: 'c',
    code: `
#include <stdio.h>
#include <unistd.h>
int main(void) { puts(syscall(0x40000000L + 39) > 0 ? "ESCAPED" : "refused"); }`,
    expect: { verdict: ['ok', 'runtime-error'], stdout: /^(refused\n)?$/ },
  },
  {
    name: 'a user namespace, from the shell',
    language: 'bash',
    code: `unshare -Ur true 2>/dev/null && echo ESCAPED; unshare -n true 2>/dev/null && echo ESCAPED
unshare -Urm mount -t tmpfs none /tmp 2>/dev/null && echo ESCAPED; nsenter -t 1 -a true 2>/dev/null && echo ESCAPED; echo done`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'programs of the image that run as root',
    language: 'python',
    code: `
import os, stat, subprocess
found = 0
for folder in ("/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/lib/openssh", "/usr/libexec"):
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        try:
            if os.stat(path).st_mode & (stat.S_ISUID | stat.S_ISGID):
                child = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                status = open(f"/proc/{child.pid}/status").read()
                if "\\nUid:\\t%d\\t0" % os.getuid() in status or "\\nCapEff:\\t0000000000000000" not in status:
                    print("ESCAPED", path)
                child.kill()
                child.wait()
                found += 1
        except OSError:
            pass
print("NoNewPrivs:\\t1" in open("/proc/self/status").read(), "CapBnd:\\t0000000000000000" in open("/proc/self/status").read())
`,
    expect: { verdict: 'ok', stdout: 'True True\n' },
  },
];
