import { DefaultStackSynthesizer, Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

interface Stacks {
  readonly api: IConstruct;
  readonly compute: IConstruct;
  readonly edge?: IConstruct;
}

/**
 * Findings of cdk-nag that stand, each with its reason. Whatever is not listed here stops the synthesis.
 * Paths are those of constructs inside their stack.
 */
export function acknowledgeFindings({ api, compute, edge }: Stacks): void {
  const accept = (stack: IConstruct, path: string, reason: string, ...rules: string[]) => {
    const construct = path === '' ? stack : stack.node.findChild(path);
    for (const rule of rules) Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
  };

  accept(
    api,
    'Api',
    'The service is public by design, like any judge; callers are limited by rate, and by API keys where rce:apiKeys is set.',
    'APIG4',
    'COG4',
  );
  accept(
    api,
    'Api',
    'The validator stands on every route and checks parameters; bodies are checked by the functions, which name each wrong field.',
    'APIG2',
  );
  accept(
    api,
    'Api',
    'The firewall is in front, at CloudFront; the API itself throttles, and the functions count per client.',
    'APIG3',
  );
  accept(
    api,
    'LogRole',
    'API Gateway asks for this managed policy: it is the one role of the account for its logs.',
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
  );

  accept(
    compute,
    'HostRole',
    'What the ECS agent calls takes no resource (ecr:GetAuthorizationToken, ecs:DiscoverPollEndpoint), or is bounded to this cluster by its condition.',
    'IAM5[Resource::*]',
    'IAM5[Action::ecs:Submit*]',
  );
  accept(
    compute,
    'Task',
    'ecr:GetAuthorizationToken takes no resource; it names a registry, and pulling is allowed for the two images only.',
    'IAM5[Resource::*]',
  );
  accept(compute, 'Task', 'The variables hold names of resources; there is no secret among them.', 'ECS2');
  accept(
    compute,
    'Hosts',
    'Hosts come and go with the load; the alarm is on the number of runners instead.',
    'AS3',
  );

  if (edge) acknowledgeEdge(accept, edge);
}

function acknowledgeEdge(
  accept: (stack: IConstruct, path: string, reason: string, ...rules: string[]) => void,
  edge: IConstruct,
): void {
  accept(edge, 'Distribution', 'Learners are everywhere.', 'CFR1');
  accept(
    edge,
    'Distribution',
    'The certificate of *.cloudfront.net fixes the TLS policy; rce:domain with a certificate sets TLS 1.2 (2021).',
    'CFR4',
  );
  const uploader = edge.node.children.find((child) =>
    child.node.id.startsWith('Custom::CDKBucketDeployment'),
  );
  if (!uploader) return;
  const reason =
    'The CDK makes this function, its runtime and its role; it copies the page from the bootstrap bucket.';
  accept(
    edge,
    uploader.node.id,
    reason,
    'L1',
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    'IAM5[Resource::*]',
    ...['Abort', 'DeleteObject', 'GetBucket', 'GetObject', 'List'].map((verb) => `IAM5[Action::s3:${verb}*]`),
    ...bucketArns(edge).map((arn) => `IAM5[Resource::${arn}/*]`),
  );
}

/** As cdk-nag writes the page's bucket and the bucket of the bootstrap. */
function bucketArns(edge: IConstruct): string[] {
  const stack = Stack.of(edge);
  const page = edge.node.findChild('Page').node.defaultChild;
  if (!(page instanceof CfnBucket)) throw new Error('the page has no bucket');
  return [
    `<${stack.getLogicalId(page)}.Arn>`,
    `arn:aws:s3:::cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${stack.account}-${stack.region}`,
  ];
}
