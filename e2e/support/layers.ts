import { describe, it } from '@jest/globals';

export {
  findChromium,
  missingChromium,
  missingDocker,
  missingMinistack,
  missingProgram,
  missingPrometheus,
  missingRunsc,
} from './machine.ts';

/**
 * Layers are what a machine may lack. Tests that need one are skipped with the reason, which `npm test`
 * prints at its end; RCE_REQUIRE=docker,chromium turns those skips into failures, as CI does.
 */
export const LAYERS = ['docker', 'chromium', 'ministack', 'prometheus', 'compose', 'runsc'] as const;
export type Layer = (typeof LAYERS)[number];

/** Whether RCE_REQUIRE names the layer. */
export function isRequired(layer: Layer): boolean {
  const names = (process.env.RCE_REQUIRE ?? '').split(',').map((name) => name.trim());
  return names.includes(layer) || names.includes('all');
}

/**
 * A `describe` whose tests need a layer. `missing` says why the machine lacks it, undefined when it is there:
 *
 *     describeLayer('docker', await missingDocker(), 'the docker driver', () => { … });
 *
 * The body of a skipped describe is still called to collect its tests: start things in beforeAll.
 */
export function describeLayer(
  layer: Layer,
  missing: string | undefined,
  name: string,
  body: () => void,
): void {
  if (missing === undefined) {
    describe(name, body);
  } else if (isRequired(layer)) {
    describe(name, () => {
      it(`needs the layer ${layer}, which RCE_REQUIRE names`, () => {
        throw new Error(missing);
      });
    });
  } else {
    // scripts/test.mjs reads the reason out of the title.
    describe.skip(`${name} [skipped, no ${layer}: ${missing}]`, body);
  }
}
