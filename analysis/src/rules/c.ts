import type { Rule } from '../rule.ts';
import { CHILD, FILES, HARM, KERNEL, MEMORY, NATIVE, NET, SHELL } from './kinds.ts';
import { HARMFUL } from './process.ts';

const languages = ['c', 'cpp'] as const;
const SHELLS = ['system', 'std.system', 'popen', '_popen', '_wsystem'];
const EXECS = [
  '{execl,execle,execlp,execv,execve,execvp,execvpe,fexecve,posix_spawn,posix_spawnp,CreateProcess,CreateProcessA}',
];
/** What keeps a console window open, or clears it. */
const CONSOLE = /^(?:pause|cls|clear|color \w+|chcp \d+|title )/i;

/** What gives a text in another language, or is a constant by its name. */
const FORMATS = { nameMatches: /(?:^_|^[A-Z_\d]+|gettext|^tr)(?:\(\))?$/ };

/** Rules for C and C++. */
export const C: readonly Rule[] = [
  {
    id: 'c-harmful-command',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    message: '{} is given a command that does harm',
    match: {
      call: [...SHELLS, ...EXECS],
      when: [{ arg: 'any', is: [{ matches: HARMFUL }, { shape: HARMFUL }] }],
    },
    bad: '#include <stdlib.h>\nint main(void) { return system("rm -rf /"); }',
    good: '#include <stdlib.h>\nint main(void) { return abs(-1); }',
  },
  {
    id: 'c-shell',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...SHELL,
    message: '{} gives a shell text that is computed',
    match: { call: SHELLS, when: [{ arg: 0, is: 'dynamic' }] },
    bad: 'int main(int argc, char **argv) { system(argv[1]); }',
    good: 'int system(int a);\nint main(void) { puts("system"); }',
  },
  {
    id: 'c-shell-literal',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} starts a shell',
    match: { call: SHELLS, when: [{ arg: 0, is: 'constant', not: { matches: CONSOLE } }] },
    bad: 'int main(void) { system("ls"); }',
    good: 'int main(void) { system("pause"); }',
  },
  {
    id: 'c-exec',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} starts another program',
    match: { call: EXECS },
    bad: 'int main(void) { execl("/bin/ls", "ls", 0); }',
    good: 'void execl(int n) { printf("%d", n); }\nint main(void) { execl(1); }',
  },
  {
    id: 'c-fork',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...CHILD,
    message: '{} makes a process',
    match: { call: ['fork', 'vfork', 'forkpty', 'daemon'] },
    bad: 'int main(void) { fork(); }',
    good: 'int fork(int node) { return node; }\nint main(void) { return fork(1); }',
  },
  {
    id: 'c-network',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NET,
    message: '{} opens the network',
    match: [
      { call: ['socket', 'WSASocket'], when: [{ arg: 2, is: 'present' }] },
      { call: ['getaddrinfo', 'gethostbyname', 'curl_easy_init', 'boost.asio.*'] },
    ],
    bad: 'int main(void) { int s = socket(AF_INET, SOCK_STREAM, 0); }',
    good: 'void connect(int a, int b) { }\nint main(void) { connect(1, 2); }',
  },
  {
    id: 'c-kernel',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...KERNEL,
    message: '{} reaches for other processes or for the kernel',
    match: {
      call: [
        '{ptrace,process_vm_readv,process_vm_writev,setns,unshare,pivot_root,chroot,init_module,finit_module,mount,umount2,iopl,ioperm,bpf,userfaultfd,keyctl}',
      ],
    },
    bad: 'int main(void) { ptrace(PTRACE_ATTACH, 1, 0, 0); }',
    good: 'int main(void) { trace(1); }',
  },
  {
    id: 'c-syscall',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...KERNEL,
    message: '{} acts on the system directly',
    match: [
      { call: ['syscall', '{setuid,setgid,setreuid,setresuid,setrlimit,prctl}'] },
      { call: ['kill'], when: [{ arg: 1, is: 'present' }] },
    ],
    bad: 'int main(void) { syscall(59, "/bin/sh", 0, 0); }',
    good: 'int main(void) { call(59); }',
  },
  {
    id: 'c-executable-memory',
    languages,
    severity: 'high',
    confidence: 'high',
    ...NATIVE,
    cwe: 94,
    message: '{} makes data executable',
    match: [
      { read: ['PROT_EXEC', 'PAGE_EXECUTE_READWRITE'] },
      { call: ['{mprotect,mmap,pkey_mprotect}'], when: [{ arg: 2, is: { bits: 4 } }] },
    ],
    bad: 'int main(void) { mmap(0, 4096, PROT_WRITE | PROT_EXEC, MAP_ANON, -1, 0); }',
    good: 'int main(void) { mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0); }',
  },
  {
    id: 'c-assembly',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...NATIVE,
    message: 'instructions of the processor stand in the program',
    match: { call: ['asm'] },
    bad: 'int main(void) { __asm__("syscall"); }',
    good: 'int main(void) { puts("asm"); }',
  },
  {
    id: 'c-library',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...NATIVE,
    message: '{} loads code while the program runs',
    match: [
      { call: ['{dlopen,dlmopen,LoadLibrary,LoadLibraryA}'] },
      {
        call: ['dlsym', 'GetProcAddress'],
        when: [
          {
            arg: 1,
            is: { matches: /^(?:system|popen|fork|exec\w*|WinExec|Create(?:Remote)?(?:Process|Thread)\w*)$/ },
          },
        ],
      },
    ],
    bad: 'int main(void) { dlopen("./x.so", RTLD_NOW); }',
    good: 'int main(void) { fopen("x.txt", "r"); }',
  },
  {
    id: 'c-files',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...FILES,
    message: '{} removes files or changes who may use them',
    match: [
      {
        call: [
          '{unlink,unlinkat,rmdir,chmod,fchmod,chown,symlink,nftw}',
          'std.filesystem.{remove,remove_all}',
        ],
      },
      // The algorithm of that name takes no text.
      { call: ['remove', 'std.remove'], when: [{ arg: 0, is: 'text' }] },
    ],
    bad: 'int main(void) { unlink("data.txt"); }',
    good: '#include <algorithm>\nint main() { v.erase(remove(v.begin(), v.end(), 1), v.end()); }',
  },
  {
    id: 'c-gets',
    languages,
    severity: 'low',
    confidence: 'high',
    ...MEMORY,
    cwe: 242,
    message: '{} reads any length into a place of fixed size',
    match: { call: ['gets'], when: [{ arg: 0, is: 'present' }] },
    bad: 'int main(void) { char line[80]; gets(line); }',
    good: 'int main(void) { char line[80]; fgets(line, 80, stdin); }',
  },
  {
    id: 'c-format',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...MEMORY,
    cwe: 134,
    message: '{} takes its format from what is computed',
    why: 'With %n and %x, whoever gives the text reads and writes memory.',
    remedy: 'Give a constant format: printf("%s", text).',
    match: [
      {
        call: ['printf', 'std.printf'],
        when: [
          { arg: 0, is: 'dynamic', not: FORMATS },
          { arg: 1, is: 'absent' },
        ],
      },
      {
        call: ['fprintf', 'std.fprintf', 'syslog', 'dprintf'],
        when: [
          { arg: 1, is: 'dynamic', not: FORMATS },
          { arg: 2, is: 'absent' },
        ],
      },
    ],
    bad: 'int main(int argc, char **argv) { printf(argv[1]); }',
    good: 'int main(int argc, char **argv) { printf("%s", argv[1]); }',
  },
  {
    id: 'c-unbounded-copy',
    languages,
    severity: 'info',
    confidence: 'medium',
    ...MEMORY,
    message: '{} copies any length into a place of fixed size',
    match: [
      { call: ['strcpy', 'strcat', 'stpcpy'], when: [{ arg: 1, is: 'dynamic' }] },
      { call: ['sprintf', 'vsprintf'], when: [{ arg: 1, is: [{ matches: /%s/ }, 'dynamic'] }] },
    ],
    bad: 'int main(int argc, char **argv) { char name[8]; strcpy(name, argv[1]); }',
    good: 'int main(void) { char name[8]; strcpy(name, "abc"); sprintf(name, "%d", 1); }',
  },
];
