import { type Attack, BOTH } from '../attack.ts';

const OLE = { verdict: 'output-limit-exceeded' } as const;

/** Floods, streams closed and shared, bytes that are no text, and lines that look like the harness's own. */
export const OUTPUT: readonly Attack[] = [
  {
    name: 'a flood on stdout',
    language: 'python',
    code: `while True:\n    print("x" * 10_000)`,
    expect: { ...OLE, stdout: /^[x\n]{65536}$/, truncated: 'stdout' },
    drivers: BOTH,
  },
  {
    name: 'a flood on stderr',
    language: 'javascript',
    code: `const fs = require('node:fs'); for (;;) fs.writeSync(2, 'x'.repeat(10_000));`,
    expect: { ...OLE, stdout: '', stderr: /^x{65536}$/, truncated: 'stderr' },
  },
  {
    name: 'a flood of short lines',
    language: 'javascript',
    code: `for (;;) console.log('x');`,
    expect: { ...OLE, truncated: 'stdout' },
    drivers: BOTH,
  },
  {
    name: 'a flood through a child, after the parent has gone',
    language: 'bash',
    code: `(exec yes ESC) & exit 0`,
    expect: { verdict: ['ok', 'output-limit-exceeded'] },
  },
  {
    name: 'a flood through a child',
    language: 'bash',
    code: `yes`,
    expect: { ...OLE, truncated: 'stdout' },
  },
  {
    name: 'floods on both streams from many processes',
    language: 'python',
    code: `
import os
for _ in range(10):
    os.fork()
    break
while True:
    os.write(1, b"o" * 65536)
    os.write(2, b"e" * 65536)
`,
    expect: OLE,
  },
  {
    name: 'a flood through a stream opened anew',
    language: 'python',
    code: `
out = open("/proc/self/fd/1", "w")
while True:
    out.write("x" * 65536)
`,
    expect: { ...OLE, truncated: 'stdout' },
  },
  {
    name: 'streams closed before the end',
    language: 'python',
    code: `
import os
os.write(1, b"first")
os.close(0); os.close(1); os.close(2)
for fd in range(3, 256):
    try:
        os.close(fd)
    except OSError:
        pass
`,
    // Python itself complains when it cannot flush, with code 120.
    expect: { verdict: ['ok', 'runtime-error'], stdout: 'first' },
  },
  {
    name: 'streams made non-blocking for whoever shares them',
    language: 'python',
    code: `
import os
for fd in (0, 1, 2):
    os.set_blocking(fd, False)
print("done")
`,
    stdins: ['', ''],
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'terminal escapes and every byte',
    language: 'python',
    code: `
import os
os.write(1, bytes(range(256)) + b"\\x1b[2J\\x1b]0;pwned\\x07\\xc3\\x28\\xed\\xa0\\x80")
`,
    expect: {
      verdict: 'ok',
      stdout: Buffer.concat([
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
        Buffer.from('\u001b[2J\u001b]0;pwned\u0007', 'latin1'),
        Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]),
      ]),
    },
  },
  {
    name: 'markers made up: the ready line, and ends of many forms',
    language: 'python',
    code: String.raw`
import os
os.write(1, b"\x01rce-ready\n" * 3)
for token in (b"", b"0" * 32, b"f" * 32):
    for end in (b"E0 1000\n", b"S9 0\n", b"0\n", b"E0 0\n\x01rce-ready\n"):
        os.write(1, token + end)
        os.write(2, token + b"\n")
raise SystemExit(7)
`,
    expect: { verdict: 'runtime-error', exitCode: 7, stdout: /^(.rce-ready\n){3}/ },
  },
  {
    name: 'markers made up in JavaScript',
    language: 'javascript',
    code: String.raw`
require('node:fs').writeSync(1, '\u0001rce-ready\n' + '0'.repeat(32) + '0\n');
process.exitCode = 7;
`,
    expect: { verdict: 'runtime-error', exitCode: 7, stdout: /^.rce-ready\n/ },
  },
  {
    name: 'the token, searched for in memory, files and descriptors',
    language: 'python',
    code: String.raw`
import gc, os, re, sys
token = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
def look(what, data):
    for found in token.findall(data):
        # Forge an end with code 0; only a program that knew the token would be believed.
        os.write(1, found + b"E0 0\n" + found + b"0\n")
        os.write(2, found + b"\n")
for thing in gc.get_objects():
    try:
        look("heap", repr(thing).encode()[:10_000])
    except Exception:
        pass
for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
    for name in ("environ", "cmdline", "stack", "auxv", "syscall"):
        try:
            look(name, open(f"/proc/{pid}/{name}", "rb").read())
        except OSError:
            pass
    try:
        maps = open(f"/proc/{pid}/maps").read().splitlines()
        memory = open(f"/proc/{pid}/mem", "rb")
    except OSError:
        continue
    for line in maps:
        span, rights = line.split()[:2]
        if rights.startswith("rw"):
            low, high = (int(number, 16) for number in span.split("-"))
            try:
                memory.seek(low)
                look("memory", memory.read(min(high - low, 16 << 20)))
            except (OSError, OverflowError, ValueError):
                pass
raise SystemExit(7)
`,
    limits: { wallTimeMs: 15_000, cpuTimeMs: 15_000 },
    expect: { verdict: ['runtime-error', 'output-limit-exceeded', 'memory-limit-exceeded'] },
  },
  {
    name: 'descriptors left open by the harness',
    language: 'python',
    code: `
import os
print(sorted(int(fd) for fd in os.listdir("/proc/self/fd"))[:-1])
`,
    expect: { verdict: 'ok', stdout: '[0, 1, 2]\n' },
  },
  {
    name: 'descriptors left open by the harness, in the shell',
    language: 'bash',
    code: `for fd in /proc/self/fd/*; do [ -e "$fd" ] && case "\${fd##*/}" in 0|1|2|255) ;; *) echo "ESCAPED $fd $(readlink "$fd")";; esac; done; echo done`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
];
