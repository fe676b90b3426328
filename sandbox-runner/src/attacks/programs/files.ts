import { ANY_END, type Attack, BOTH } from '../attack.ts';

/** Disk and inodes, places that should not be writable, and names and links that harm whoever cleans up. */
export const FILES: readonly Attack[] = [
  {
    name: 'a full disk',
    language: 'python',
    code: `
import os
written = 0
for folder in (os.getcwd(), "/tmp"):
    try:
        for number in range(1000):
            with open(f"{folder}/hoard{number}", "wb", buffering=0) as file:
                written += file.write(b"x" * (1 << 20))
        print("ESCAPED", written)
    except OSError:
        print("full")
if written > 40 << 20:
    print("ESCAPED", written)
`,
    expect: { verdict: 'ok', stdout: 'full\nfull\n' },
  },
  {
    name: 'a file larger than the disk',
    language: 'python',
    code: `
with open("hoard", "wb") as file:
    for _ in range(1024):
        file.write(b"x" * (1 << 20))
print("ESCAPED")
`,
    expect: { verdict: 'runtime-error' },
    drivers: BOTH,
  },
  {
    name: 'more files than a folder can hold',
    language: 'python',
    code: `
made = 0
try:
    while made < 200_000:
        open(f"file{made}", "w").close()
        made += 1
    print("ESCAPED", made)
except OSError:
    print("full")
`,
    limits: { wallTimeMs: 10_000, cpuTimeMs: 10_000 },
    expect: { verdict: 'ok', stdout: 'full\n' },
  },
  {
    name: 'a sparse file of a terabyte',
    language: 'bash',
    code: `truncate -s 1T hoard 2>/dev/null && [ "$(stat -c %s hoard)" -gt 100000000 ] && echo ESCAPED; echo done`,
    expect: { verdict: ANY_END },
  },
  {
    name: 'every file and folder that it may write',
    language: 'python',
    code: `
import os, stat
# /rce is where the harness lay: 128 KiB of memory, which no later run gets to see.
own = ("/work", "/tmp", "/rce", "/proc/self", "/proc/%d" % os.getpid(), "/proc/thread-self")
for root, folders, names in os.walk("/"):
    if root == "/proc":
        folders[:] = ["sys", "irq", "bus", "fs"]
    if root in own:
        folders[:] = []
        continue
    for name in names + ["probe-of-a-folder"]:
        path = os.path.join(root, name)
        try:
            if name == "probe-of-a-folder":
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
            elif stat.S_ISREG(os.lstat(path).st_mode):
                os.close(os.open(path, os.O_WRONLY))
            else:
                continue
            print("ESCAPED", path)
        except OSError:
            pass
`,
    limits: { wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    expect: { verdict: 'ok', stdout: '' },
  },
  {
    name: 'a remount of its own root',
    language: 'bash',
    code: `mount -o remount,rw / 2>/dev/null && echo ESCAPED; mount --bind /etc /tmp 2>/dev/null && echo ESCAPED
umount /proc 2>/dev/null && echo ESCAPED; chroot / true 2>/dev/null && echo ESCAPED; echo done`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'device files, where it may write',
    language: 'python',
    code: `
import os, stat
for folder in (os.getcwd(), "/tmp"):
    for kind, number in ((stat.S_IFBLK, os.makedev(254, 0)), (stat.S_IFBLK, os.makedev(8, 0)), (stat.S_IFCHR, os.makedev(1, 1)), (stat.S_IFCHR, os.makedev(10, 200))):
        try:
            os.mknod(folder + "/device", kind | 0o666, number)
            os.open(folder + "/device", os.O_RDONLY)
            print("ESCAPED", number)
        except OSError:
            pass
print("done")
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'devices other than null, zero, full, random and urandom',
    language: 'python',
    code: `
import os, stat
for root, _, names in os.walk("/dev"):
    for name in names:
        path = os.path.join(root, name)
        try:
            status = os.stat(path)
            if not stat.S_ISCHR(status.st_mode) and not stat.S_ISBLK(status.st_mode):
                continue
            os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
        except OSError:
            continue
        # By number: a masked device is /dev/null under another name.
        if status.st_rdev not in [os.makedev(1, minor) for minor in (3, 5, 7, 8, 9)]:
            print("ESCAPED", path)
`,
    expect: { verdict: 'ok', stdout: '' },
  },
  {
    name: 'links to files of the host and of the harness, left behind',
    language: 'python',
    code: `
import os
for index, target in enumerate(("/etc/passwd", "/etc/shadow", "/proc/1/root/etc/passwd", "/var/run/docker.sock", "../../../../etc/passwd", "/", ".", "loop")):
    os.symlink(target, f"link{index}")
os.symlink("loop", "loop")
for source in ("/etc/passwd", "/bin/sh", "/dev/null", "/proc/1/exe"):
    try:
        os.link(source, "hard")
        print("ESCAPED", source)
    except OSError:
        pass
for name in os.listdir("."):
    try:
        if open(name).readline().startswith("root:") and not os.path.islink(name):
            print("ESCAPED", name)
    except OSError:
        pass
print("done")
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'a very deep folder without permissions, left behind',
    language: 'python',
    code: `
import os
print(len(os.listdir("/tmp")))
os.chdir("/tmp")
for _ in range(1500):
    os.mkdir("d")
    os.chdir("d")
os.mkdir("locked")
open("locked/file", "w").close()
os.chmod("locked", 0)
os.chmod("/tmp/d", 0)
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: '0\n' },
  },
  {
    name: 'names with every byte, left behind',
    language: 'python',
    code: `
import os
before = [name for name in os.listdir(b".") if name != b"main.py"]
for byte in range(1, 256):
    if byte != 0x2f:
        open(b"name" + bytes([byte]), "w").close()
for name in (b"-rf", b"--", b"* *", b"$(reboot)", b"'; exit 1; '", b"a\\nb", b"\\x1b[2J", b"\\xff\\xfe", b"x" * 255):
    open(name, "w").close()
print(before)
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: '[]\n' },
  },
  {
    name: 'its own code, written over',
    language: 'python',
    code: `
import os, sys
print(open(__file__).read().count("ESCA" + "PED"))
try:
    os.unlink(__file__)
    with open(__file__, "w") as file:
        file.write('print("ESCAPED")')
except OSError:
    pass
`,
    stdins: ['', '', ''],
    expect: { verdict: 'ok', stdout: '1\n' },
  },
  {
    name: 'modules that the next run would import',
    language: 'python',
    code: `
import os, sys
for folder in (os.getcwd(), "/tmp", os.path.expanduser("~"), "/tmp/.rce", *sys.path):
    for name in ("json.py", "sitecustomize.py", "usercustomize.py", "os.py", "encodings/__init__.py", "x.pth"):
        path = os.path.join(folder, name)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").write('print("ESCAPED")')
        except OSError:
            pass
print("done")
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'done\n' },
    // What WASI lacks ends some builds of Python altogether.
    expectWasm: { verdict: ANY_END },
    drivers: BOTH,
  },
  {
    name: 'modules that the next run would require',
    language: 'javascript',
    code: `
const fs = require('node:fs');
for (const path of ['/work/node_modules/fs/index.js', '/tmp/node_modules/x.js', '/work/package.json', '/work/.noderc', process.execPath, '/tmp/.rce.cjs']) {
  try { fs.mkdirSync(require('node:path').dirname(path), { recursive: true }); fs.writeFileSync(path, 'console.log("ESCAPED")'); } catch {}
}
console.log('done');
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'more descriptors than allowed',
    language: 'python',
    code: `
import os
held = []
try:
    while len(held) < 5000:
        held.append(os.open("/dev/null", os.O_RDONLY))
    print("ESCAPED", len(held))
except OSError:
    print("stopped")
`,
    expect: { verdict: 'ok', stdout: 'stopped\n' },
  },
  {
    name: 'a program of its own, written and started',
    language: 'python',
    code: `
import os, shutil, subprocess
for folder in (os.getcwd(), "/tmp"):
    path = folder + "/program"
    shutil.copy("/bin/true", path)
    os.chmod(path, 0o755)
    try:
        subprocess.run([path])
        print("ESCAPED", path)
    except PermissionError:
        print("refused")
`,
    expect: { verdict: 'ok', stdout: 'refused\nrefused\n' },
  },
  {
    name: 'a set-user-id program of its own',
    language: 'c',
    code: `
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv) {
  if (geteuid() == 0) puts("ESCAPED");
  chown("/tmp/x", 0, 0);
  chmod(argv[0], 06777);
  if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0) puts("ESCAPED");
  puts("done");
}`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
];
