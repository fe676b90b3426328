import type { Rule } from '../rule.ts';
import { CHILD, FILES, NATIVE, NET, SHELL } from './kinds.ts';
import { SHELL_NAME } from './process.ts';

const languages = ['rust'] as const;
const COMMANDS = ['{std,tokio,async_std}.process.Command.new'];

/** Rules for Rust. */
export const RUST: readonly Rule[] = [
  {
    id: 'rust-shell',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...SHELL,
    message: '{} starts a shell, or a program whose name is computed',
    match: { call: COMMANDS, when: [{ arg: 0, is: [{ matches: SHELL_NAME }, 'dynamic'] }] },
    bad: 'use std::process::Command;\nfn main() { Command::new("sh").arg("-c").arg(text()).status(); }',
    good: 'use std::process::Command;\nfn main() { Command::new("ls").status(); }',
  },
  {
    id: 'rust-command',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} starts another program',
    match: { call: COMMANDS },
    bad: 'fn main() { std::process::Command::new("ls").status(); }',
    good: 'struct Command;\nfn main() { Command::new("ls"); }',
  },
  {
    id: 'rust-network',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NET,
    message: '{} opens the network',
    match: {
      call: [
        '{std,tokio,async_std}.net.{TcpStream,TcpListener,UdpSocket}.{connect,connect_timeout,bind}',
        'reqwest.*',
        'hyper.Client.*',
        'ureq.{get,post}',
      ],
    },
    bad: 'use std::net::{TcpStream, Ipv4Addr};\nfn main() { TcpStream::connect("10.0.0.1:80"); }',
    good: 'use std::net::Ipv4Addr;\nfn main() { Ipv4Addr::new(10, 0, 0, 1); }',
  },
  {
    id: 'rust-files',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...FILES,
    message: '{} removes files or changes who may use them',
    match: {
      call: [
        '{std,tokio}.fs.{remove_file,remove_dir,remove_dir_all,set_permissions,hard_link,soft_link}',
        'std.os.unix.fs.{symlink,chown,chroot}',
      ],
    },
    bad: 'use std::fs;\nfn main() { fs::remove_dir_all("data"); }',
    good: 'use std::fs;\nfn main() { fs::read_to_string("data"); }',
  },
  {
    id: 'rust-unsafe',
    languages,
    severity: 'info',
    confidence: 'high',
    ...NATIVE,
    message: 'a block that the compiler does not check',
    match: { call: ['unsafe'] },
    bad: 'fn main() { unsafe { read(pointer) } }',
    good: 'fn main() { read(value) }',
  },
  {
    id: 'rust-foreign-code',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...NATIVE,
    message: 'functions that are not written in Rust are called',
    match: { call: ['extern', 'libc.*', 'libloading.Library.new', 'nix.*'] },
    bad: 'extern "C" { fn system(command: *const u8) -> i32; }\nfn main() {}',
    good: 'fn system(command: &str) -> i32 { 1 }\nfn main() { system("x"); }',
  },
  {
    id: 'rust-assembly',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NATIVE,
    message: 'instructions of the processor stand in the program',
    match: { call: ['{asm!,global_asm!}', '*.{asm!,global_asm!}'] },
    bad: 'fn main() { unsafe { std::arch::asm!("syscall"); } }',
    good: 'fn main() { println!("asm"); }',
  },
  {
    id: 'rust-transmute',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...NATIVE,
    message: '{} reads bytes as another type',
    match: { call: ['{std,core}.mem.{transmute,transmute_copy}'] },
    bad: 'fn main() { unsafe { std::mem::transmute::<u32, f32>(1); } }',
    good: 'fn main() { std::mem::swap(&mut a, &mut b); }',
  },
];
