// Keeps a Node interpreter waiting in its sandbox, and then lets it run one program.
//
// Node is started as `node --require THIS /work/main.js` before there is a /work/main.js. This file, loaded
// before the program, waits. When it returns, Node itself resolves and runs the program: stack traces,
// require.main, ES modules, exit codes and the rest are Node's own doing.
//
// Process 1 of the container is a shell that waits for Node to end. This file reads from stdin eight
// hexadecimal digits and that many bytes of fields (netstrings); see the runner's harness.ts.
'use strict';
// A worker thread loads this too: `--require` is for all threads, and cannot be taken back.
if (require('node:worker_threads').isMainThread) {
  const fs = require('node:fs');
  const ready = '\u0001rce-ready\n';

  const read = (size) => {
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size; ) {
      const count = fs.readSync(0, bytes, at, size - at, null);
      // The runner has gone, and nobody waits for a result.
      if (count === 0) process.reallyExit(0);
      at += count;
    }
    return bytes;
  };

  const parse = (bytes) => {
    const fields = [];
    for (let at = 0; at < bytes.length; ) {
      const colon = bytes.indexOf(0x3a, at);
      const end = colon + 1 + Number(bytes.toString('latin1', at, colon));
      fields.push(bytes.subarray(colon + 1, end));
      at = end + 1;
    }
    return fields;
  };

  // What Node would do for the first time when the program is there already.
  console.log;
  for (const stream of [process.stdout, process.stderr]) {
    // Opening it made the pipe non-blocking. Node does that when a program first uses the stream; one that never
    // does, and writes by fs.writeSync, would be told EAGAIN when the pipe is full.
    stream._handle?.setBlocking?.(true);
  }
  fs.writeSync(1, ready);
  const fields = parse(read(Number.parseInt(read(8).toString('latin1'), 16)));
  const next = () => fields.shift();
  const take = () => Array.from({ length: Number(next()) }, next);

  next(); // The entry: a program with another than main.js is not given to this harness.
  const args = take().map(String);
  const env = take().map(String);
  const files = take();
  const stdin = next();

  for (let at = 0; at < files.length; at += 2) {
    const path = String(files[at]);
    const slash = path.lastIndexOf('/');
    if (slash > 0) fs.mkdirSync(`/work/${path.slice(0, slash)}`, { recursive: true });
    fs.writeFileSync(`/work/${path}`, files[at + 1], { flag: 'wx' });
  }
  for (let at = 0; at < env.length; at += 2) process.env[env[at]] = env[at + 1];
  process.argv.push(...args);

  // The program's input takes the place of ours: the lowest free descriptor is 0.
  let input = '/dev/null';
  if (stdin.length > 0) {
    input = '/tmp/.stdin';
    fs.writeFileSync(input, stdin);
  }
  fs.closeSync(0);
  fs.openSync(input, 'r');
  if (stdin.length > 0) fs.unlinkSync(input);
  process.chdir('/work');
}
delete require.cache[__filename];
process._preload_modules.splice(0);
process.execArgv.splice(0, 2); // --require and its value
