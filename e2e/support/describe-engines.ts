import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Driver } from '@rce/core/job.ts';
import { Engine, PATIENCE_MS } from './engine.ts';
import { describeLayer, missingDocker } from './layers.ts';

/** An engine that runs already, wherever: then the tests start none. */
export const GIVEN_URL = process.env.RCE_URL;

/** What a test of a running engine gets; filled before its first test. */
export interface Target {
  url: string;
  driver: Driver;
  /** Absent when RCE_URL names an engine that others started. */
  engine?: Engine;
}

const dockerMissing = GIVEN_URL ? undefined : await missingDocker();

type EngineTests = (target: Target) => void;

/** The same tests for each driver, each with an engine of its own; or for the engine that RCE_URL names. */
export function describeEngines(name: string, body: EngineTests, env?: NodeJS.ProcessEnv): void {
  if (GIVEN_URL) {
    const target: Target = { url: GIVEN_URL, driver: 'docker' };
    describe(`${name} (${GIVEN_URL})`, () => {
      beforeAll(async () => {
        target.driver = await driverOf(GIVEN_URL ?? '');
      });
      body(target);
    });
    return;
  }
  describe(`${name} (wasm)`, () => withEngine('wasm', body, env));
  describeLayer('docker', dockerMissing, `${name} (docker)`, () => withEngine('docker', body, env));
}

function withEngine(driver: Driver, body: (target: Target) => void, env: NodeJS.ProcessEnv = {}): void {
  const target: Target = { url: '', driver };
  beforeAll(async () => {
    target.engine = new Engine({ driver, env });
    target.url = await target.engine.ready();
  }, PATIENCE_MS);
  afterAll(async () => {
    await target.engine?.stop();
  }, PATIENCE_MS);
  body(target);
}

async function driverOf(url: string): Promise<Driver> {
  const answer = (await (await fetch(`${url}/api/languages`)).json()) as {
    languages: { driver: Driver | null }[];
  };
  return answer.languages.find(({ driver }) => driver !== null)?.driver ?? 'docker';
}
