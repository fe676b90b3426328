import { FIXED_NAMES } from '@rce/aws/fixed-names.ts';
import { ERRORS, type ErrorCode } from '@rce/core/errors.ts';
import { FUNCTION_NAMES, type FunctionName, ROUTES } from '@rce/functions/manifest.ts';
import { CfnOutput, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  ApiKeySourceType,
  CfnAccount,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  MockIntegration,
  PassthroughBehavior,
  Period,
  type Resource,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { Handler } from './api/handler.ts';
import { answerWithProblems, problemTemplate } from './api/problems.ts';
import type { Config } from './config.ts';
import type { StateStack } from './state-stack.ts';

/** First part of the path at API Gateway's own address. */
export const STAGE = FIXED_NAMES.stage;

export interface ApiStackProps extends StackProps {
  readonly config: Config;
  readonly state: StateStack;
  /** The bundle of each function. */
  readonly code: (name: FunctionName) => Code;
  /** Settings of the functions that the operator chose. */
  readonly options: Readonly<Record<string, string>>;
}

/** The functions and the REST API in front of them, as the manifest lists them. */
export class ApiStack extends Stack {
  readonly api: RestApi;
  readonly handlers: ReadonlyMap<FunctionName, Handler>;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, state, options } = props;
    this.handlers = new Map(
      FUNCTION_NAMES.map((name) => [
        name,
        new Handler(this, pascalCase(name), { name, code: props.code(name), state, config, options }),
      ]),
    );
    this.api = this.restApi(config);
    // LocalStack and MiniStack give the API the id that their tag holds.
    for (const tag of config.fixedNames ? ['_custom_id_', 'ms-custom-id'] : []) {
      Tags.of(this.api).add(tag, FIXED_NAMES.restApi);
    }
    answerWithProblems(this.api);
    this.addRoutes(config);
    if (config.apiKeys) this.addUsagePlan(config);

    new CfnOutput(this, 'RestApiId', { value: this.api.restApiId, description: 'Id of the REST API' });
    new CfnOutput(this, 'Stage', { value: STAGE });
    for (const [name, value] of Object.entries({
      JobsTable: state.jobs.tableName,
      JobsQueueUrl: state.queue.queueUrl,
      DeadLetterQueueUrl: state.deadLetters.queueUrl,
      AnalyzeFunction: this.handler('analyze').fn.functionName,
    })) {
      new CfnOutput(this, name, { value });
    }
  }

  handler(name: FunctionName): Handler {
    const handler = this.handlers.get(name);
    if (!handler) throw new Error(`the manifest has no function ${name}`);
    return handler;
  }

  private restApi(config: Config): RestApi {
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: config.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const account = this.logRole();
    const api = new RestApi(this, 'Api', {
      restApiName: config.name,
      description: 'Runs untrusted code',
      endpointTypes: [EndpointType.REGIONAL],
      apiKeySourceType: ApiKeySourceType.HEADER,
      cloudWatchRole: false,
      deployOptions: {
        stageName: STAGE,
        throttlingRateLimit: config.requestsPerSecond,
        throttlingBurstLimit: config.requestsPerSecond * 2,
        metricsEnabled: true,
        // Bodies hold people's programs: they are never logged.
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(accessLogs),
        accessLogFormat: AccessLogFormat.custom(
          JSON.stringify({
            requestId: AccessLogField.contextRequestId(),
            time: AccessLogField.contextRequestTimeEpoch(),
            address: AccessLogField.contextIdentitySourceIp(),
            method: AccessLogField.contextHttpMethod(),
            route: AccessLogField.contextResourcePath(),
            status: AccessLogField.contextStatus(),
            bytes: AccessLogField.contextResponseLength(),
            milliseconds: AccessLogField.contextResponseLatency(),
            error: AccessLogField.contextErrorResponseType(),
          }),
        ),
      },
      ...(config.corsOrigins
        ? {
            defaultCorsPreflightOptions: {
              allowOrigins: config.corsOrigins,
              allowMethods: ['GET', 'POST'],
              allowHeaders: ['Content-Type', 'Idempotency-Key', 'X-Api-Key', 'traceparent'],
            },
          }
        : {}),
    });
    api.deploymentStage.node.addDependency(account);
    return api;
  }

  /** API Gateway writes logs by a role of the whole account and region. */
  private logRole(): CfnAccount {
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    // Other APIs of the account may have come to rely on it.
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }

  private addRoutes(config: Config): void {
    const validator = this.api.addRequestValidator('Validator', { validateRequestParameters: true });
    const methods = new Map<Resource, string[]>();
    for (const route of ROUTES) {
      const resource = this.api.root.resourceForPath(route.path);
      methods.set(resource, [...(methods.get(resource) ?? []), route.method]);
      const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      resource.addMethod(
        route.method,
        new LambdaIntegration(this.handler(route.name).fn, { allowTestInvoke: false }),
        {
          requestValidator: validator,
          requestParameters: Object.fromEntries(
            parameters.map((name) => [`method.request.path.${name}`, true]),
          ),
          // Whoever watches the service has no key, nor does a load balancer.
          apiKeyRequired: config.apiKeys && !route.path.endsWith('/health'),
        },
      );
    }
    for (const [resource, allowed] of methods) refuseOtherMethods(resource, allowed);
    refuse(this.api.root.resourceForPath('/{path+}'), 'not-found', {});
  }

  private addUsagePlan(config: Config): void {
    const plan = this.api.addUsagePlan('UsagePlan', {
      description: 'What one API key may use',
      throttle: { rateLimit: config.requestsPerSecond, burstLimit: config.requestsPerSecond * 2 },
      quota: { limit: 1_000_000, period: Period.DAY },
      apiStages: [{ api: this.api.deploymentStage.restApi, stage: this.api.deploymentStage }],
    });
    const key = this.api.addApiKey('Key', { description: 'The first key; more are made in the console' });
    plan.addApiKey(key);
    new CfnOutput(this, 'ApiKeyId', {
      value: key.keyId,
      description: 'aws apigateway get-api-key --include-value --api-key ID shows the key',
    });
  }
}

/** 405 with the methods that the route takes; API Gateway would speak of a missing token. */
function refuseOtherMethods(resource: Resource, allowed: readonly string[]): void {
  refuse(resource, 'method-not-allowed', { Allow: `'${allowed.join(', ')}'` });
}

/** Answers every method without a function. */
function refuse(resource: Resource, code: ErrorCode, headers: Readonly<Record<string, string>>): void {
  const statusCode = String(ERRORS[code].status);
  const parameters = Object.entries({ ...headers, 'Content-Type': "'application/problem+json'" }).map(
    ([name, value]) => [`method.response.header.${name}`, value] as const,
  );
  resource.addMethod(
    'ANY',
    new MockIntegration({
      passthroughBehavior: PassthroughBehavior.WHEN_NO_TEMPLATES,
      requestTemplates: { 'application/json': `{"statusCode": ${statusCode}}` },
      integrationResponses: [
        {
          statusCode,
          responseTemplates: { 'application/json': problemTemplate(code) },
          responseParameters: Object.fromEntries(parameters),
        },
      ],
    }),
    {
      methodResponses: [
        { statusCode, responseParameters: Object.fromEntries(parameters.map(([name]) => [name, true])) },
      ],
    },
  );
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
}
