import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createFunctions, FunctionFailure, type FunctionSpec, type Functions } from './function-host.ts';

const file = fileURLToPath(new URL('./fixtures/behaviours.mjs', import.meta.url));
let functions: Functions | undefined;
afterEach(() => functions?.close());

function host(spec: Partial<FunctionSpec> = {}): Functions {
  const one = {
    file,
    memoryMb: 128,
    timeoutSeconds: 20,
    env: { ONLY: 'this' },
    environments: 1,
    concurrency: 10,
    ...spec,
  };
  functions = createFunctions(
    new Map([
      ['f', one],
      ['other', { ...one, timeoutSeconds: 20 }],
    ]),
  );
  return functions;
}

describe('a function', () => {
  it('gets the event and a context, and has an environment of its own', async () => {
    const { event, env, functionName } = await ask(host().invoke('f', { do: 'echo', text: 'ä' }));
    expect(event).toEqual({ do: 'echo', text: 'ä' });
    expect(functionName).toBe('f');
    expect(env).toEqual({ ONLY: 'this' });
  });

  it('is loaded once and then stays', async () => {
    const f = host();
    await f.invoke('f', { do: 'echo' });
    expect(await ask(f.invoke('f', { do: 'echo' }))).toMatchObject({ calls: 2 });
  });

  it('stays when it throws: that is its answer', async () => {
    const f = host();
    await expect(f.invoke('f', { do: 'throw' })).rejects.toThrow('thrown on purpose');
    expect(await ask(f.invoke('f', { do: 'echo' }))).toMatchObject({ calls: 2 });
  });

  it.each(['exit', 'stray', 'hog'])(
    'that ends by %s fails that call, and is there for the next',
    async (how) => {
      const f = host({ memoryMb: 32 });
      await expect(f.invoke('f', { do: how })).rejects.toMatchObject({ kind: 'crash' });
      expect(await ask(f.invoke('f', { do: 'echo' }))).toMatchObject({ calls: 1 });
    },
  );

  it.each(['wait', 'spin'])(
    'that does not answer (%s) is given up, and others answer meanwhile',
    async (how) => {
      // Long enough for a new thread on a busy machine.
      const f = host({ timeoutSeconds: 3 });
      const slow = f.invoke('f', { do: how });
      const failed = expect(slow).rejects.toMatchObject({ kind: 'timeout' });
      expect(await ask(f.invoke('other', { do: 'echo' }))).toMatchObject({ calls: 1 });
      await failed;
      expect(await ask(f.invoke('f', { do: 'echo' }))).toMatchObject({ calls: 1 });
    },
  );

  it('that computes gets one event at a time, and the others wait their turn', async () => {
    const f = host({ environments: 1, concurrency: 1 });
    const answers = await Promise.all([1, 2, 3].map(() => ask(f.invoke('f', { do: 'echo' }))));
    expect(answers.map((answer) => answer.calls)).toEqual([1, 2, 3]);
  });

  it('that nobody gets to in time is a timeout too', async () => {
    const f = host({ environments: 1, concurrency: 1, timeoutSeconds: 1 });
    const calls = ['spin', 'echo'].map((how) => f.invoke('f', { do: how }));
    const results = await Promise.allSettled(calls);
    expect(results[0]).toMatchObject({ status: 'rejected', reason: { kind: 'timeout' } });
    expect(results[1]?.status === 'fulfilled' || results[1]?.reason instanceof FunctionFailure).toBe(true);
  });

  it('that a crowd waits for holds up no other', async () => {
    const f = host({ timeoutSeconds: 5, concurrency: 1_000 });
    await f.invoke('other', { do: 'echo' });
    const crowd = Array.from({ length: 300 }, () => f.invoke('f', { do: 'wait' }).catch(() => 'the crowd'));
    const other = f.invoke('other', { do: 'echo' }).then(() => 'the other');
    expect(await Promise.race([...crowd, other])).toBe('the other');
  });

  it('that cannot be loaded fails every call', async () => {
    const f = host({ file: '/nowhere/missing.mjs' });
    await expect(f.invoke('f', {})).rejects.toBeInstanceOf(FunctionFailure);
    await expect(f.invoke('f', {})).rejects.toBeInstanceOf(FunctionFailure);
  });
});

interface Echo {
  event: unknown;
  calls: number;
  env: Record<string, string>;
  functionName: string;
}
const ask = async (answer: Promise<unknown>) => (await answer) as Echo;
