import { formatPath } from '@rce/core/errors.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import type { Construct } from 'constructs';
import { z } from 'zod';

/** `-c key=value` on the command line gives strings; cdk.json may hold numbers and booleans. */
const flag = z.union([z.boolean(), z.stringbool()]);
const whole = (min: number, max: number) => z.coerce.number().pipe(z.int().min(min).max(max));

/** What an operator may choose, as CDK context below `rce:`; docs/deploy.md lists the same. */
export const Config = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]{1,15}$/, 'must be a short PascalCase name')
    .default('Rce')
    .describe('Prefix of the stacks, so that several engines fit in one account.'),
  keepData: flag
    .default(false)
    .describe('Keep table and page bucket when their stack is removed, and protect the table from deletion.'),
  architecture: z
    .enum(['arm64', 'x86_64'])
    .default('arm64')
    .describe('Processor of functions, runners and their images.'),
  apiKeys: flag.default(false).describe('Ask for an API key, and meter its use by a usage plan.'),
  corsOrigins: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .pipe(z.array(z.url()).min(1))
    .optional()
    .describe('Origins, comma separated, whose pages may call the API. Unset: none but its own page.'),
  requestsPerSecond: whole(1, 10_000)
    .default(100)
    .describe('Requests a second over all callers, before 429.'),
  fixedNames: flag
    .default(false)
    .describe(
      'Names known beforehand (aws/src/fixed-names.ts), for emulators: what speaks to them need not be told each time. AWS accounts do better without, so that a resource can be replaced.',
    ),
  analyzeConcurrency: whole(1, 1_000)
    .optional()
    .describe(
      'Reserved concurrency of the analyzer: a ceiling on what it may cost. Unset: none is reserved, since a new account may have too little to give.',
    ),
  logDays: z.coerce
    .number()
    .pipe(z.literal([1, 3, 7, 14, 30, 90, 365]))
    .default(30)
    .describe('Days that logs are kept.'),
  domain: z.hostname().optional().describe('Domain of page and API, for example code.example.org.'),
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
      'must be a certificate of ACM in us-east-1',
    )
    .optional()
    .describe("The domain's certificate, in us-east-1, where CloudFront looks for it."),
  alarmEmail: z.email().optional().describe('Address that alarms are sent to.'),
  instanceType: z
    .string()
    .regex(/^[a-z0-9-]+\.[a-z0-9]+$/, 'must be an EC2 instance type')
    .default('c7g.large')
    .describe('Instance of one runner; its processor must match `architecture`.'),
  spot: flag.default(false).describe('Use spot instances: about a third of the price, with interruptions.'),
  minRunners: whole(0, 100)
    .default(1)
    .describe('Runners kept when idle; 0 stops all, and a first job waits for minutes.'),
  maxRunners: whole(1, 100).default(4).describe('Runners at most.'),
  backlogPerRunner: whole(1, 1_000)
    .default(20)
    .describe(
      'Waiting jobs per runner that scaling aims at: the rate of one runner times the wait you accept.',
    ),
  languages: z
    .string()
    .transform((list) => list.split(',').map((id) => id.trim()))
    .pipe(z.array(z.enum(LANGUAGES.map(({ id }) => id))).min(1))
    .default(LANGUAGES.map(({ id }) => id))
    .describe('Languages, by comma, whose images the runners hold; fewer make a new host ready sooner.'),
  zones: whole(1, 3).default(2).describe('Availability zones. Each costs one set of VPC endpoints.'),
  requestsPerAddress: whole(10, 1_000_000)
    .default(2_000)
    .describe('Requests per client address in 5 minutes, before the firewall answers 429.'),
});
export type Config = z.infer<typeof Config>;

/** @throws with one line per mistake. */
export function readConfig(scope: Construct): Config {
  const asked = Object.fromEntries(
    Object.keys(Config.shape).flatMap((key) => {
      const value: unknown = scope.node.tryGetContext(`rce:${key}`);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const parsed = Config.safeParse(asked);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      (issue) =>
        `  rce:${formatPath(issue.path)} is ${JSON.stringify(asked[String(issue.path[0])])}: ${issue.message}`,
    );
    throw new Error(`The CDK context needs correction:\n${lines.join('\n')}`);
  }
  if (parsed.data.minRunners > parsed.data.maxRunners) {
    throw new Error('The CDK context needs correction:\n  rce:minRunners is more than rce:maxRunners');
  }
  if ((parsed.data.domain === undefined) !== (parsed.data.certificateArn === undefined)) {
    throw new Error('The CDK context needs correction:\n  rce:domain and rce:certificateArn go together');
  }
  return parsed.data;
}
