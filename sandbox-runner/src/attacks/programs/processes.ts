import { ANY_END, type Attack, BOTH, BRIEF } from '../attack.ts';

/** Too many processes, processes that will not die, and processes that outlive their parent. */
export const PROCESSES: readonly Attack[] = [
  {
    name: 'a fork bomb',
    language: 'python',
    code: `
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
`,
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded' },
  },
  {
    name: 'a fork bomb in the shell',
    language: 'bash',
    code: `bomb() { bomb | bomb & }; bomb; wait; while :; do bomb; done`,
    limits: BRIEF,
    expect: { verdict: ANY_END },
  },
  {
    name: 'a fork bomb in C, by vfork and clone',
    language: 'c',
    code: `
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static int spin(void *p) { for (;;) fork(); }
int main(void) {
  for (;;) { clone(spin, malloc(65536) + 65000, SIGCHLD, 0); fork(); }
}`,
    limits: BRIEF,
    expect: { verdict: ['time-limit-exceeded', 'memory-limit-exceeded', 'runtime-error'] },
  },
  {
    name: 'more processes than allowed',
    language: 'python',
    code: `
import os, time
alive = 0
try:
    while alive < 500:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        alive += 1
except OSError as error:
    print("stopped")
if alive > 60:
    print("ESCAPED", alive)
`,
    expect: { verdict: 'ok', stdout: 'stopped\n' },
  },
  {
    name: 'more threads than allowed',
    language: 'python',
    code: `
import threading, time, os
started = 0
try:
    while started < 500:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        started += 1
except RuntimeError:
    print("stopped", flush=True)
if started > 60:
    print("ESCAPED", started, flush=True)
os._exit(0)
`,
    expect: { verdict: 'ok', stdout: 'stopped\n' },
  },
  {
    name: 'a program that starts itself over and over',
    language: 'javascript',
    code: `
const { spawn } = require('node:child_process');
setInterval(() => { for (let i = 0; i < 20; i++) spawn(process.execPath, [__filename]).on('error', () => {}); }, 10);
`,
    limits: BRIEF,
    expect: { verdict: ANY_END },
  },
  {
    name: 'threads without end in Java',
    language: 'java',
    code: `
public class Main {
  public static void main(String[] args) {
    try {
      for (int i = 0; i < 2000; i++) new Thread(() -> { try { Thread.sleep(60_000); } catch (Exception e) {} }).start();
      System.out.println("ESCAPED");
    } catch (OutOfMemoryError error) {
      System.out.println("stopped");
    }
    Runtime.getRuntime().halt(0);
  }
}`,
    expect: { verdict: 'ok', stdout: /stopped\n$/ },
  },
  {
    name: 'a daemon that leaves session and parent, and keeps stdout open',
    language: 'python',
    code: `
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
        print("ESCAPED: printed after the end", flush=True)
    os._exit(0)
print("parent done")
`,
    expect: { verdict: 'ok', stdout: 'parent done\n' },
  },
  {
    name: 'a background job of the shell, deaf to signals',
    language: 'bash',
    code: `(trap '' TERM INT HUP QUIT; while :; do sleep 0.05; done) & disown -a
echo parent done`,
    expect: { verdict: 'ok', stdout: 'parent done\n' },
  },
  {
    name: 'a detached child of Node',
    language: 'javascript',
    code: `
require('node:child_process').spawn('sleep', ['60'], { detached: true, stdio: 'inherit' }).unref();
console.log('parent done');
`,
    expect: { verdict: 'ok', stdout: 'parent done\n' },
  },
  {
    name: 'a loop deaf to every signal',
    language: 'python',
    code: `
import signal
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
print("here", flush=True)
while True:
    pass
`,
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded', stdout: 'here\n' },
  },
  {
    name: 'a busy loop',
    language: 'javascript',
    code: `console.log('before'); for (;;) {}`,
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded', stdout: 'before\n' },
    drivers: BOTH,
  },
  {
    name: 'a busy loop that catches everything',
    language: 'python',
    code: `
print("before", flush=True)
while True:
    try:
        while True: pass
    except BaseException:
        pass
`,
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded', stdout: 'before\n' },
    drivers: BOTH,
  },
  {
    name: 'a long sleep',
    language: 'python',
    code: `import time\nprint("before", flush=True)\ntime.sleep(1000)`,
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded', stdout: 'before\n' },
    // WASI's Python cannot sleep everywhere.
    expectWasm: { verdict: ['time-limit-exceeded', 'runtime-error'], stdout: 'before\n' },
    drivers: BOTH,
  },
  {
    name: 'a wait for an event that never comes',
    language: 'javascript',
    code: `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded' },
  },
  {
    name: 'a regular expression that takes forever',
    language: 'python',
    code: `import re\nre.match(r"(a+)+$", "a" * 64 + "!")`,
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded' },
    drivers: BOTH,
  },
  {
    name: 'processor time spent by children',
    language: 'python',
    code: `
import os, time
for _ in range(4):
    if os.fork() == 0:
        while True: pass
time.sleep(60)
`,
    limits: { wallTimeMs: 10_000, cpuTimeMs: 500 },
    expect: { verdict: 'time-limit-exceeded' },
  },
  {
    name: 'a flood of short-lived children',
    language: 'bash',
    code: `while :; do /bin/true & done`,
    limits: BRIEF,
    expect: { verdict: ANY_END },
  },
  {
    name: 'a top priority for itself',
    language: 'python',
    code: `
import os
for what in ("nice", "rt", "other"):
    try:
        if what == "nice":
            os.setpriority(os.PRIO_PROCESS, 0, -20)
        elif what == "rt":
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
        else:
            os.setpriority(os.PRIO_USER, os.getuid(), -20)
        print("ESCAPED", what)
    except PermissionError:
        pass
`,
    expect: { verdict: 'ok', stdout: '' },
  },
];
