import { release } from 'node:os';
import { afterAll, beforeAll } from '@jest/globals';
import Docker from 'dockerode';
import { describeLayer, missingRunsc } from '../../../../e2e/support/layers.ts';
import { type Attack, BRIEF } from '../../attacks/attack.ts';
import { ATTACKS } from '../../attacks/launch.ts';
import { describeAttacks } from '../../attacks/suite.ts';
import { createDockerSandbox } from './docker-sandbox.ts';

/** What shows that the runtime is set up right. The rest of the attacks holds there too: see docs/security.md. */
const PROGRAMS: readonly Attack[] = [
  {
    name: 'sees the kernel of gVisor, not the host’s',
    language: 'python',
    code: 'import os\nprint(os.uname().release)',
    expect: { verdict: 'ok', stdout: new RegExp(`^(?!${release().replaceAll('.', '\\.')}\n)[\\d.]+`) },
  },
  {
    name: 'runs threads of JavaScript',
    language: 'javascript',
    code: 'const { Worker } = require("node:worker_threads");\nnew Worker("console.log(41 + 1)", { eval: true });',
    expect: { verdict: 'ok', stdout: '42\n' },
  },
  {
    name: 'runs what was compiled',
    language: 'c',
    code: '#include <stdio.h>\nint main(void) { puts("compiled"); }',
    expect: { verdict: 'ok', stdout: 'compiled\n' },
  },
  {
    name: 'runs many tests in one container, each afresh',
    language: 'python',
    code: 'import os\nprint(input(), len(os.listdir("/tmp")))\nopen("/tmp/left", "w").close()',
    stdins: ['0', '0', '0'],
    expect: { verdict: 'ok', stdout: '0 0\n' },
  },
  {
    name: 'is held to few processes, beside those of gVisor itself',
    language: 'python',
    code: 'print("started")',
    limits: { processes: 1 },
    expect: { verdict: 'ok', stdout: 'started\n' },
  },
  {
    name: 'has the memory that it was promised, and no more',
    language: 'python',
    code: 'print(len(bytearray(100 << 20)) >> 20, flush=True)\nhoard = [bytearray(1 << 20) for _ in range(999)]',
    expect: { verdict: 'memory-limit-exceeded', stdout: '100\n' },
  },
  {
    name: 'is ended by the clock',
    language: 'python',
    code: 'while True: pass',
    limits: BRIEF,
    expect: { verdict: 'time-limit-exceeded' },
  },
  {
    name: 'does not reach into process 1: the seccomp profile holds inside as well',
    language: 'python',
    code: 'import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nfor call in (lambda: libc.ptrace(16, 1, 0, 0), lambda: libc.prlimit(1, 7, None, ctypes.create_string_buffer(16))):\n    print(call(), ctypes.get_errno())',
    expect: { verdict: 'ok', stdout: '-1 1\n-1 1\n' },
  },
  ...(ATTACKS.network ?? []).filter(({ language }) => language === 'bash'),
];

describeLayer('runsc', missingRunsc(), 'programs in the kernel of gVisor', () => {
  const sandbox = createDockerSandbox({
    docker: new Docker(),
    images: {},
    pull: [],
    slots: 1,
    owner: 'gvisor',
    runtime: 'runsc',
  });
  beforeAll(() => sandbox.start(() => {}), 120_000);
  afterAll(() => sandbox.close(), 60_000);

  describeAttacks(PROGRAMS, () => sandbox);
});
