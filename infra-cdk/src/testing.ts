import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { buildEngine } from './engine.ts';
import { ROOT } from './paths.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const CONTEXT = CdkJson.parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'))).context;

/** The app with functions that do nothing, so that its templates are made in a second. */
export function testEngine(context: Readonly<Record<string, unknown>> = {}) {
  const page = mkdtempSync(join(tmpdir(), 'rce-page-'));
  mkdirSync(join(page, 'assets'));
  writeFileSync(join(page, 'index.html'), '<!doctype html>');
  writeFileSync(join(page, 'assets/app-1a2b3c.js'), '');
  const app = new App({ context: { ...CONTEXT, ...context } });
  const stacks = buildEngine(app, {
    env: { account: '111122223333', region: 'eu-west-1' },
    code: () => Code.fromInline('exports.handler = async () => ({})'),
    page,
    options: { RCE_RATE_LIMIT: '120' },
  });
  return { app, ...stacks };
}

let asItIs: ReturnType<typeof testEngine> | undefined;

/** The app with no choice made, the same for all who only read it. */
export function sharedEngine() {
  asItIs ??= testEngine();
  return asItIs;
}

const Resources = z.record(
  z.string(),
  z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
);

/** The properties of all resources of a type. */
export function propertiesOf(template: Template, type: string): Record<string, unknown>[] {
  return Object.values(Resources.parse(template.findResources(type))).map((resource) => resource.Properties);
}

const Statement = z.object({
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.unknown(),
});
const Document = z.object({ Statement: z.array(Statement) });

/** Every action that the statements allow, sorted. */
export function actionsOf(documents: readonly unknown[]): string[] {
  const actions = documents.flatMap((document) =>
    Document.parse(document).Statement.flatMap(({ Action }) => Action),
  );
  return [...new Set(actions)].sort();
}
