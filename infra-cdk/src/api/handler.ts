import { FIXED_NAMES } from '@rce/aws/fixed-names.ts';
import { FUNCTIONS, type FunctionDefinition, type FunctionName } from '@rce/functions/manifest.ts';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  EventSourceMapping,
  Function as LambdaFn,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { StateStack } from '../state-stack.ts';
import { statements } from './access.ts';

export interface HandlerProps {
  readonly name: FunctionName;
  readonly code: Code;
  readonly state: StateStack;
  readonly config: Config;
  /** Settings that the operator chose; the function gets those of them that it knows. */
  readonly options: Readonly<Record<string, string>>;
}

/** One function of the manifest, with its role, its log and whatever starts it but the API. */
export class Handler extends Construct {
  readonly fn: LambdaFn;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: HandlerProps) {
    super(scope, id);
    const { config, name, state } = props;
    const definition: FunctionDefinition = FUNCTIONS[name];

    this.logs = new LogGroup(this, 'Logs', {
      retention: config.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: definition.description,
      // Inline, so that the role never exists without its rights, and triggers need not wait for a policy.
      inlinePolicies: {
        access: new PolicyDocument({
          statements: [
            ...statements(definition.access, state),
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.logs.logGroupArn],
            }),
          ],
        }),
      },
    });

    this.fn = new LambdaFn(this, 'Function', {
      ...(config.fixedNames ? { functionName: FIXED_NAMES.function(name) } : {}),
      description: definition.description,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: definition.memoryMb,
      timeout: Duration.seconds(definition.timeoutSeconds),
      role,
      logGroup: this.logs,
      environment: { ...this.settings(definition, props) },
      ...(name === 'analyze' && config.analyzeConcurrency
        ? { reservedConcurrentExecutions: config.analyzeConcurrency }
        : {}),
    });

    if (definition.scheduleEveryMs !== undefined) {
      new Rule(this, 'Schedule', {
        schedule: Schedule.rate(Duration.millis(definition.scheduleEveryMs)),
        targets: [new LambdaFunction(this.fn, { retryAttempts: 0 })],
      });
    }
    if (definition.queue !== undefined) {
      new EventSourceMapping(this, 'Trigger', {
        target: this.fn,
        eventSourceArn: state.deadLetters.queueArn,
        batchSize: definition.queue.batchSize,
        reportBatchItemFailures: true,
      });
    }
  }

  private settings(definition: FunctionDefinition, props: HandlerProps): Record<string, string> {
    const { config, state, options } = props;
    const resources = {
      RCE_JOBS_TABLE: state.jobs.tableName,
      RCE_JOBS_QUEUE_URL: state.queue.queueUrl,
      RCE_DEAD_LETTER_QUEUE_URL: state.deadLetters.queueUrl,
    };
    const needed = definition.settings.map((name) => [name, resources[name]]);
    const chosen = definition.options.flatMap((name) => (options[name] ? [[name, options[name]]] : []));
    // Emulators have no CloudWatch that reads metrics out of logs.
    const metrics = config.fixedNames ? {} : { RCE_METRICS_NAMESPACE: config.name };
    return { ...metrics, ...Object.fromEntries([...needed, ...chosen]) };
  }
}
