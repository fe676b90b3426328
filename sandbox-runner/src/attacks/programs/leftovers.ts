import type { Attack } from '../attack.ts';

/** Each is run twice or more: what one run plants, the next must not find. */
export const LEFTOVERS: readonly Attack[] = [
  {
    name: 'files, sockets and processes of an earlier run',
    language: 'python',
    code: `
import os, socket, sys, time
def count(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
print([count(folder) for folder in (os.getcwd(), "/tmp", "/dev/shm", "/dev/mqueue", "/var/tmp", "/run/lock", "/rce")],
      len([name for name in os.listdir("/proc") if name.isdigit()]), os.environ.get("PLANTED"), os.getcwd(), os.umask(0o77))
try:
    socket.socket(socket.AF_UNIX).connect("\\0planted")
    print("ESCAPED: a socket of an earlier run")
except OSError:
    pass
for folder in (os.getcwd(), "/tmp", "/dev/shm", "/var/tmp", "/run/lock", "/rce"):
    try:
        os.mkdir(folder + "/planted")
        open(folder + "/planted/file", "w").write("x")
    except OSError:
        pass
os.environ["PLANTED"] = "yes"
if os.fork() == 0:
    os.setsid()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\\0planted")
    listener.listen()
    time.sleep(60)
time.sleep(0.1)
os.umask(0)
os.chdir("/")
`,
    stdins: ['', '', ''],
    expect: {
      verdict: 'ok',
      stdout: /^\[\['main\.py'\], \[\], \[\], \[\], \[\], \[\], \[\]\] [23] None \/work 18\n$/,
    },
  },
  {
    name: 'modules, hooks and globals of an earlier run',
    language: 'python',
    code: `
import atexit, builtins, sys
print(hasattr(builtins, "planted"), "planted" in sys.modules, sys.getrecursionlimit(), sys.gettrace())
builtins.planted = True
sys.modules["planted"] = sys
sys.setrecursionlimit(99)
builtins.print = lambda *args: sys.stdout.write("ESCAPED")
`,
    stdins: ['', '', ''],
    expect: { verdict: 'ok', stdout: 'False False 1000 None\n' },
  },
  {
    name: 'input of the next run, read ahead',
    language: 'python',
    code: `
import os, sys
print(sys.stdin.readline(), end="")
if os.fork() == 0:
    os.setsid()
    while os.read(0, 4096):
        pass
    os._exit(0)
`,
    stdins: ['one\nrest', 'two\nrest', 'three\nrest'],
    expect: { verdict: 'ok', stdout: /^(one|two|three)\n$/ },
  },
  {
    name: 'globals and files of an earlier run in JavaScript',
    language: 'javascript',
    code: `
const fs = require('node:fs');
console.log(globalThis.planted, fs.readdirSync('/tmp').length, fs.readdirSync('.').join(), process.env.PLANTED);
globalThis.planted = 1;
process.env.PLANTED = 'yes';
fs.writeFileSync('/tmp/planted', 'x');
fs.writeFileSync('planted', 'x');
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'undefined 0 main.js undefined\n' },
  },
  {
    name: 'files of an earlier run in the shell',
    language: 'bash',
    code: `ls -A /tmp . | tr '\\n' ' '; touch /tmp/planted planted; export PLANTED=1; echo "\${PLANTED_BEFORE-none}"`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: /^(\.:\nmain\.sh |\.: main\.sh {1,2}\/tmp: )none\n$/ },
  },
  {
    name: 'the compiled program, written over',
    language: 'c',
    code: `
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char self[4096];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  self[n] = 0;
  if (unlink(self) == 0) { int fd = open(self, O_CREAT | O_WRONLY, 0777); dprintf(fd, "#!/bin/sh\\necho ESCAPED\\n"); close(fd); }
  puts("the program");
}`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'the program\n' },
  },
];
