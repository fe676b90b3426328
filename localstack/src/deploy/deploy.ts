import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMULATED_ACCOUNT } from '@rce/aws/fixed-names.ts';
import { runCdk } from './cdk.ts';
import type { LocalSettings } from './settings.ts';

/** The stacks that an emulator can hold. */
const STACKS = ['RceState', 'RceApi'];
const CONTEXT = ['-c', 'rce:fixedNames=true'];

type Env = Readonly<Record<string, string | undefined>>;

/** Waits until the emulator answers, with any status. @throws when it does not within `timeoutMs`. */
export async function waitForEmulator(endpoint: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answers = await fetch(new URL('/_localstack/health', endpoint), {
      signal: AbortSignal.timeout(2_000),
    }).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    );
    if (answers) return;
    if (Date.now() > deadline) {
      throw new Error(
        `Nothing answers at ${endpoint}. Start LocalStack or MiniStack, or say by AWS_ENDPOINT_URL where it is.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Deploys State and Api with the cdk command; a second time only what has changed. */
export async function deploy(
  settings: LocalSettings,
  env: Env,
  progress: (message: string) => void,
): Promise<void> {
  await waitForEmulator(settings.AWS_ENDPOINT_URL, 60_000);
  progress('Preparing the account (cdk bootstrap)');
  const account = `aws://${EMULATED_ACCOUNT}/${settings.AWS_REGION}`;
  await withAssembly((output) => runCdk(['bootstrap', account, ...output], settings, env));
  progress(`Deploying ${STACKS.join(' and ')} (cdk deploy)`);
  await withAssembly((output) =>
    runCdk(['deploy', ...STACKS, ...CONTEXT, '--require-approval=never', ...output], settings, env),
  );
}

export async function destroy(settings: LocalSettings, env: Env): Promise<void> {
  await withAssembly((output) =>
    runCdk(['destroy', ...STACKS, ...CONTEXT, '--force', ...output], settings, env),
  );
}

/** A folder of its own for each run: cdk.out is locked by whoever else deploys, and may not be writable. */
async function withAssembly(run: (output: readonly string[]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rce-cdk-'));
  try {
    await run(['--output', folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
