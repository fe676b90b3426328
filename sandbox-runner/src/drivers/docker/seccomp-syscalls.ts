/**
 * System calls that Docker's default profile (moby 28) allows without any capability, less those that
 * seccomp.ts allows for some arguments only. Names that an architecture or a kernel lacks are skipped by Docker.
 */
export const SYSCALLS: readonly string[] = `
accept accept4 access adjtimex alarm bind brk capget capset chdir chmod chown clock_adjtime clock_getres
clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3 epoll_create
epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fanotify_mark fchdir fchmod fchmodat
fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstatfs
fsync ftruncate futex futex_requeue futex_wait futex_waitv futex_wake futimesat getcpu getcwd getdents
getdents64 getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority
getrandom getresgid getresuid getrlimit get_robust_list getrusage getsid getsockname getsockopt
get_thread_area gettid gettimeofday getuid getxattr inotify_add_watch inotify_init inotify_init1
inotify_rm_watch io_cancel ioctl io_destroy io_getevents io_pgetevents ioprio_get ioprio_set io_setup
io_submit io_uring_enter io_uring_register io_uring_setup ipc kill landlock_add_rule
landlock_create_ruleset landlock_restrict_self lchown lgetxattr link linkat listen listxattr llistxattr
lremovexattr lseek lsetxattr lstat madvise map_shadow_stack membarrier memfd_create memfd_secret mincore
mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap modify_ldt mprotect mq_getsetattr mq_notify mq_open
mq_timedreceive mq_timedsend mq_unlink mremap msgctl msgget msgrcv msgsnd msync munlock munlockall munmap
name_to_handle_at nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2
pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 process_mrelease
process_vm_readv process_vm_writev pselect6 ptrace pwrite64 pwritev pwritev2 read readahead readlink
readlinkat readv recvfrom recvmmsg recvmsg remap_file_pages removexattr rename renameat renameat2
restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_getaffinity sched_getattr sched_getparam
sched_get_priority_max sched_get_priority_min sched_getscheduler sched_rr_get_interval sched_yield seccomp
select semctl semget semop semtimedop sendfile sendmmsg sendmsg sendto setfsgid setfsuid setgid setgroups
setitimer setpgid setregid setresgid setresuid setreuid setrlimit set_robust_list setsid setsockopt
set_thread_area set_tid_address setuid setxattr shmat shmctl shmdt shmget shutdown sigaltstack signalfd
signalfd4 socketpair splice stat statfs statx symlink symlinkat sync sync_file_range syncfs sysinfo tee
tgkill time timer_create timer_delete timerfd_create timerfd_gettime timerfd_settime timer_getoverrun
timer_gettime timer_settime times tkill truncate umask uname unlink unlinkat utime utimensat utimes vfork
vmsplice wait4 waitid waitpid write writev
`
  .trim()
  .split(/\s+/);

const IO_URING = 'a second door to most of the kernel, past this filter, and the source of many escapes';
const SYSV_IPC = 'would outlive the program that made it; nothing current needs it';
const POSIX_QUEUES = SYSV_IPC;
const TRACING = 'reads and writes other processes: the harness among them';
const AIO = 'old asynchronous I/O, of no use on tmpfs; a known source of kernel bugs';
const CLOCKS = 'changes the clock of the host, were the capability there';
const INTEL = 'for 16-bit programs; many kernel bugs';

/** Allowed by Docker's default profile, denied here, and why. */
export const DENIED: Readonly<Record<string, string>> = {
  io_uring_enter: IO_URING,
  io_uring_register: IO_URING,
  io_uring_setup: IO_URING,
  ipc: SYSV_IPC,
  msgctl: SYSV_IPC,
  msgget: SYSV_IPC,
  msgrcv: SYSV_IPC,
  msgsnd: SYSV_IPC,
  semctl: SYSV_IPC,
  semget: SYSV_IPC,
  semop: SYSV_IPC,
  semtimedop: SYSV_IPC,
  shmat: SYSV_IPC,
  shmctl: SYSV_IPC,
  shmdt: SYSV_IPC,
  shmget: SYSV_IPC,
  mq_getsetattr: POSIX_QUEUES,
  mq_notify: POSIX_QUEUES,
  mq_open: POSIX_QUEUES,
  mq_timedreceive: POSIX_QUEUES,
  mq_timedsend: POSIX_QUEUES,
  mq_unlink: POSIX_QUEUES,
  process_vm_readv: TRACING,
  process_vm_writev: TRACING,
  ptrace: TRACING,
  process_mrelease: TRACING,
  io_cancel: AIO,
  io_destroy: AIO,
  io_getevents: AIO,
  io_pgetevents: AIO,
  io_setup: AIO,
  io_submit: AIO,
  adjtimex: CLOCKS,
  clock_adjtime: CLOCKS,
  modify_ldt: INTEL,
  fanotify_mark: 'watches file systems; its other half, fanotify_init, is not allowed anyway',
  ioprio_set: 'would slow the runs that follow, by way of the harness',
  name_to_handle_at: 'file handles see past mounts',
  memfd_secret: 'memory that the kernel cannot swap or inspect, of no use here',
  mlock: 'pins memory of the host',
  mlock2: 'pins memory of the host',
  mlockall: 'pins memory of the host',
  remap_file_pages: 'superseded by mmap, kept alive by emulation',
  seccomp: 'a program need not filter itself; listeners by file descriptor hold processes up',
  sync: 'makes the host write all of its disks',
  syncfs: 'makes the host write a disk',
  setgroups: 'changes who it is',
  setfsgid: 'changes who it is',
  setfsuid: 'changes who it is',
  epoll_ctl_old: 'never worked',
  epoll_wait_old: 'never worked',
};
