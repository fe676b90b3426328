import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { propertiesOf, testEngine } from './testing.ts';

describe('the alarms', () => {
  const template = Template.fromStack(testEngine({ 'rce:alarmEmail': 'ops@example.org' }).observability);

  it.each([
    ['QueueBacklog', { MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 150, EvaluationPeriods: 3 }],
    ['DeadLetters', { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 }],
    ['InternalErrors', { MetricName: 'InternalErrors', Threshold: 1, EvaluationPeriods: 1 }],
    [
      'ApiServerErrors',
      {
        Threshold: 5,
        EvaluationPeriods: 3,
        Metrics: [Match.objectLike({ MetricStat: { Stat: 'Sum', Metric: { MetricName: '5XXError' } } })],
      },
    ],
    [
      'ExecutionWorkerDown',
      { ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' },
    ],
  ] as const)('ring for %s', (name, properties) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp(`docs/operations.md, ${name}`),
      ...properties,
    });
  });

  it.each([
    'ApiFunctionErrors',
    'ApiFunctionThrottles',
    'BackgroundFunctionErrors',
    'BackgroundFunctionThrottles',
  ])('ring for %s, over all those functions together', (name) => {
    const [alarm] = propertiesOf(template, 'AWS::CloudWatch::Alarm').filter((one) =>
      String(one.AlarmDescription).includes(`, ${name}.`),
    );
    const metrics = (alarm?.Metrics ?? []) as { MetricStat?: unknown }[];
    expect(metrics).toContainEqual(expect.objectContaining({ Expression: 'SUM(METRICS())' }));
    // CloudWatch refuses an alarm on more than ten.
    expect(metrics.filter((metric) => metric.MetricStat).length).toBeLessThanOrEqual(10);
  });

  it('tell the operator, also when it is over', () => {
    for (const alarm of propertiesOf(template, 'AWS::CloudWatch::Alarm')) {
      expect(alarm.AlarmActions).toHaveLength(1);
      expect(alarm.OKActions).toEqual(alarm.AlarmActions);
    }
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.org',
    });
  });

  it('count a job that ends as internal-error, whoever ended it', () => {
    template.resourceCountIs('AWS::Logs::MetricFilter', 3);
    template.allResourcesProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ $.verdict = "internal-error" }',
      MetricTransformations: [{ MetricName: 'InternalErrors', MetricValue: '1', DefaultValue: 0 }],
    });
  });

  it('do not ask for runners where none need be up', () => {
    const idle = Template.fromStack(testEngine({ 'rce:minRunners': 0 }).observability);
    expect(JSON.stringify(propertiesOf(idle, 'AWS::CloudWatch::Alarm'))).not.toContain('ExecutionWorkerDown');
  });

  it('come with a dashboard', () => {
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});
