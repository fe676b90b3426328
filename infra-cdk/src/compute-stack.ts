import { imageSetting } from '@rce/core/language.ts';
import { Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AutoScalingGroup,
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  UpdatePolicy,
} from 'aws-cdk-lib/aws-autoscaling';
import { InstanceType, LaunchTemplate, LaunchTemplateHttpTokens } from 'aws-cdk-lib/aws-ec2';
import {
  AmiHardwareType,
  AsgCapacityProvider,
  Capability,
  Cluster,
  ContainerDependencyCondition,
  ContainerImage,
  ContainerInsights,
  Ec2Service,
  Ec2TaskDefinition,
  EcsOptimizedImage,
  LinuxParameters,
  LogDrivers,
  NetworkMode,
  PlacementConstraint,
} from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CGROUP_DIR, DOCKER_GID, hostUserData, RUNNER_UID, SOCKET, SOCKET_DIR } from './compute/host.ts';
import { Images } from './compute/images.ts';
import { Network } from './compute/network.ts';
import { Scaling } from './compute/scaling.ts';
import type { Config } from './config.ts';
import type { StateStack } from './state-stack.ts';

/** What the runner lets a job finish in after SIGTERM; ECS waits two minutes at most. */
const STOP_TIMEOUT = Duration.minutes(2);
const DRAIN_SECONDS = 100;
const PROXY_PORT = 2375;

export interface ComputeStackProps extends StackProps {
  readonly config: Config;
  readonly state: StateStack;
  readonly analyze: LambdaFn;
}

/** The runners: an ECS service on EC2 hosts, since Fargate has no Docker engine for sandboxes. */
export class ComputeStack extends Stack {
  readonly service: Ec2Service;
  readonly runnerLogs: LogGroup;

