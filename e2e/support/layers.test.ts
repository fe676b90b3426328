import { afterEach, describe, expect, it } from '@jest/globals';
import { isRequired, missingDocker, missingProgram } from './layers.ts';

const before = process.env.RCE_REQUIRE;
afterEach(() => {
  if (before === undefined) delete process.env.RCE_REQUIRE;
  else process.env.RCE_REQUIRE = before;
});

describe('layers', () => {
  it.each([
    ['docker', true],
    ['chromium, docker', true],
    ['all', true],
    ['chromium', false],
    ['', false],
  ])('RCE_REQUIRE=%s requires docker: %s', (value, required) => {
    process.env.RCE_REQUIRE = value;
    expect(isRequired('docker')).toBe(required);
  });

  it('says where it looked for a Docker socket', async () => {
    expect(await missingDocker({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })).toBe(
      'there is no Docker socket at /nowhere/docker.sock',
    );
  });

  it('finds a program that is there, and names one that is not', () => {
    expect(missingProgram('node')).toBeUndefined();
    expect(missingProgram('surely-not-a-program')).toBe('surely-not-a-program not found on PATH');
  });
});
