import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { packWorkspace, unpackWorkspace } from './fragment.ts';

const workspace = {
  language: 'python',
  files: [{ path: 'main.py', content: 'print("äöü 👩‍🚀")\n' }],
  active: 0,
  stdin: 'in',
  args: '--fast',
  tests: [{ name: '', stdin: '1', expected: null, checker: 'trimmed' as const }],
};

const link = (json: unknown) => `#code=${deflateRawSync(JSON.stringify(json)).toString('base64url')}`;

describe('code in a link', () => {
  it('comes back as it was', async () => {
    expect(await unpackWorkspace(await packWorkspace(workspace))).toEqual(workspace);
  });

  it('is compact: a usual program of 100 lines fits into 1,000 characters', async () => {
    const content = Array.from({ length: 100 }, (_, line) => `print("line", ${line})`).join('\n');
    const packed = await packWorkspace({ ...workspace, files: [{ path: 'main.py', content }] });
    expect(packed.length).toBeLessThan(1_000);
    expect(packed).toMatch(/^#code=[\w-]+$/);
  });

  it.each([
    ['nothing', '#code='],
    ['no base64', '#code=!!!'],
    ['no deflate', '#code=AAAA'],
    ['no JSON', `#code=${deflateRawSync('{').toString('base64url')}`],
    ['no files', link({ ...workspace, files: [] })],
    ['a file without content', link({ ...workspace, files: [{ path: 'a' }] })],
    ['too many files', link({ ...workspace, files: Array(33).fill(workspace.files[0]) })],
    ['another type', link(7)],
  ])('is refused with %s', async (_, fragment) => {
    expect(await unpackWorkspace(fragment)).toBeNull();
  });

  it('is refused when a few bytes unpack to very many', async () => {
    const files = [{ path: 'main.py', content: 'x'.repeat(5_000_000) }];
    const bomb = link({ ...workspace, files });
    expect(bomb.length).toBeLessThan(10_000);
    expect(await unpackWorkspace(bomb)).toBeNull();
  });
});
