/**
 * npm run doctor [-- --json]: what this machine can and cannot do for sandboxes, each with the line that mends it.
 * Ends with 1 when programs could not be run, or must not be, in the sandbox that the settings ask for.
 */
import { SettingsError } from '@rce/core/settings.ts';
import Docker from 'dockerode';
import { createDockerSandbox } from '../drivers/docker/docker-sandbox.ts';
import { dockerAdvice } from '../drivers/docker/images.ts';
import { readSandboxSettings, type SandboxSettings } from '../settings.ts';
import { diagnose } from './checks.ts';
import { collectFacts } from './facts.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const MARKS = { ok: '  ok  ', warn: ' warn ', fail: ' FAIL ' } as const;

async function examine(): Promise<Finding[]> {
  let settings: SandboxSettings;
  try {
    settings = readSandboxSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [fail('settings', error.message, 'Correct them in the environment.')];
  }
  const findings = [ok('settings', `RCE_SANDBOX=${settings.RCE_SANDBOX}, RCE_SLOTS=${settings.RCE_SLOTS}`)];
  if (settings.RCE_SANDBOX === 'wasm') {
    return [...findings, ok('sandbox', 'wasm was asked for; Docker was not looked at')];
  }
  const docker = new Docker();
  try {
    await docker.ping();
  } catch (error) {
    const advice = dockerAdvice(error);
    return settings.RCE_SANDBOX === 'docker'
      ? [...findings, fail('Docker socket', 'cannot be used', advice)]
      : [
          ...findings,
          warn('Docker socket', 'cannot be used; programs run in the wasm sandbox instead', advice),
        ];
  }
  const facts = await collectFacts(docker, settings);
  return [...findings, ...diagnose(facts, settings), await tryRun(docker, settings)];
}

/** The proof of it all: a program in a sandbox. */
async function tryRun(docker: Docker, settings: SandboxSettings): Promise<Finding> {
  const what = 'a program';
  const sandbox = createDockerSandbox({
    docker,
    images: settings.images,
    pull: [],
    slots: 1,
    owner: 'doctor',
    maxima: settings.maxima,
    runtime: settings.RCE_DOCKER_RUNTIME,
    warm: false,
  });
  try {
    await sandbox.start(() => {});
    const able = sandbox.languages().filter(({ available }) => available);
    return ok(what, `runs, in ${able.map(({ id, version }) => `${id} ${version}`).join(', ')}`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail(what, 'does not run', message);
  } finally {
    await sandbox.close();
  }
}

const findings = await examine();
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(findings, null, 2));
} else {
  for (const { what, state, found, fix } of findings) {
    console.log(`[${MARKS[state]}] ${what}: ${found}${fix === undefined ? '' : `\n         → ${fix}`}`);
  }
}
process.exit(findings.some(({ state }) => state === 'fail') ? 1 : 0);
