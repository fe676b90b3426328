import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { FIXED_NAMES } from '@rce/aws/fixed-names.ts';
import { FUNCTION_NAMES, type FunctionName } from '@rce/functions/manifest.ts';
import { zipSync } from 'fflate';
import { bundleFolder, bundleFunctions } from '../../../scripts/bundle.ts';
import type { LocalSettings } from '../deploy/settings.ts';

interface Bundle {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly hash: string;
}

/** Brings the code of functions up to date without CloudFormation, as `cdk deploy --hotswap` would, but in a second. */
export class Redeployer {
  readonly #lambda: LambdaClient;
  readonly #deployed = new Map<FunctionName, string>();

  constructor(settings: LocalSettings, env: Readonly<Record<string, string | undefined>>) {
    this.#lambda = new LambdaClient({
      endpoint: settings.AWS_ENDPOINT_URL,
      region: settings.AWS_REGION,
      credentials: {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      },
    });
  }

  /** Takes what the sources make now for what is deployed. */
  async remember(): Promise<void> {
    for (const [name, { hash }] of await bundles()) this.#deployed.set(name, hash);
  }

  /** Uploads the functions whose bundle has changed, and answers with their names. @throws when a source has an error. */
  async update(): Promise<readonly FunctionName[]> {
    const updated: FunctionName[] = [];
    for (const [name, { files, hash }] of await bundles()) {
      if (this.#deployed.get(name) === hash) continue;
      await this.#lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: FIXED_NAMES.function(name),
          ZipFile: zipSync({ ...files }),
        }),
      );
      this.#deployed.set(name, hash);
      updated.push(name);
    }
    return updated;
  }
}

async function bundles(): Promise<ReadonlyMap<FunctionName, Bundle>> {
  const folder = await mkdtemp(join(tmpdir(), 'rce-functions-'));
  try {
    await bundleFunctions(folder);
    return new Map(FUNCTION_NAMES.map((name) => [name, readBundle(bundleFolder(name, folder))]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readBundle(folder: string): Bundle {
  const hash = createHash('sha256');
  const files = Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => {
        const content = readFileSync(join(folder, file));
        hash.update(file).update('\0').update(content);
        return [file, content];
      }),
  );
  return { files, hash: hash.digest('hex') };
}
