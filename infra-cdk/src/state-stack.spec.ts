import { describe, it } from '@jest/globals';
import { DELIVERY } from '@rce/core/limits.ts';
import { Template } from 'aws-cdk-lib/assertions';
import { sharedEngine, testEngine } from './testing.ts';

const seconds = (milliseconds: number) => milliseconds / 1000;

describe('the stack that remembers', () => {
  const template = Template.fromStack(sharedEngine().state);

  it('has one table, paid by request, that forgets expired items and can be set back', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    });
  });

  it('indexes jobs that are not finished, without their sources and outputs', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byState',
          KeySchema: [
            { AttributeName: 'state', KeyType: 'HASH' },
            { AttributeName: 'at', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['attempts', 'announcement'] },
        },
      ],
    });
  });

  it('queues jobs for as long as they are kept, and gives a message up after three tries', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: seconds(DELIVERY.messageRetentionMs),
      VisibilityTimeout: seconds(DELIVERY.visibilityMs),
      ReceiveMessageWaitTimeSeconds: 20,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: DELIVERY.maxReceiveCount },
    });
  });

  it('keeps what was given up for two weeks', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
  });

  it('takes messages over TLS alone', () => {
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ],
      },
    });
  });

  it('is protected where the operator wants the data kept', () => {
    const kept = Template.fromStack(testEngine({ 'rce:keepData': 'true' }).state);
    kept.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
  });
});
