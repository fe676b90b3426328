import { DENIED, SYSCALLS } from './seccomp-syscalls.ts';

const ALLOW = 'SCMP_ACT_ALLOW';
const ERRNO = 'SCMP_ACT_ERRNO';
const EPERM = 1;
const ENOSYS = 38;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const TCP = 6;
const UDP = 17;
const NETLINK_ROUTE = 0;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const CLONE_NEW_ANYTHING = 0x7e020000;

/** The kernel's PID_MAX_LIMIT is 2^22. */
const PID_BITS = 22;

const equal = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' });
const masked = (index: number, mask: number, value: number) => ({
  index,
  value: mask,
  valueTwo: value,
  op: 'SCMP_CMP_MASKED_EQ',
});
const allow = (names: string[], ...args: object[]) => ({ names, action: ALLOW, args });

/**
 * Docker's default profile without what no program needs. What is not listed fails with EPERM.
 * Only the machine's own system call interface is open: the 32-bit and x32 ones fail altogether, since
 * filters on arguments differ there and their code is little used.
 *
 * gVisor answers EPERM to all that is not allowed (up to its release of 2024 at least), after which glibc would not
 * fall back to clone. So clone3 is allowed there: user namespaces that it makes are of gVisor's kernel, not the host's.
 */
export function seccompProfile(kernel: 'linux' | 'gvisor'): string {
  const profile = {
    defaultAction: ERRNO,
    defaultErrnoRet: EPERM,
    archMap: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_RISCV64', 'SCMP_ARCH_S390X'].map(
      (architecture) => ({ architecture, subArchitectures: [] }),
    ),
    syscalls: [
      allow(SYSCALLS.filter((name) => !(name in DENIED))),
      { ...allow(['arch_prctl']), includes: { arches: ['amd64'] } },
      { ...allow(['riscv_flush_icache']), includes: { arches: ['riscv64'] } },
      // glibc falls back to clone, whose flags can be looked at, when clone3 says that it does not exist.
      kernel === 'linux' ? { names: ['clone3'], action: ERRNO, errnoRet: ENOSYS } : allow(['clone3']),
      { ...allow(['clone'], maskedZero(0)), excludes: { arches: ['s390x'] } },
      { ...allow(['clone'], maskedZero(1)), includes: { arches: ['s390x'] } },
      // Loopback, local sockets and the list of interfaces; no AF_VSOCK (reaches the hypervisor), AF_PACKET,
      // AF_ALG, AF_KEY, Bluetooth, or any other of the kernel's fifty families.
      allow(['socket'], equal(0, AF_UNIX)),
      // Of the protocols no MPTCP, SCTP or DCCP: much code of the kernel's for what loopback needs least.
      ...[AF_INET, AF_INET6].flatMap((family) =>
        [0, TCP, UDP].map((protocol) => allow(['socket'], equal(0, family), equal(2, protocol))),
      ),
      allow(['socket'], equal(0, AF_NETLINK), equal(2, NETLINK_ROUTE)),
      // uname26 and ADDR_NO_RANDOMIZE are for old binaries and debuggers; the rest asks or resets.
      allow(['personality'], equal(0, 0)),
      allow(['personality'], equal(0, 0xffffffff)),
      // Limits and priorities of itself and its children, but never of the harness, process 1: what that has,
      // the runs that follow inherit.
      allow(['prlimit64'], equal(0, 0)),
      ...notHarness(0).map((pid) =>
        allow(['sched_setaffinity', 'sched_setattr', 'sched_setparam', 'sched_setscheduler'], pid),
      ),
      ...notHarness(1).map((pid) => allow(['setpriority'], equal(0, 0), pid)),
    ],
  };
  return JSON.stringify(profile);
}

function maskedZero(index: number) {
  return masked(index, CLONE_NEW_ANYTHING, 0);
}

/**
 * Conditions of which one holds for every process id but 1: no bit is set, or one beside the lowest. The kernel
 * takes the lower 32 bits of the argument, but a filter compares 64: `differs from 1` would let 2^32 + 1 through,
 * which is process 1 as well.
 */
function notHarness(index: number) {
  const bits = Array.from({ length: PID_BITS - 1 }, (_, bit) => 2 ** (bit + 1));
  return [masked(index, 0xffffffff, 0), ...bits.map((bit) => masked(index, bit, bit))];
}
