import { resolveLimits } from '@rce/core/limits.ts';
import Docker from 'dockerode';
import { createDockerSandbox } from './docker-sandbox.ts';

// A runner for tests to kill: it starts a sandbox, runs a program without end and says so.
const sandbox = createDockerSandbox({
  docker: new Docker(),
  images: {},
  pull: [],
  slots: 1,
  owner: process.argv[2] ?? 'test',
});
await sandbox.start(() => {});
const session = await sandbox.open({
  jobId: 'endless',
  language: 'python',
  files: [{ path: 'main.py', content: 'print("up", flush=True)\nimport time\ntime.sleep(600)' }],
  entry: 'main.py',
  limits: resolveLimits({ wallTimeMs: 15_000 }),
  runs: 1,
});
void session.run(
  { stdin: new Uint8Array(), args: [], env: {} },
  { onOutput: () => process.stdout.write('up\n') },
);
