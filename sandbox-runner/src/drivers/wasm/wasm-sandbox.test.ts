import { MAX_RUN_LIMITS } from '@rce/core/limits.ts';
import { describeSandbox } from '../../sandbox.contract.ts';
import { createWasmSandbox } from './wasm-sandbox.ts';

describeSandbox('WasmSandbox', {
  create: () => createWasmSandbox({ slots: 2, maxMemoryBytes: MAX_RUN_LIMITS.memoryBytes, warm: true }),
});
