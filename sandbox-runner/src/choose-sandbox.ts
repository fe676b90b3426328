import { type Sandbox, SandboxError } from '@rce/core/ports/sandbox.ts';
import type { Logger } from '@rce/observability/log.ts';
import Docker from 'dockerode';
import { checkEngine } from './doctor/checks.ts';
import { collectFacts } from './doctor/facts.ts';
import { createDockerSandbox } from './drivers/docker/docker-sandbox.ts';
import type { DockerEvent } from './drivers/docker/options.ts';
import { type DockerCall, timeCalls } from './drivers/docker/timed-client.ts';
import { createWasmSandbox } from './drivers/wasm/wasm-sandbox.ts';
import type { RunnerSettings } from './settings.ts';

/**
 * Starts the sandbox that the settings ask for. `auto` takes docker when it can be used, else wasm, and says
 * why: a boundary must never be swapped in silence.
 * @throws SandboxError when the sandbox that was asked for cannot be used.
 */
export async function startSandbox(
  settings: RunnerSettings,
  log: Logger,
  onDockerEvent: (event: DockerEvent) => void,
  onDockerCall: (call: DockerCall) => void,
): Promise<Sandbox> {
  const progress = (message: string) => log.info(message);
  if (settings.RCE_SANDBOX !== 'wasm') {
    // The client reads DOCKER_HOST, and the certificates' settings, as the docker command does.
    const client = timeCalls(new Docker(), onDockerCall);
    const docker = createDockerSandbox({
      docker: client,
      images: settings.images,
      pull: settings.RCE_PULL,
      slots: settings.RCE_SLOTS,
      owner: settings.RCE_RUNNER_ID,
      maxima: settings.maxima,
      runtime: settings.RCE_DOCKER_RUNTIME,
      warm: settings.RCE_WARM,
      onEvent: onDockerEvent,
    });
    try {
      await docker.start(progress);
      await warnOfEngine(client, settings, log);
      return docker;
    } catch (error) {
      await docker.close();
      if (settings.RCE_SANDBOX === 'docker' || !(error instanceof SandboxError)) throw error;
      log.warn(`The docker sandbox cannot be used, so programs run in the wasm sandbox. ${error.message}`);
    }
  }
  const wasm = createWasmSandbox({
    slots: settings.RCE_SLOTS,
    maxMemoryBytes: settings.maxima.memoryBytes,
    warm: settings.RCE_WARM,
    onWarning: (message) => log.warn(message),
  });
  await wasm.start(progress);
  return wasm;
}

/** What the doctor would say of the engine, for those who never ask it. */
async function warnOfEngine(docker: Docker, settings: RunnerSettings, log: Logger): Promise<void> {
  try {
    const findings = checkEngine(await collectFacts(docker, settings), settings);
    for (const { what, state, found, fix } of findings) {
      if (state !== 'ok') log[state === 'fail' ? 'error' : 'warn'](`${what}: ${found}. ${fix ?? ''}`);
    }
  } catch (error) {
    log.warn({ err: error }, 'the engine could not be examined');
  }
}
