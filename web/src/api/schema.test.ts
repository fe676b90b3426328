import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

it('the types of the client are those of the OpenAPI document', () => {
  const script = fileURLToPath(new URL('../../scripts/generate.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stderr: stderr.replaceAll(/\(node:.*\n|\(Use .*\n/g, '') }).toEqual({
    status: 0,
    stderr: '',
  });
});
