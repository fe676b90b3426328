import { ANY_END, type Attack, BOTH, MiB } from '../attack.ts';

const MLE = { verdict: 'memory-limit-exceeded' } as const;

/** Memory by every door: heap, maps, stack, files, kernel objects. */
export const MEMORY: readonly Attack[] = [
  {
    name: 'the heap',
    language: 'python',
    code: `
hoard = []
while True:
    hoard.append(bytearray(1 << 20))
`,
    expect: MLE,
    expectWasm: { verdict: ['memory-limit-exceeded', 'runtime-error', 'time-limit-exceeded'] },
    drivers: BOTH,
  },
  {
    name: 'a heap of small objects',
    language: 'javascript',
    code: `const hoard = []; for (;;) hoard.push({ at: hoard.length, text: 'x'.repeat(64) + hoard.length });`,
    // Node may give up by itself, as its heap nears the limit.
    expect: { verdict: ['memory-limit-exceeded', 'runtime-error'] },
    limits: { wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    expectWasm: { verdict: ['memory-limit-exceeded', 'runtime-error', 'time-limit-exceeded'] },
    drivers: BOTH,
  },
  {
    name: 'buffers outside the heap',
    language: 'javascript',
    code: `const hoard = []; for (;;) hoard.push(Buffer.alloc(4 << 20, 1));`,
    expect: { verdict: ['memory-limit-exceeded', 'runtime-error'] },
  },
  {
    name: 'anonymous maps',
    language: 'c',
    code: `
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
int main(void) {
  for (;;) {
    char *p = mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p != MAP_FAILED) memset(p, 1, 8 << 20);
  }
}`,
    expect: MLE,
  },
  {
    name: 'a shared map that children write',
    language: 'python',
    code: `
import mmap, os
shared = mmap.mmap(-1, 1 << 30)
for part in range(8):
    if os.fork() == 0:
        for at in range(part << 27, (part + 1) << 27, 4096):
            shared[at] = 1
        os._exit(0)
killed = any(os.wait()[1] != 0 for _ in range(8))
print("ESCAPED" if not killed else "stopped")
`,
    expect: { verdict: ['ok', 'memory-limit-exceeded', 'time-limit-exceeded'], stdout: /^(stopped\n)?$/ },
  },
  {
    name: 'a hog in a child, whose parent lives on',
    language: 'python',
    code: `
import os
if os.fork() == 0:
    hoard = []
    while True:
        hoard.append(bytearray(1 << 20))
_, status = os.wait()
print("ESCAPED" if os.WIFEXITED(status) else "the child was killed")
`,
    expect: { verdict: ['ok', 'memory-limit-exceeded'], stdout: /^(the child was killed\n)?$/ },
  },
  {
    name: 'a stack without end',
    language: 'c',
    code: `
#include <string.h>
int deeper(int n) { volatile char block[4096]; memset((void *)block, n, sizeof block); return deeper(n + 1) + block[n % 4096]; }
int main(void) { return deeper(0); }`,
    expect: { verdict: ['runtime-error', 'memory-limit-exceeded'] },
  },
  {
    name: 'a recursion without end',
    language: 'python',
    code: `
import sys
sys.setrecursionlimit(10 ** 9)
def deeper(n):
    return deeper(n + 1) + 1
deeper(0)
`,
    expect: { verdict: ['runtime-error', 'memory-limit-exceeded'] },
    expectWasm: { verdict: ['memory-limit-exceeded', 'runtime-error', 'time-limit-exceeded'] },
    drivers: BOTH,
  },
  {
    name: 'a recursion without end in JavaScript',
    language: 'javascript',
    code: `const deeper = (n) => deeper(n + 1) + 1; deeper(0);`,
    expect: { verdict: 'runtime-error' },
    drivers: BOTH,
  },
  {
    name: 'files in memory',
    language: 'python',
    code: `
import os
fd = os.memfd_create("hoard")
block = b"x" * (1 << 20)
while True:
    os.write(fd, block)
`,
    // The file size limit may come first.
    expect: { verdict: ['memory-limit-exceeded', 'runtime-error'] },
    limits: { memoryBytes: 48 * MiB },
  },
  {
    name: 'many files in memory',
    language: 'python',
    code: `
import os
block = b"x" * (1 << 20)
hoard = []
while True:
    hoard.append(os.memfd_create("hoard"))
    for _ in range(16):
        os.write(hoard[-1], block)
`,
    expect: MLE,
  },
  {
    name: 'long links without end',
    language: 'python',
    code: `
import os
for folder in ("/work", "/tmp"):
    try:
        for number in range(1 << 20):
            os.symlink("x" * 4_000, f"{folder}/{number}")
    except OSError:
        print("full")
`,
    limits: { diskBytes: 64 * MiB, wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    expect: { verdict: 'ok', stdout: 'full\nfull\n' },
    drivers: BOTH,
  },
  {
    name: 'names and objects too large to be copied out of the sandbox',
    language: 'javascript',
    code: `
const fs = require('node:fs');
const attempt = (action) => { try { action(); } catch {} };
attempt(() => fs.writeFileSync('/tmp/x', Array.from({ length: 5e5 }, () => ({}))));
import('./' + 'x'.repeat(8e7)).catch(() => console.log('done'));
`,
    limits: { memoryBytes: 512 * MiB, wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    expect: { verdict: ANY_END },
    expectWasm: { verdict: 'ok', stdout: 'done\n' },
    drivers: BOTH,
  },
  {
    name: 'files on both writable file systems, which are memory too',
    language: 'python',
    code: `
import os
for folder in (os.getcwd(), "/tmp"):
    try:
        with open(folder + "/hoard", "wb", buffering=0) as file:
            while True:
                file.write(b"x" * (1 << 20))
    except OSError:
        pass
hoard = bytearray(120 << 20)
print("ESCAPED")
`,
    limits: { diskBytes: 32 * MiB },
    expect: MLE,
  },
  {
    name: 'page cache: reading every file of the image',
    language: 'python',
    code: `
import os
total = 0
for folder, _, names in os.walk("/usr/lib"):
    for name in names:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                while block := file.read(1 << 20):
                    total += len(block)
        except OSError:
            pass
    if total > 150 << 20:
        break
print("read")
`,
    limits: { memoryBytes: 32 * MiB, wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    expect: { verdict: 'ok', stdout: 'read\n' },
  },
  {
    name: 'full pipes',
    language: 'python',
    code: `
import os, fcntl
pipes, held = [], 0
try:
    while True:
        pair = os.pipe()
        pipes.append(pair)
        os.set_blocking(pair[1], False)
        try:
            fcntl.fcntl(pair[1], 1031, 1 << 20)
        except OSError:
            pass
        try:
            while True:
                held += os.write(pair[1], b"x" * 65536)
        except BlockingIOError:
            pass
except OSError:
    pass
print("ESCAPED" if held > 128 << 20 else "stopped")
`,
    expect: { verdict: ['ok', 'memory-limit-exceeded'], stdout: /^(stopped\n)?$/ },
  },
  {
    name: 'full socket buffers',
    language: 'python',
    code: `
import socket
pairs, held = [], 0
try:
    while True:
        a, b = socket.socketpair()
        pairs.append((a, b))
        a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
        a.setblocking(False)
        try:
            while True:
                held += a.send(b"x" * 65536)
        except BlockingIOError:
            pass
except OSError:
    pass
print("ESCAPED" if held > 256 << 20 else "stopped")
`,
    expect: { verdict: ['ok', 'memory-limit-exceeded'], stdout: /^(stopped\n)?$/ },
  },
  {
    name: 'locked memory',
    language: 'python',
    code: `
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print("ESCAPED" if libc.mlockall(3) == 0 else "refused")
`,
    expect: { verdict: 'ok', stdout: 'refused\n' },
  },
  {
    name: 'an allocation larger than the address space',
    language: 'javascript',
    code: `try { new ArrayBuffer(2 ** 52); console.log('ESCAPED'); } catch (error) { console.log(error.name); }`,
    expect: { verdict: 'ok', stdout: /^(RangeError|InternalError)\n$/ },
    drivers: BOTH,
  },
  {
    name: 'a string that doubles',
    language: 'python',
    code: `text = "x"\nwhile True:\n    text += text`,
    expect: { verdict: ['memory-limit-exceeded', 'runtime-error'] },
    drivers: BOTH,
  },
  {
    name: 'a number that takes all memory',
    language: 'python',
    code: `number = 7\nwhile True:\n    number <<= 1 << 26`,
    expect: { verdict: ['memory-limit-exceeded', 'runtime-error', 'time-limit-exceeded'] },
    drivers: BOTH,
  },
  {
    name: 'an archive that explodes',
    language: 'python',
    code: `
import zlib
bomb = zlib.compress(b"\\0" * (64 << 20))
print(len([zlib.decompress(bomb) for _ in range(40)]), "ESCAPED")
`,
    limits: { memoryBytes: 96 * MiB },
    expect: { verdict: ['memory-limit-exceeded', 'time-limit-exceeded'] },
  },
  {
    name: 'a hog in Ruby',
    language: 'ruby',
    code: `hoard = []; loop { hoard << 'x' * (1 << 20) }`,
    expect: MLE,
  },
  {
    name: 'a hog in PHP',
    language: 'php',
    code: `<?php $hoard = []; while (true) $hoard[] = str_repeat('x', 1 << 20) . count($hoard);`,
    expect: MLE,
  },
  {
    name: 'a hog in Go',
    language: 'go',
    code: `
package main
func main() {
	var hoard [][]byte
	for {
		block := make([]byte, 1<<20)
		for i := range block { block[i] = 1 }
		hoard = append(hoard, block)
	}
}`,
    expect: MLE,
  },
  {
    name: 'a hog in Rust',
    language: 'rust',
    code: `fn main() { let mut hoard = Vec::new(); loop { hoard.push(vec![1u8; 1 << 20]); } }`,
    expect: MLE,
  },
  {
    name: 'a hog in Java',
    language: 'java',
    code: `
import java.util.ArrayList;
public class Main {
  public static void main(String[] args) {
    var hoard = new ArrayList<byte[]>();
    while (true) hoard.add(new byte[1 << 20]);
  }
}`,
    // The virtual machine keeps its heap below the container's limit, and says so itself.
    expect: { verdict: ['runtime-error', 'memory-limit-exceeded'] },
  },
  {
    name: 'many small hogs',
    language: 'bash',
    code: `for i in {1..20}; do head -c 16m /dev/zero | tail -c 16m >/dev/null & done; wait; echo done`,
    expect: { verdict: ANY_END },
  },
];
