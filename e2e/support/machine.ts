import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { request } from 'node:http';

/** What this machine has of the things that some tests and benchmarks need. */

/** Why no Docker engine can be used, or undefined. Asks the engine that DOCKER_HOST names. */
export function missingDocker(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const host = env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  const socketPath = host.replace(/^unix:\/\//, '');
  const url = /^tcp:/.test(host) ? new URL(host) : undefined;
  if (!url && !existsSync(socketPath)) return Promise.resolve(`there is no Docker socket at ${socketPath}`);
  return new Promise((resolve) => {
    const asked = request(
      { ...(url ? { host: url.hostname, port: url.port } : { socketPath }), path: '/_ping', timeout: 3_000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? undefined : `${host} answered ${response.statusCode}`);
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('it did not answer within 3 s')));
    asked.on('error', (error) => resolve(`${host} cannot be used: ${error.message}`));
    asked.end();
  });
}

/** Why a program is missing, or undefined when the shell finds one of `names`. */
export function missingProgram(...names: string[]): string | undefined {
  const found = names.some((name) => spawnSync(name, ['--version'], { timeout: 10_000 }).error === undefined);
  return found ? undefined : `${names.join(' and ')} not found on PATH`;
}

export const missingMinistack = () => missingProgram('ministack');
export const missingPrometheus = () => missingProgram('promtool');

/** Why programs cannot be run in gVisor's kernel, or undefined. */
export function missingRunsc(): string | undefined {
  const asked = spawnSync('docker', ['info', '--format', '{{json .Runtimes}}'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return asked.stdout?.includes('"runsc"') ? undefined : 'the Docker engine has no runtime of that name';
}

/** Where Chromium is: RCE_CHROMIUM, or the places where systems put it. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return [
    env.RCE_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => path !== undefined && existsSync(path));
}

export function missingChromium(): string | undefined {
  return findChromium() ? undefined : 'Chromium was not found; RCE_CHROMIUM may name it';
}
