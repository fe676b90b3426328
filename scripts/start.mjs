/** `npm start`: installs and builds what is stale, then runs the engine. Plain JavaScript for Node 20. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { COMPILE_CACHE, checkNode, installIfStale, NODE, ROOT } from './install.mjs';

checkNode();
await installIfStale();
await buildIfStale();

const engine = spawn(NODE, [join(ROOT, 'localstack', 'src', 'embedded', 'main.ts')], {
  cwd: ROOT,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: {
    ...process.env,
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--disable-warning=ExperimentalWarning']
      .filter(Boolean)
      .join(' '),
  },
});

let ending = false;
function end() {
  if (ending) return;
  ending = true;
  // The engine ends when the channel closes, as it does after a kill -9 of this process.
  if (engine.connected) engine.disconnect();
}

// On a terminal Ctrl-C reaches the engine as well; it ends once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
// A shell that npm put between dies of a signal without passing it on. The new parent tells.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 500).unref();
}
engine.on('error', (error) => {
  console.error(`The engine could not be started: ${error.message}`);
  process.exit(1);
});
engine.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
