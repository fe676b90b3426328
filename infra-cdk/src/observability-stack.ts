import { ADMISSION } from '@rce/core/limits.ts';
import { FUNCTIONS, type FunctionName } from '@rce/functions/manifest.ts';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { ApiStack } from './api-stack.ts';
import { runnerCount } from './compute/scaling.ts';
import type { ComputeStack } from './compute-stack.ts';
import type { Config } from './config.ts';
import type { StateStack } from './state-stack.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly config: Config;
  readonly state: StateStack;
  readonly api: ApiStack;
  readonly compute: ComputeStack;
}

const MINUTE = Duration.minutes(1);

/** Who is told, when, and a picture of it. docs/operations.md says what to do. */
export class ObservabilityStack extends Stack {
  private readonly topic: Topic;

  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { config } = props;
    this.topic = new Topic(this, 'Alarms', { displayName: `${config.name} alarms`, enforceSSL: true });
    this.topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
    if (config.alarmEmail) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));

    const metrics = this.metrics(props);
    this.alarm('QueueBacklog', metrics.oldestMessage, {
      says: 'Jobs wait longer than the engine lets them: runners are missing or too slow',
      threshold: ADMISSION.backlogMs / 1000 / 2,
      minutes: 3,
    });
    this.alarm('DeadLetters', metrics.deadLetters, {
      says: 'Messages stay in the dead-letter queue: the function that ends their jobs fails',
      threshold: 1,
      minutes: 5,
    });
    this.alarm('InternalErrors', metrics.internalErrors, {
      says: 'Jobs end as internal-error: the engine failed, not the program',
      threshold: 1,
      minutes: 1,
    });
    for (const [kind, part] of Object.entries({ Api: metrics.routed, Background: metrics.background })) {
      this.alarm(`${kind}FunctionErrors`, part.errors, {
        says: 'A function throws or runs out of time',
        threshold: 1,
        minutes: 2,
      });
      this.alarm(`${kind}FunctionThrottles`, part.throttles, {
        says: 'The account has too little Lambda concurrency',
        threshold: 1,
        minutes: 2,
      });
    }
    this.alarm('ApiServerErrors', metrics.apiErrors, {
      says: 'The API answers with 5xx',
      threshold: 5,
      minutes: 3,
    });
    if (config.minRunners > 0) {
      this.alarm('ExecutionWorkerDown', metrics.runners, {
        says: 'Fewer runners are up than there must be',
        threshold: config.minRunners,
        minutes: 5,
        below: true,
      });
    }

    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: config.name });
    const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
    dashboard.addWidgets(
      graph('Jobs waiting and running', metrics.waiting, metrics.inFlight),
      graph('Age of the oldest waiting job (s)', metrics.oldestMessage),
      graph('Runners', metrics.runners),
      graph('Requests', metrics.requests, metrics.apiClientErrors, metrics.apiErrors),
      graph('Latency of the API (ms)', metrics.latencyMedian, metrics.latencyHigh),
      graph(
        'What failed',
        metrics.internalErrors,
        metrics.routed.errors,
        metrics.background.errors,
        metrics.deadLetters,
      ),
    );
    new CfnOutput(this, 'AlarmTopic', { value: this.topic.topicArn });
  }

  private metrics({ state, api, compute, config }: ObservabilityStackProps) {
    const sum = { statistic: 'Sum', period: MINUTE };
    const isRouted = (name: FunctionName) => FUNCTIONS[name].routes.length > 0;
    // An alarm takes ten metrics at most, so functions behind routes are counted apart from the others.
    const functions = (routed: boolean) => {
      const chosen = [...api.handlers].flatMap(([name, handler]) =>
        isRouted(name) === routed ? [handler.fn] : [],
      );
      const kind = routed ? 'api' : 'background';
      return {
        errors: total(
          `${kind}Errors`,
          `errors, ${kind}`,
          chosen.map((fn) => fn.metricErrors(sum)),
        ),
        throttles: total(
          `${kind}Throttles`,
          `throttled, ${kind}`,
          chosen.map((fn) => fn.metricThrottles(sum)),
        ),
      };
    };
    // A job fails by the runner's hand, when its attempts are used up, or by a function's.
    const internalErrors = [
      compute.runnerLogs,
      api.handler('dead-letter').logs,
      api.handler('reconcile').logs,
    ].map(
      (logGroup, index) =>
        new MetricFilter(this, `InternalErrors${index}`, {
          logGroup,
          filterPattern: FilterPattern.stringValue('$.verdict', '=', 'internal-error'),
          metricNamespace: config.name,
          metricName: 'InternalErrors',
          defaultValue: 0,
        }),
    )[0];
    if (!internalErrors) throw new Error('no log to count internal errors in');
    return {
      waiting: state.queue.metricApproximateNumberOfMessagesVisible({
        ...sum,
        statistic: 'Maximum',
        label: 'waiting',
      }),
      inFlight: state.queue.metricApproximateNumberOfMessagesNotVisible({
        ...sum,
        statistic: 'Maximum',
        label: 'running',
      }),
      oldestMessage: state.queue.metricApproximateAgeOfOldestMessage({
        statistic: 'Maximum',
        period: MINUTE,
      }),
      deadLetters: state.deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: MINUTE,
      }),
      internalErrors: internalErrors.metric(sum),
      routed: functions(true),
      background: functions(false),
      requests: api.api.metricCount({ ...sum, label: 'requests' }),
      apiClientErrors: api.api.metricClientError({ ...sum, label: '4xx' }),
      apiErrors: api.api.metricServerError({ ...sum, label: '5xx' }),
      latencyMedian: api.api.metricLatency({ statistic: 'p50', period: MINUTE }),
      latencyHigh: api.api.metricLatency({ statistic: 'p95', period: MINUTE }),
      runners: new MathExpression({
        label: 'runners',
        // No runner sends no metric; it must count as none, not as unknown.
        expression: 'FILL(runners, 0)',
        usingMetrics: { runners: runnerCount(compute.service) },
        period: MINUTE,
      }),
    };
  }

  private alarm(
    name: string,
    metric: IMetric,
    options: { says: string; threshold: number; minutes: number; below?: boolean },
  ): void {
    const alarm = new Alarm(this, name, {
      metric,
      alarmDescription: `${options.says}. See docs/operations.md, ${name}.`,
      threshold: options.threshold,
      evaluationPeriods: options.minutes,
      comparisonOperator: options.below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: options.below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function total(id: string, label: string, metrics: IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${id}${index}`, metric]));
  return new MathExpression({ label, expression: 'SUM(METRICS())', usingMetrics, period: MINUTE });
}
