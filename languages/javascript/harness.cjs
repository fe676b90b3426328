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

  /** Lays out a program in a folder, as its message says. Returns its input. */
  const layOut = (message, folder) => {
    const fields = parse(message);
    const next = () => fields.shift();
    const take = () => Array.from({ length: Number(next()) }, next);

    next(); // The entry: a program with another than main.js is not given to this harness.
    process.argv.push(...take().map(String));
    const env = take().map(String);
    const files = take();

    for (let at = 0; at < files.length; at += 2) {
      const path = String(files[at]);
      const slash = path.lastIndexOf('/');
      if (slash > 0) fs.mkdirSync(`${folder}/${path.slice(0, slash)}`, { recursive: true });
      fs.writeFileSync(`${folder}/${path}`, files[at + 1], { flag: 'wx' });
    }
    for (let at = 0; at < env.length; at += 2) process.env[env[at]] = env[at + 1];
    return next();
  };

  /**
   * Runs a program of our own: what Node does for the first time takes it several times as long (its loader, the
   * parser for TypeScript, console.log). Of this nothing is left that a program could see.
   */
  const rehearse = () => {
    const { stdout, stderr, emitWarning } = process;
    const warnings = [];
    const folder = __dirname;
    const name = process.argv[1].split('/').pop();
    const program = 'console.log(1)';
    // Nothing is to be written, and nobody to be warned yet.
    process.emitWarning = (...warning) => warnings.push(warning);
    stdout.write = () => true;
    layOut(Buffer.from(`0:,1:0,1:0,1:2,${name.length}:${name},${program.length}:${program},0:,`), folder);
    require(`${folder}/${name}`);
    fs.unlinkSync(`${folder}/${name}`);
    delete stdout.write;
    process.emitWarning = emitWarning;
    for (const stream of [stdout, stderr]) {
      // Opening it made the pipe non-blocking. Node does that when a program first uses the stream; one that never
      // does, and writes by fs.writeSync, would be told EAGAIN when the pipe is full.
      stream._handle?.setBlocking?.(true);
    }
    stdout.write('');
    process._tickCallback();
    delete require.cache[`${folder}/${name}`];
    return warnings;
  };

  /** What gives Node's own modules their parts in C++: a variable in the scope of the function `process.binding`. */
  const internalBinding = () => {
    const session = new (require('node:inspector').Session)();
    session.connect();
    const ask = (method, parameters) => {
      let answer;
      session.post(method, parameters, (_, result) => {
        answer = result;
      });
      return answer;
    };
    const inside = (objectId) => ask('Runtime.getProperties', { objectId, ownProperties: true });
    try {
      const { objectId } = ask('Runtime.evaluate', { expression: 'process.binding' }).result;
      const scopes = inside(objectId).internalProperties.find(({ name }) => name === '[[Scopes]]');
      // One after the other: looking into the last, the global one, would load most of Node.
      for (const scope of inside(scopes.value.objectId).result) {
        const variable = inside(scope.value.objectId).result.find(({ name }) => name === 'internalBinding');
        if (variable === undefined) continue;
        const functionDeclaration = 'function () { process.found = this; }';
        ask('Runtime.callFunctionOn', { objectId: variable.value.objectId, functionDeclaration });
        return process.found;
      }
    } finally {
      delete process.found;
      session.disconnect();
    }
  };

  /**
   * Has process 1 know that the program has ended with code 0 as soon as Node knows it. Then it still takes its heap
   * apart and the kernel unmaps it: half of the time of a short program, in which nothing comes any more. Node calls
   * this hook, which is there for who builds snapshots, between 'beforeExit' and 'exit' of a program that ends by
   * itself. Where a listener may still change the end, it is left to Node.
   */
  const tellTheEnd = () => {
    const { _kill: kill, emit, ppid } = process;
    const { SIGPWR } = require('node:os').constants.signals;
    internalBinding()('mksnapshot').setSerializeCallback(() => {
      const { exit, beforeExit } = process._events ?? {};
      if (!exit && !beforeExit && process.emit === emit && !process.exitCode) kill(ppid, SIGPWR);
    });
  };

  const warnings = rehearse();
  try {
    tellTheEnd();
  } catch {
    // A Node without an inspector, or with other insides: process 1 waits for its end.
  }
  fs.writeSync(1, ready);
  const stdin = layOut(read(Number.parseInt(read(8).toString('latin1'), 16)), '/work');

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
  // Node warns only once of what it calls experimental, such as types in releases before 24.
  for (const warning of warnings) process.emitWarning(...warning);
}
const { _pathCache } = require('node:module');
for (const path of Object.keys(_pathCache)) delete _pathCache[path];
delete require.cache[__filename];
process._preload_modules.splice(0);
process.execArgv.splice(0, 3); // The size of the pool, --require and its value.
