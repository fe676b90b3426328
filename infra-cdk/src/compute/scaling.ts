import { Duration } from 'aws-cdk-lib';
import {
  AdjustmentType,
  CfnScalingPolicy,
  ScalableTarget,
  ServiceNamespace,
  StepScalingAction,
} from 'aws-cdk-lib/aws-applicationautoscaling';
import { ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Ec2Service } from 'aws-cdk-lib/aws-ecs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';

export interface ScalingProps {
  readonly service: Ec2Service;
  readonly queue: Queue;
  readonly config: Config;
}

/** Runners that are up, as Container Insights counts them. */
export function runnerCount(service: Ec2Service): Metric {
  return new Metric({
    namespace: 'ECS/ContainerInsights',
    metricName: 'RunningTaskCount',
    dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
    statistic: 'Average',
    period: Duration.minutes(1),
  });
}

/** As many runners as keep the backlog of each at what the operator accepts. */
export class Scaling extends Construct {
  constructor(scope: Construct, id: string, { service, queue, config }: ScalingProps) {
    super(scope, id);
    const target = new ScalableTarget(this, 'Target', {
      serviceNamespace: ServiceNamespace.ECS,
      resourceId: `service/${service.cluster.clusterName}/${service.serviceName}`,
      scalableDimension: 'ecs:service:DesiredCount',
      minCapacity: config.minRunners,
      maxCapacity: config.maxRunners,
    });
    target.node.addDependency(service);

    const count = runnerCount(service);
    // Target tracking on a metric that is an expression has no L2 construct.
    new CfnScalingPolicy(this, 'BacklogPerRunner', {
      policyName: 'backlog-per-runner',
      policyType: 'TargetTrackingScaling',
      scalingTargetId: target.scalableTargetId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: config.backlogPerRunner,
        // Jobs last seconds: grow at once, shrink when it has been quiet for a while.
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
        customizedMetricSpecification: {
          metrics: [
            query('waiting', {
              namespace: 'AWS/SQS',
              metricName: 'ApproximateNumberOfMessagesVisible',
              dimensions: [{ name: 'QueueName', value: queue.queueName }],
              stat: 'Maximum',
            }),
            query('runners', {
              namespace: count.namespace,
              metricName: count.metricName,
              dimensions: Object.entries(count.dimensions ?? {}).map(([name, value]) => ({
                name,
                value: String(value),
              })),
              stat: 'Average',
            }),
            {
              id: 'backlog',
              label: 'Waiting jobs per runner',
              expression: 'waiting / IF(FILL(runners, 0) < 1, 1, runners)',
              returnData: true,
            },
          ],
        },
      },
    });

    if (config.minRunners === 0) this.wake(target, queue, count);
  }

  /** Target tracking multiplies what is there, and nothing times anything is nothing: the first is added so. */
  private wake(target: ScalableTarget, queue: Queue, count: Metric): void {
    const action = new StepScalingAction(this, 'FirstRunner', {
      scalingTarget: target,
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      cooldown: Duration.minutes(3),
    });
    action.addAdjustment({ lowerBound: 0, adjustment: 1 });
    const alarm = new MathExpression({
      label: 'Jobs wait and no runner is up',
      expression: 'IF(waiting > 0 AND FILL(runners, 0) < 1, 1, 0)',
      usingMetrics: {
        waiting: queue.metricApproximateNumberOfMessagesVisible({
          statistic: 'Maximum',
          period: Duration.minutes(1),
        }),
        runners: count,
      },
      period: Duration.minutes(1),
    }).createAlarm(this, 'WaitingWithoutRunner', {
      alarmDescription: 'Starts the first runner; it is no cause for worry',
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new ApplicationScalingAction(action));
  }
}

function query(
  id: string,
  metric: {
    namespace: string;
    metricName: string;
    stat: string;
    dimensions: { name: string; value: string }[];
  },
): CfnScalingPolicy.TargetTrackingMetricDataQueryProperty {
  const { stat, ...rest } = metric;
  return { id, metricStat: { metric: rest, stat }, returnData: false };
}
