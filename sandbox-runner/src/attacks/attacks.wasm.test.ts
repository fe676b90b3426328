import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_RUN_LIMITS } from '@rce/core/limits.ts';
import type { Sandbox } from '@rce/core/ports/sandbox.ts';
import { createWasmSandbox } from '../drivers/wasm/wasm-sandbox.ts';
import { attacksFor } from './launch.ts';
import { describeAttacks } from './suite.ts';

describe('attacks on the wasm driver', () => {
  const warnings: string[] = [];
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = createWasmSandbox({
      slots: 1,
      maxMemoryBytes: MAX_RUN_LIMITS.memoryBytes,
      warm: true,
      onWarning: (message) => warnings.push(message),
    });
    await sandbox.start(() => {});
  }, 60_000);

  afterAll(() => sandbox.close(), 30_000);

  for (const [group, attacks] of attacksFor('wasm')) {
    describe(group, () => describeAttacks(attacks, () => sandbox));
  }

  it('leaves no process behind', async () => {
    await sandbox.close();
    const children = readdirSync('/proc/self/task').flatMap((task) => {
      try {
        return readdirSync(`/proc/self/task/${task}/children`);
      } catch {
        return [];
      }
    });
    expect(children).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
