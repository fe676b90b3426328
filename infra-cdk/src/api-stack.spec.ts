import { describe, expect, it } from '@jest/globals';
import {
  ACCESS,
  FUNCTION_NAMES,
  FUNCTIONS,
  type FunctionDefinition,
  ROUTES,
} from '@rce/functions/manifest.ts';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { actionsOf, propertiesOf, sharedEngine, testEngine } from './testing.ts';

const LOGGING = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** What testing.ts chooses, and what follows from there being a page in front and CloudWatch behind. */
const CHOSEN = ['RCE_RATE_LIMIT', 'RCE_TRUSTED_PROXIES', 'RCE_METRICS_NAMESPACE'];

describe('the API', () => {
  const template = Template.fromStack(sharedEngine().api);
  const functions = propertiesOf(template, 'AWS::Lambda::Function');
  const roles = propertiesOf(template, 'AWS::IAM::Role');

  it.each(FUNCTION_NAMES)('has the function %s as the manifest describes it', (name) => {
    const definition: FunctionDefinition = FUNCTIONS[name];
    const [fn] = functions.filter((properties) => properties.Description === definition.description);
    expect(fn).toMatchObject({
      Runtime: 'nodejs24.x',
      MemorySize: definition.memoryMb,
      Timeout: definition.timeoutSeconds,
      Architectures: ['arm64'],
    });
    const { Variables = {} } = (fn?.Environment ?? {}) as { Variables?: Record<string, unknown> };
    const given = definition.options.filter((option) => CHOSEN.includes(option));
    expect(Object.keys(Variables).sort()).toEqual([...definition.settings, ...given].sort());
  });

  it.each(FUNCTION_NAMES)('lets %s do what the manifest grants, and nothing else', (name) => {
    const definition: FunctionDefinition = FUNCTIONS[name];
    const [role] = roles.filter((properties) => properties.Description === definition.description);
    const policies = (role?.Policies ?? []) as { PolicyDocument: unknown }[];
    const granted = definition.access.flatMap((access) => [...ACCESS[access].actions]);
    expect(actionsOf(policies.map((policy) => policy.PolicyDocument))).toEqual(
      [...new Set([...granted, ...LOGGING])].sort(),
    );
    expect(JSON.stringify(policies)).not.toContain('"Resource":"*"');
    expect(role).not.toHaveProperty('ManagedPolicyArns');
  });

  it('gives no function rights by a policy beside its role', () => {
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('has every route of the manifest, each with its parameters checked', () => {
    const methods = propertiesOf(template, 'AWS::ApiGateway::Method');
    const routed = methods.filter((method) => method.HttpMethod !== 'ANY');
    expect(routed).toHaveLength(ROUTES.length);
    for (const method of routed) expect(method).toHaveProperty('RequestValidatorId');
    template.hasResourceProperties('AWS::ApiGateway::RequestValidator', { ValidateRequestParameters: true });
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      RequestParameters: { 'method.request.path.jobId': true },
    });
  });

  it('answers other methods with 405 and those that are allowed', () => {
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'ANY',
      Integration: {
        Type: 'MOCK',
        IntegrationResponses: [
          { StatusCode: '405', ResponseParameters: { 'method.response.header.Allow': "'POST'" } },
        ],
      },
    });
  });

  it('speaks problem+json also where it refuses by itself', () => {
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'THROTTLED',
      StatusCode: '429',
      ResponseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
      ResponseTemplates: { 'application/problem+json': Match.stringLikeRegexp('"code":"rate-limited"') },
    });
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'MISSING_AUTHENTICATION_TOKEN',
      StatusCode: '404',
    });
  });

  it('throttles, and logs who asked for what, but never a body', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      AccessLogSetting: { Format: Match.stringLikeRegexp('sourceIp') },
      MethodSettings: [
        Match.objectLike({
          ThrottlingRateLimit: 100,
          ThrottlingBurstLimit: 200,
          DataTraceEnabled: false,
          LoggingLevel: 'ERROR',
        }),
      ],
    });
  });

  it('keeps logs for 30 days, each function its own', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    template.resourceCountIs('AWS::Logs::LogGroup', FUNCTION_NAMES.length + 1);
  });

  it('looks for stuck jobs every minute', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
    });
  });

  it('hands messages that failed too often to the function that ends their jobs', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('has neither keys nor CORS unless asked', () => {
    template.resourceCountIs('AWS::ApiGateway::UsagePlan', 0);
    expect(
      propertiesOf(template, 'AWS::ApiGateway::Method').map((method) => method.HttpMethod),
    ).not.toContain('OPTIONS');
  });

  it('asks for a key and meters it when told to, but not for its health', () => {
    const keyed = Template.fromStack(testEngine({ 'rce:apiKeys': 'true' }).api);
    keyed.resourceCountIs('AWS::ApiGateway::ApiKey', 1);
    keyed.hasResourceProperties('AWS::ApiGateway::UsagePlan', {
      Throttle: { RateLimit: 100 },
      Quota: { Period: 'DAY' },
    });
    const open = propertiesOf(keyed, 'AWS::ApiGateway::Method').filter(
      (method) => method.HttpMethod !== 'ANY' && method.ApiKeyRequired !== true,
    );
    expect(open).toHaveLength(ROUTES.filter((route) => route.path.endsWith('/health')).length);
  });

  it('answers preflights of the origins it was told', () => {
    const cors = Template.fromStack(testEngine({ 'rce:corsOrigins': 'https://learn.example.org' }).api);
    cors.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'OPTIONS',
      Integration: {
        IntegrationResponses: [
          {
            ResponseParameters: {
              'method.response.header.Access-Control-Allow-Origin': "'https://learn.example.org'",
            },
          },
        ],
      },
    });
  });

  it('reserves concurrency for the analyzer when told how much', () => {
    const reserved = Template.fromStack(testEngine({ 'rce:analyzeConcurrency': 25 }).api);
    reserved.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 25 });
    expect(functions.filter((fn) => 'ReservedConcurrentExecutions' in fn)).toHaveLength(0);
  });
});
