import type { Attack } from '../attack.ts';

/** The suite listens here on the host while the attacks run, and fails when anything reaches it. */
export const CANARY_PORT = 4391;

export const NETWORK: readonly Attack[] = [
  {
    name: 'sockets of every family',
    language: 'python',
    code: `
import socket
# UNIX, INET and INET6 have a use inside; NETLINK lists the interfaces of a sandbox that has only loopback.
allowed = {1, 2, 10, 16}
for family in range(0, 64):
    for kind in (1, 2, 3, 4, 5, 6, 10):
        for protocol in (0, 1, 2, 6, 17, 33, 132, 136, 255, 262, 768):
            try:
                socket.socket(family, kind, protocol).close()
            except OSError:
                continue
            if family not in allowed or (family in (2, 10) and (kind == 3 or protocol not in (0, 6, 17))):
                print("ESCAPED", family, kind, protocol)
print("done")
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'addresses of the host, the cloud, the local network and the internet',
    language: 'python',
    code: `
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for host in ("127.0.0.1", "169.254.169.254", "169.254.170.2", "172.17.0.1", "10.0.0.1", "192.168.0.1", "1.1.1.1", "::1", "2606:4700:4700::1111", "fd00:ec2::254"):
        for port in (${CANARY_PORT}, 80, 53, 2375):
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as s:
                s.settimeout(0.05)
                try:
                    s.connect((host, port))
                    s.send(b"GET / HTTP/1.0\\r\\n\\r\\n")
                    if s.recv(1) or kind == socket.SOCK_STREAM:
                        print("ESCAPED", host, port)
                except OSError:
                    pass
try:
    print("ESCAPED", socket.getaddrinfo("example.com", 80))
except OSError:
    print("done")
`,
    limits: { wallTimeMs: 15_000 },
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'a connection from the shell',
    language: 'bash',
    code: `for host in 127.0.0.1 localhost 169.254.169.254; do
  (exec 3<>/dev/tcp/$host/${CANARY_PORT} && echo ESCAPED) 2>/dev/null; done; echo done`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'a request and a broadcast from JavaScript',
    language: 'javascript',
    code: `
const dgram = require('node:dgram');
const urls = ['http://127.0.0.1:${CANARY_PORT}/', 'http://169.254.169.254/latest/meta-data/', 'http://example.com/'];
Promise.all(urls.map((url) => fetch(url).then(() => console.log('ESCAPED', url), () => {})))
  .then(() => { const s = dgram.createSocket('udp4'); s.send('x', ${CANARY_PORT}, '10.0.0.255', (error) => { console.log(error ? 'done' : 'ESCAPED'); s.close(); }); });
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
  {
    name: 'interfaces other than loopback',
    language: 'python',
    code: `
import socket
# Kernels with tunnels built in show idle ones in every new network: none leads anywhere.
idle = {"tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "sit0", "ip6tnl0", "ip6_vti0", "ip6gre0"}
print({name for _, name in socket.if_nameindex()} - idle == {"lo"} and "done" or "ESCAPED")
print(len(open("/proc/net/route").readlines()), len(open("/proc/net/unix").readlines()))
`,
    expect: { verdict: 'ok', stdout: 'done\n1 1\n' },
  },
  {
    name: 'abstract sockets of the host',
    language: 'python',
    code: `
import socket
for name in ("\\0canary-of-the-host", "\\0/containerd-shim", "\\0dbus"):
    try:
        socket.socket(socket.AF_UNIX).connect(name)
        print("ESCAPED", name)
    except OSError:
        pass
print("done")
`,
    expect: { verdict: 'ok', stdout: 'done\n' },
  },
];
