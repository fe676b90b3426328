import { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Services that runners and their hosts call. There is no other way out of the network. */
const INTERFACES = {
  Ecs: InterfaceVpcEndpointAwsService.ECS,
  EcsAgent: InterfaceVpcEndpointAwsService.ECS_AGENT,
  EcsTelemetry: InterfaceVpcEndpointAwsService.ECS_TELEMETRY,
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Sqs: InterfaceVpcEndpointAwsService.SQS,
  Lambda: InterfaceVpcEndpointAwsService.LAMBDA,
};

/**
 * Subnets without a route to the internet: neither a NAT nor a gateway. A program that broke out of its
 * sandbox and its host's firewall would still reach nothing but these services.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Of hosts and tasks: nothing may come in. */
  readonly runners: SecurityGroup;

  constructor(scope: Construct, id: string, props: { zones: number; logDays: RetentionDays }) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: props.zones,
      natGateways: 0,
      subnetConfiguration: [{ name: 'runners', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 22 }],
      restrictDefaultSecurityGroup: true,
    });
    this.vpc.addFlowLog('Rejected', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', { retention: props.logDays, removalPolicy: RemovalPolicy.DESTROY }),
      ),
    });

    this.runners = new SecurityGroup(this, 'Runners', {
      vpc: this.vpc,
      description: 'Runners and their hosts: nothing comes in, HTTPS to AWS goes out',
      allowAllOutbound: false,
    });
    // S3 (image layers, packages of the system) and DynamoDB are reached through their gateways,
    // by public addresses that the route table keeps inside AWS.
    this.runners.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS, through the VPC endpoints');

    this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    const endpoints = new SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'VPC endpoints: HTTPS from the runners',
      allowAllOutbound: false,
    });
    endpoints.addIngressRule(this.runners, Port.tcp(443), 'from the runners');
    for (const [name, service] of Object.entries(INTERFACES)) {
      this.vpc.addInterfaceEndpoint(name, { service, securityGroups: [endpoints], open: false });
    }
  }
}
