import { describe, expect, it } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readDeploySettings } from './settings.ts';
import { testEngine } from './testing.ts';

describe('the app', () => {
  it.each([
    ['as it is', {}],
    [
      'with all that can be chosen',
      {
        'rce:apiKeys': true,
        'rce:corsOrigins': 'https://a.example',
        'rce:minRunners': 0,
        'rce:spot': true,
        'rce:analyzeConcurrency': 10,
        'rce:keepData': true,
        'rce:alarmEmail': 'ops@example.org',
      },
    ],
  ])('passes the checks of cdk-nag %s, without a warning', (_, context) => {
    const { app } = testEngine(context);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const assembly = app.synth();
    const warnings = assembly.stacks.flatMap((stack) =>
      stack.messages.filter((message) => message.level !== 'info').map((message) => message.entry.data),
    );
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ 'rce:minRunners': 5, 'rce:maxRunners': 2 }, /rce:minRunners is more than rce:maxRunners/],
    [{ 'rce:zones': 'many', 'rce:logDays': 8 }, /rce:logDays is 8.*rce:zones is "many"/s],
    [{ 'rce:domain': 'code.example.org' }, /rce:domain and rce:certificateArn go together/],
    [{ 'rce:languages': 'python,klingon' }, /rce:languages/],
  ])('says what is wrong with the context %j', (context, message) => {
    expect(() => testEngine(context)).toThrow(message);
  });

  it('hands the settings of the functions on, and no others', () => {
    expect(
      readDeploySettings({
        CDK_DEFAULT_REGION: 'eu-west-1',
        RCE_RATE_LIMIT: '30',
        HOME: '/root',
        RCE_API_KEYS: '',
      }),
    ).toEqual({ account: '000000000000', region: 'eu-west-1', options: { RCE_RATE_LIMIT: '30' } });
  });
});
