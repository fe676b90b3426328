import { availableParallelism } from 'node:os';
import { MAX_RUN_LIMITS } from '@rce/core/limits.ts';
import { createWasmSandbox, type WasmSandbox } from '@rce/sandbox-runner/drivers/wasm/wasm-sandbox.ts';
import { measureTests, runProgram } from './programs.ts';
import { benchmark, type Row, report } from './report.ts';

/** What the WebAssembly sandbox costs: from the claim of a job to its result, with and without a warm interpreter. */

const PROGRAMS = [
  { name: 'python', language: 'python', code: 'print(1)' },
  {
    name: 'python with imports',
    language: 'python',
    code: 'import json, re, datetime, dataclasses\nprint(1)',
  },
  { name: 'javascript', language: 'javascript', code: 'console.log(1)' },
  { name: 'typescript', language: 'typescript', code: 'const one: number = 1;\nconsole.log(one)' },
] as const;
const TESTS = 100;
/** Time in which the interpreter that was used is replaced. */
const REFILL_MS = 250;

function newSandbox(warm: boolean): WasmSandbox {
  return createWasmSandbox({
    slots: availableParallelism(),
    maxMemoryBytes: MAX_RUN_LIMITS.memoryBytes,
    warm,
  });
}

const rows: Row[] = [];

const starts = await benchmark('start of the wasm engine', 5, async () => {
  const sandbox = newSandbox(false);
  await sandbox.start(() => {});
  await sandbox.close();
});
rows.push(starts);

const warm = newSandbox(true);
await warm.start(console.error);
for (const { name, language, code } of PROGRAMS) {
  rows.push(await benchmark(`warm wasm, ${name}`, 40, () => runProgram(warm, language, code), REFILL_MS));
}
rows.push(await measureTests('tests of one submission, wasm, python', warm, TESTS));
await warm.close();

const cold = newSandbox(false);
await cold.start(() => {});
for (const { name, language, code } of PROGRAMS) {
  rows.push(await benchmark(`cold wasm, ${name}`, 15, () => runProgram(cold, language, code)));
}
await cold.close();
report(rows);