  constructor(scope: Construct, id: string, props: ComputeStackProps) {
    super(scope, id, props);
    const { config } = props;
    const network = new Network(this, 'Network', config);
    const images = new Images(this, 'Images', config);
    const cluster = new Cluster(this, 'Cluster', {
      vpc: network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const capacity = this.hosts(network, images, config);
    cluster.addAsgCapacityProvider(capacity);

    this.runnerLogs = new LogGroup(this, 'RunnerLogs', {
      retention: config.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.service = new Ec2Service(this, 'Runner', {
      cluster,
      taskDefinition: this.task(images, props),
      capacityProviderStrategies: [{ capacityProvider: capacity.capacityProviderName, weight: 1 }],
      // The sandboxes' memory and processors are the host's, which ECS does not see: one runner a host.
      placementConstraints: [PlacementConstraint.distinctInstances()],
      vpcSubnets: { subnets: network.vpc.isolatedSubnets },
      securityGroups: [network.runners],
      ...(config.minRunners === 0 ? {} : { desiredCount: config.minRunners }),
      // A new version starts on a new host while the old one finishes its jobs.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      enableExecuteCommand: false,
    });
    new Scaling(this, 'Scaling', { service: this.service, queue: props.state.queue, config });
  }

  /** Named by CloudFormation when it deploys: looking them up takes the account's credentials to synthesize. */
  override get availabilityZones(): string[] {
    return [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs(this.region)));
  }

  private hosts(network: Network, images: Images, config: Config): AsgCapacityProvider {
    const role = new Role(this, 'HostRole', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: 'Hosts of runners: join the cluster, pull images',
    });
    for (const image of images.languages.values()) image.repository.grantPull(role);
    const userData = hostUserData({
      region: this.region,
      registry: `${this.account}.dkr.ecr.${this.region}.${this.urlSuffix}`,
      images: [...new Set(images.languages.values())].map((image) => image.imageUri),
    });
    const launchTemplate = new LaunchTemplate(this, 'Host', {
      instanceType: new InstanceType(config.instanceType),
      machineImage: EcsOptimizedImage.amazonLinux2023(
        config.architecture === 'arm64' ? AmiHardwareType.ARM : AmiHardwareType.STANDARD,
      ),
      role,
      userData,
      securityGroup: network.runners,
      // One hop: the host itself gets credentials, no container behind a bridge does.
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      instanceMetadataTags: false,
      detailedMonitoring: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(50, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
        },
      ],
      ...(config.spot ? { spotOptions: {} } : {}),
    });
    const group = new AutoScalingGroup(this, 'Hosts', {
      vpc: network.vpc,
      vpcSubnets: { subnets: network.vpc.isolatedSubnets },
      launchTemplate,
      minCapacity: 0,
      maxCapacity: config.maxRunners * 2,
      newInstancesProtectedFromScaleIn: true,
      updatePolicy: UpdatePolicy.rollingUpdate(),
    });
    return new AsgCapacityProvider(this, 'Capacity', {
      autoScalingGroup: group,
      enableManagedScaling: true,
      // A host that leaves is drained: its runner gets SIGTERM and two minutes.
      enableManagedDraining: true,
      enableManagedTerminationProtection: true,
      spotInstanceDraining: config.spot,
    });
  }

  private task(images: Images, { state, analyze }: ComputeStackProps): Ec2TaskDefinition {
    const task = new Ec2TaskDefinition(this, 'Task', {
      // An interface of its own: the runner's loopback holds the socket proxy, and nobody else sees it.
      networkMode: NetworkMode.AWS_VPC,
      volumes: [
        { name: 'cgroup', host: { sourcePath: CGROUP_DIR } },
        { name: 'socket', host: { sourcePath: SOCKET_DIR } },
      ],
    });
    for (const statement of runnerStatements(state, analyze)) task.addToTaskRolePolicy(statement);

    const logging = (prefix: string) =>
      LogDrivers.awsLogs({ streamPrefix: prefix, logGroup: this.runnerLogs });
    const hardened = (name: string) => {
      const parameters = new LinuxParameters(this, `${name}Linux`, { initProcessEnabled: true });
      parameters.dropCapabilities(Capability.ALL);
      return { linuxParameters: parameters, readonlyRootFilesystem: true, privileged: false };
    };
    const proxy = task.addContainer('socket-proxy', {
      ...hardened('Proxy'),
      image: ContainerImage.fromDockerImageAsset(images.socketProxy),
      user: `65532:${DOCKER_GID}`,
      memoryLimitMiB: 128,
      logging: logging('socket-proxy'),
      environment: {
        RCE_PROXY_SOCKET: SOCKET,
        RCE_PROXY_HOST: '127.0.0.1',
        RCE_PROXY_PORT: String(PROXY_PORT),
        RCE_PROXY_PULL: 'false',
      },
    });
    proxy.addMountPoints({ sourceVolume: 'socket', containerPath: SOCKET_DIR, readOnly: true });

    const runner = task.addContainer('runner', {
      ...hardened('Runner'),
      image: ContainerImage.fromDockerImageAsset(images.runner),
      user: `${RUNNER_UID}:${RUNNER_UID}`,
      memoryLimitMiB: 1024,
      memoryReservationMiB: 512,
      stopTimeout: STOP_TIMEOUT,
      healthCheck: {
        command: ['CMD', 'node', 'sandbox-runner/src/health-check.ts'],
        startPeriod: Duration.minutes(2),
      },
      logging: logging('runner'),
      environment: {
        AWS_REGION: this.region,
        RCE_JOBS_TABLE: state.jobs.tableName,
        RCE_JOBS_QUEUE_URL: state.queue.queueUrl,
        RCE_DEAD_LETTER_QUEUE_URL: state.deadLetters.queueUrl,
        RCE_ANALYZE_FUNCTION: analyze.functionName,
        RCE_SANDBOX: 'docker',
        DOCKER_HOST: `tcp://127.0.0.1:${PROXY_PORT}`,
        RCE_DRAIN_SECONDS: String(DRAIN_SECONDS),
        // The host pulled them before it took the task, by rights that the task does not have.
        RCE_PULL: 'none',
        ...Object.fromEntries(
          [...images.languages].map(([language, image]) => [imageSetting(language), image.imageUri]),
        ),
      },
    });
    // The kernel's counters of the sandboxes: read there they cost 50 µs, asked of the engine 10 ms.
    runner.addMountPoints({ sourceVolume: 'cgroup', containerPath: CGROUP_DIR, readOnly: true });
    runner.addContainerDependencies({ container: proxy, condition: ContainerDependencyCondition.START });
    return task;
  }
}

/** All that a runner does to the account, action by action. */
function runnerStatements(state: StateStack, analyze: LambdaFn): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      resources: [state.jobs.tableArn],
    }),
    new PolicyStatement({
      actions: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      ],
      resources: [state.queue.queueArn],
    }),
    new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [state.deadLetters.queueArn] }),
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [analyze.functionArn] }),
  ];
}
