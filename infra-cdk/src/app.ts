import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFolder, bundleFunctions } from '../../scripts/bundle.ts';
import { buildEngine } from './engine.ts';
import { ROOT } from './paths.ts';
import { readDeploySettings } from './settings.ts';

/** What `cdk` runs; see cdk.json. */
const { account, region, options } = readDeploySettings(process.env);
const page = join(ROOT, 'web/dist');
// Not `npm start`'s folder: both may run at a time.
const bundles = mkdtempSync(join(tmpdir(), 'rce-functions-'));
try {
  await bundleFunctions(bundles);
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  buildEngine(app, {
    env: { account, region },
    code: (name) => Code.fromAsset(bundleFolder(name, bundles)),
    options,
    ...(existsSync(join(page, 'index.html')) ? { page } : {}),
  });
  app.synth();
} finally {
  rmSync(bundles, { recursive: true, force: true });
}
