import type { ContainerCreateOptions, HostConfig } from 'dockerode';

/** The suite listens here on the host; another port than that of the other attacks, which may run beside it. */
export const LAYERS_PORT = 4392;

/** A layer of the docker driver's defence, how to take it away, and a program that succeeds only then. */
export interface Layer {
  /** As docs/security.md calls it. */
  readonly name: string;
  /** What the attack gets when the layer is missing. */
  readonly stops: string;
  readonly without: (config: ContainerCreateOptions) => ContainerCreateOptions;
  /** Python that prints ESCAPED when it succeeds. */
  readonly attack: string;
  /**
   * Where other layers stand before this one, the attack is granted what they would deny it, with and
   * without the layer: for example, that the program is root already.
   */
  readonly granted?: (config: ContainerCreateOptions) => ContainerCreateOptions;
}

const host =
  (change: (config: HostConfig) => Partial<HostConfig> & { CgroupnsMode?: string }) =>
  (config: ContainerCreateOptions): ContainerCreateOptions => ({
    ...config,
    HostConfig: { ...config.HostConfig, ...change(config.HostConfig ?? {}) },
  });

/** Without an option of the writable space, or with the opposite in its place where that is not the default. */
const tmpfsWithout = (option: RegExp, ...instead: readonly string[]) =>
  host(({ Tmpfs }) => ({
    Tmpfs: Object.fromEntries(
      Object.entries((Tmpfs ?? {}) as Record<string, string>).map(([path, options]) => [
        path,
        [...options.split(',').filter((part) => !option.test(part)), ...instead].join(','),
      ]),
    ),
  }));

const withoutSecurityOpt = (option: RegExp, instead: readonly string[] = []) =>
  host(({ SecurityOpt }) => ({
    SecurityOpt: [...(SecurityOpt ?? []).filter((text: string) => !option.test(text)), ...instead],
  }));

const asRoot = (config: ContainerCreateOptions): ContainerCreateOptions => ({ ...config, User: '0:0' });

const tryTo = (action: string, what = 'ESCAPED') => `
import ctypes, mmap, os, resource, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def attempt():
${action
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
try:
    attempt()
    print("${what}", flush=True)
except (OSError, AssertionError, ValueError) as error:
    print("refused", error, flush=True)
os._exit(0)
`;

export const LAYERS: readonly Layer[] = [
  {
    name: 'no network',
    stops: 'connections to the host, its network and the cloud’s metadata service',
    without: (config) => ({
      ...host(() => ({ NetworkMode: 'host' }))(config),
      NetworkDisabled: false,
      // Docker refuses a name of its own for a container in the host's network on some versions.
      Hostname: '',
    }),
    attack: tryTo(`socket.create_connection(("127.0.0.1", ${LAYERS_PORT}), 2)`),
  },
  {
    name: 'memory limit',
    stops: 'taking the memory of the host',
    without: host(() => ({ Memory: 0, MemorySwap: 0 })),
    attack: tryTo('assert len(bytearray(os.urandom(1 << 20)) * 300) > 0'),
  },
  {
    name: 'process limit',
    stops: 'fork bombs',
    without: host(() => ({ PidsLimit: 0 })),
    attack: tryTo(`
for _ in range(80):
    if os.fork() == 0:
        import time
        time.sleep(30)
        os._exit(0)`),
  },
  {
    name: 'user that is not root',
    stops: 'reading and changing what belongs to root in the image',
    without: asRoot,
    attack: tryTo('assert open("/etc/shadow").read()'),
  },
  {
    name: 'no capabilities',
    stops: 'what the kernel lets root do: owning files of others, device files, raw sockets',
    granted: asRoot,
    without: host(() => ({ CapDrop: [] })),
    attack: tryTo(`
open("/tmp/file", "w").close()
os.chown("/tmp/file", 4242, 4242)`),
  },
  {
    name: 'no new privileges',
    stops: 'becoming root by a set-user-id program of the image',
    // runc could not even start the container otherwise: it would meet our filter before it changes its user.
    granted: withoutSecurityOpt(/^seccomp=/),
    without: withoutSecurityOpt(/^no-new-privileges/),
    attack: tryTo(`
child = subprocess.Popen(["su"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
import time
for _ in range(100):
    if "\\nUid:\\t%d\\t0\\t" % os.getuid() in open("/proc/%d/status" % child.pid).read():
        return
    time.sleep(0.02)
raise OSError("still who it was")`),
  },
  {
    name: 'read-only root',
    stops: 'filling the disk of the host, and leaving files outside of the measured space',
    without: host(() => ({ ReadonlyRootfs: false })),
    attack: tryTo('open("/var/tmp/planted", "w").write("x")'),
  },
  {
    name: 'seccomp profile',
    stops: 'the parts of the kernel from which most escapes have come: user namespaces, keys, bpf',
    without: withoutSecurityOpt(/^seccomp=/, ['seccomp=unconfined']),
    attack: tryTo('assert libc.unshare(0x10000000) == 0'),
  },
  {
    name: 'seccomp profile stricter than Docker’s',
    stops: 'tracing, System V memory that outlives its maker, sockets to the hypervisor, io_uring',
    without: withoutSecurityOpt(/^seccomp=/),
    attack: tryTo('assert libc.syscall(29, 0, 4096, 0o1600) >= 0 or libc.syscall(101, 0, 0, 0, 0) == 0'),
  },
  {
    name: 'size of the writable space',
    stops: 'filling memory with files',
    without: tmpfsWithout(/^size=/),
    attack: tryTo('assert open("/tmp/file", "wb").write(b"x" * (60 << 20))'),
  },
  {
    name: 'inodes of the writable space',
    stops: 'filling the kernel’s memory with empty files',
    without: tmpfsWithout(/^nr_inodes=/),
    attack: tryTo(`
for number in range(10_000):
    open("/tmp/%d" % number, "w").close()`),
  },
  {
    name: 'nothing executable in the writable space',
    stops: 'starting a program that the job brought along',
    without: tmpfsWithout(/^noexec$/, 'exec'),
    attack: tryTo(`
open("/tmp/true", "wb").write(open("/bin/true", "rb").read())
os.chmod("/tmp/true", 0o755)
assert subprocess.run(["/tmp/true"]).returncode == 0`),
  },
  {
    name: 'limit on open files',
    stops: 'filling the host’s table of open files',
    without: host(({ Ulimits }) => ({
      Ulimits: (Ulimits ?? []).map((limit) =>
        limit.Name === 'nofile' ? { Name: 'nofile', Soft: 6_000, Hard: 6_000 } : limit,
      ),
    })),
    attack: tryTo(`
for _ in range(5_000):
    os.open("/dev/null", os.O_RDONLY)`),
  },
  {
    name: 'masked paths',
    stops:
      'reading and writing the harness’s memory, and reading the host’s hardware, modules and kernel settings',
    without: host(() => ({ MaskedPaths: [] })),
    attack: tryTo('assert os.listdir("/sys/class")'),
  },
  {
    name: 'read-only paths',
    stops: 'changing the kernel’s settings of the host, for one that became root',
    granted: asRoot,
    without: host(() => ({ ReadonlyPaths: [] })),
    // Opening is proof enough: nothing is written.
    attack: tryTo('os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))'),
  },
  {
    name: 'control group namespace',
    stops: 'learning from control groups where the container runs on the host',
    without: host(() => ({ CgroupnsMode: 'host' })),
    attack: tryTo('assert "docker" in open("/proc/self/cgroup").read()'),
  },
];
