import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { EngineStats } from '@rce/core/stats.ts';
import { describeEngines } from './support/describe-engines.ts';

async function stats(url: string): Promise<EngineStats> {
  return EngineStats.parse(await (await fetch(`${url}/api/stats`)).json());
}

const RCE = fileURLToPath(new URL('../cli/bin/rce.mjs', import.meta.url));

describeEngines('rce mcp', (target) => {
  const client = new Client({ name: 'test', version: '1' });
  beforeAll(() =>
    client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', RCE, 'mcp', '--url', target.url],
      }),
    ),
  );
  afterAll(() => client.close());

  it('offers its tools, whose schemas are those of the API', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(['analyze_code', 'list_languages', 'run_code']);
    expect(tools.find(({ name }) => name === 'run_code')?.inputSchema).toMatchObject({
      properties: { language: {}, code: {}, tests: {}, limits: {} },
      required: ['language'],
    });
  });

  it('runs a program', async () => {
    const input = { language: 'python', code: 'print(2 * int(input()))' };
    expect(await client.callTool({ name: 'run_code', arguments: { ...input, stdin: '21' } })).toMatchObject({
      structuredContent: { verdict: 'ok', output: '42\n', exitCode: 0 },
    });
    const tests = [
      { stdin: '1', expected: '2' },
      { stdin: '1', expected: '3' },
    ];
    expect(await client.callTool({ name: 'run_code', arguments: { ...input, tests } })).toMatchObject({
      structuredContent: { verdict: 'wrong-answer', tests: [{ verdict: 'ok' }, { verdict: 'wrong-answer' }] },
    });
  });

  it('says what is wrong with a request', async () => {
    const { isError, content } = await client.callTool({
      name: 'run_code',
      arguments: { language: 'cobol', code: 'x' },
    });
    expect([isError, JSON.stringify(content)]).toEqual([
      true,
      expect.stringMatching(/must be one of .*python/),
    ]);
  });

  it('ends a program whose call is cancelled', async () => {
    const abort = new AbortController();
    const code = 'import time\nprint("begun", flush=True)\ntime.sleep(15)';
    const limits = { wallTimeMs: 15_000 };
    const call = client.callTool(
      { name: 'run_code', arguments: { language: 'python', code, limits } },
      { signal: abort.signal },
    );
    call.catch(() => undefined);
    while ((await stats(target.url)).queue.inFlight === 0) await sleep(20);
    abort.abort();
    await expect(call).rejects.toThrow();
    const cancelled = async () =>
      (await stats(target.url)).runners.some(({ samples }) =>
        samples.some(({ verdicts }) => verdicts.cancelled),
      );
    while (!(await cancelled())) await sleep(100);
  });

  it('analyses a program, and lists the languages', async () => {
    const code = 'import os\nos.system(input())';
    expect(
      await client.callTool({ name: 'analyze_code', arguments: { language: 'python', code } }),
    ).toMatchObject({ structuredContent: { complete: true, findings: [{ line: 2 }] } });
    expect(await client.callTool({ name: 'list_languages' })).toMatchObject({
      structuredContent: { languages: expect.arrayContaining([expect.objectContaining({ id: 'python' })]) },
    });
  });
});
