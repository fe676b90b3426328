import { describe, expect, it } from '@jest/globals';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { actionsOf, propertiesOf, sharedEngine, testEngine } from './testing.ts';

interface Container {
  readonly Name: string;
  readonly User: string;
  readonly Privileged: boolean;
  readonly ReadonlyRootFilesystem: boolean;
  readonly LinuxParameters: unknown;
  readonly MountPoints: readonly { readonly ContainerPath: string; readonly ReadOnly: boolean }[];
  readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** As one text, with CloudFormation's functions in it. */
function userDataOf(template: Template): string {
  return JSON.stringify(propertiesOf(template, 'AWS::EC2::LaunchTemplate'));
}

describe('the runners', () => {
  const template = Template.fromStack(sharedEngine().compute);
  const [task] = propertiesOf(template, 'AWS::ECS::TaskDefinition');
  const containers = (task?.ContainerDefinitions ?? []) as Container[];
  const container = (name: string) => containers.find((one) => one.Name === name);
  const userData = userDataOf(template);

  it('stand in a network that has no way to the internet', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.resourcePropertiesCountIs('AWS::EC2::Subnet', { MapPublicIpOnLaunch: true }, 0);
    const services = JSON.stringify(propertiesOf(template, 'AWS::EC2::VPCEndpoint'));
    for (const service of [
      'ecs',
      'ecs-agent',
      'ecs-telemetry',
      'ecr.api',
      'ecr.dkr',
      'logs',
      'sqs',
      'lambda',
      '.s3',
      '.dynamodb',
    ]) {
      expect(services).toContain(service);
    }
  });

  it('let nothing in but the endpoints, and those only the runners', () => {
    const groups = propertiesOf(template, 'AWS::EC2::SecurityGroup');
    for (const group of groups) expect(group).not.toHaveProperty('SecurityGroupIngress');
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 443, ToPort: 443 });
  });

  it('keep the credentials of the host out of reach: IMDSv2, one hop, blocked for tasks', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ Ebs: { Encrypted: true } }],
      },
    });
    expect(userData.match(/ECS_\w+=true/g)).toContain('ECS_AWSVPC_BLOCK_IMDS=true');
  });

  it('run sandboxes in an engine of their own, with users remapped and no network', () => {
    expect(userData.match(/userns-remap|bridge[^,]*none/g)).toHaveLength(2);
    expect(userData.match(/unix:[^"\\\n]*docker.sock/g)).toContain('unix:///run/rce-docker/docker.sock');
    expect(JSON.stringify(task)).not.toContain('/var/run/docker.sock');
  });

  it('have the images of all languages before the first job', () => {
    const pulls = userData.match(/docker pull/g) ?? [];
    expect(pulls).toHaveLength(new Set(LANGUAGES.map((language) => language.docker.image)).size);
    const few = Template.fromStack(testEngine({ 'rce:languages': 'python,javascript' }).compute);
    expect(userDataOf(few).match(/docker pull/g)).toHaveLength(2);
  });

  it('run hardened: no root, no capability, nothing to write on', () => {
    expect(containers.map((one) => one.Name).sort()).toEqual(['runner', 'socket-proxy']);
    for (const one of containers) {
      expect(one).toMatchObject({
        Privileged: false,
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      });
      expect(one.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    }
  });

  it('see the Docker socket through the proxy alone', () => {
    const paths = (name: string) => container(name)?.MountPoints.map((mount) => mount.ContainerPath);
    expect(paths('runner')).toEqual(['/sys/fs/cgroup']);
    expect(paths('socket-proxy')).toEqual(['/run/rce-docker']);
    expect(container('runner')?.Environment).toContainEqual({
      Name: 'DOCKER_HOST',
      Value: 'tcp://127.0.0.1:2375',
    });
  });

  it('may do to the account what a runner does, action by action', () => {
    const [policy] = propertiesOf(template, 'AWS::IAM::Policy').filter((one) =>
      String(one.PolicyName).startsWith('TaskTaskRole'),
    );
    expect(actionsOf([policy?.PolicyDocument])).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'lambda:InvokeFunction',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
    expect(JSON.stringify(policy)).not.toContain('"Resource":"*"');
  });

  it('are one to a host, and drained when it leaves', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      PlacementConstraints: [{ Type: 'distinctInstance' }],
    });
    template.hasResourceProperties('AWS::ECS::CapacityProvider', {
      AutoScalingGroupProvider: {
        ManagedDraining: 'ENABLED',
        ManagedTerminationProtection: 'ENABLED',
        ManagedScaling: { Status: 'ENABLED' },
      },
    });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: Match.arrayWith([Match.objectLike({ Name: 'runner', StopTimeout: 120 })]),
    });
  });

  it('are as many as the backlog of each asks for', () => {
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 1,
      MaxCapacity: 4,
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 20,
        CustomizedMetricSpecification: {
          Metrics: Match.arrayWith([
            Match.objectLike({
              Expression: 'waiting / IF(FILL(runners, 0) < 1, 1, runners)',
              ReturnData: true,
            }),
          ]),
        },
      },
    });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it('may go to none, and the first job that waits starts one', () => {
    const idle = Template.fromStack(testEngine({ 'rce:minRunners': 0 }).compute);
    idle.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 0 });
    idle.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    });
    idle.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'IF(waiting > 0 AND FILL(runners, 0) < 1, 1, 0)' }),
      ]),
    });
  });

  it('leave a spot host before it is taken away', () => {
    const spot = Template.fromStack(testEngine({ 'rce:spot': 'true' }).compute);
    spot.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { InstanceMarketOptions: { MarketType: 'spot' } },
    });
    expect(userDataOf(spot).match(/ECS_\w+=true/g)).toContain('ECS_ENABLE_SPOT_INSTANCE_DRAINING=true');
  });
});
