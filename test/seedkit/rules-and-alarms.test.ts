import { describe, expect, it } from '@jest/globals';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';

import { synthesizedTemplate } from './synthesized-template.js';
import { resourcesOf } from './template-resources.js';

const template = synthesizedTemplate();

describe('RunRules', () => {
  it('The rules start requested runs and reconcile ended ones, with retries and a dead-letter queue', () => {
    const rules = Object.fromEntries(
      resourcesOf('AWS::Events::Rule', template).map(({ Properties: { Name, ...rule } }) => [
        Name as string,
        rule,
      ]),
    );
    const target = (handler: string) => [
      {
        Id: 'Target0',
        Arn: `arn:aws:lambda:eu-central-1:123456789012:function:codeseeder-demo-${handler}`,
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-dead-letters' },
        RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 24 },
      },
    ];
    expect(rules).toMatchObject({
      'codeseeder-demo-run-requested': {
        EventBusName: 'codeseeder-demo',
        EventPattern: { 'detail-type': ['Run Requested'] },
        Targets: target('start-run'),
      },
      'codeseeder-demo-inbox': {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: {
            bucket: { name: ['the-bucket'] },
            object: { key: [{ wildcard: 'inbox/*.request.json' }] },
          },
        },
        Targets: target('start-run'),
      },
      'codeseeder-demo-execution-ended': {
        EventPattern: {
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: {
            stateMachineArn: [
              'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo',
              'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo_maps',
            ],
            status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
          },
        },
        Targets: target('reconcile-run'),
      },
      'codeseeder-demo-reconcile': {
        ScheduleExpression: 'rate(5 minutes)',
        Targets: target('reconcile-run'),
      },
    });
    for (const name of ['execution-ended', 'inbox']) {
      expect(rules[`codeseeder-demo-${name}`]).not.toHaveProperty('EventBusName');
    }
  });

  it('Each rule may invoke its handler', () => {
    const permissions = resourcesOf('AWS::Lambda::Permission', template).map(({ Properties }) => [
      Properties['FunctionName'],
      Properties['SourceArn'],
    ]);
    expect(permissions).toHaveLength(6);
    expect(permissions.every(([, source]) => String(source).startsWith('arn:aws:events:'))).toBe(true);
  });

  it('Failed events of the handlers go to the dead-letter queue', () => {
    const configs = resourcesOf('AWS::Lambda::EventInvokeConfig', template).map(
      ({ Properties }) => Properties,
    );
    const caught = configs.filter((config) => config['DestinationConfig'] !== undefined);
    expect(caught).toHaveLength(2);
    for (const config of caught) {
      expect(config).toMatchObject({
        MaximumRetryAttempts: 2,
        DestinationConfig: {
          OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-dead-letters' },
        },
      });
    }
  });
});

describe('RunAlarms', () => {
  it('The alarms watch failed runs, the control plane, dead letters and the sweep', () => {
    expect(
      resourcesOf('AWS::CloudWatch::Alarm', template).map(({ Properties }) => Properties['AlarmName']),
    ).toEqual([
      'codeseeder-demo-failed-runs',
      'codeseeder-demo-control-plane-errors',
      'codeseeder-demo-dead-letters',
      'codeseeder-demo-sweep-missing',
    ]);
  });

  it('The alarms have the given actions', () => {
    const told = synthesizedTemplate({}, (stack) => {
      const topic = new Topic(stack, 'Topic');
      for (const alarm of stack.controlPlane.alarms) alarm.addAlarmAction(new SnsAction(topic));
    });
    const actions = resourcesOf('AWS::CloudWatch::Alarm', told).map(
      ({ Properties }) => Properties['AlarmActions'],
    );
    expect(actions).toEqual(Array(4).fill([expect.stringMatching(/Topic/)]));
  });
});
