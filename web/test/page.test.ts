import { jest } from '@jest/globals';
import { describeEngines, GIVEN_URL } from '../../e2e/support/describe-engines.ts';
import { describeLayer, missingChromium } from '../../e2e/support/layers.ts';
import { accessSpec } from './access.spec.ts';
import { useBrowser } from './browser.ts';
import { editorSpec } from './editor.spec.ts';
import { hostileSpec } from './hostile.spec.ts';
import { panelsSpec } from './panels.spec.ts';
import { runSpec } from './run.spec.ts';
import { sandboxSpec } from './sandbox.spec.ts';
import { screenshotsSpec } from './screenshots.spec.ts';
import { sharingSpec } from './sharing.spec.ts';

// A test opens several pages and reads them with axe; on a busy machine that takes its time.
jest.setTimeout(120_000);

/** The page in a real browser, served by a real engine: what depends on the sandbox, once with each driver. */
describeLayer('chromium', missingChromium(), 'the page', () => {
  describeEngines('in Chromium', (target) => {
    const browsing = useBrowser(() => target.url);
    sandboxSpec(browsing, target);
    runSpec(browsing);
    if (GIVEN_URL || target.driver === 'wasm') {
      editorSpec(browsing);
      panelsSpec(browsing);
      sharingSpec(browsing, target);
      hostileSpec(browsing, target);
      accessSpec(browsing);
    }
    // The pictures of the last engine stay: of Docker's, where there is one.
    screenshotsSpec(browsing);
  });
});
