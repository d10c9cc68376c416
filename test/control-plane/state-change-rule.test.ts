import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';

import { StateChangeRule, type StateChangeRuleProps } from '../../lib/control-plane/state-change-rule.js';
import { MAP_STATE_CHANGE, RUN_STATE_CHANGE, toRunStateChange } from '../../lib/contract/index.js';
import { compileEventPattern } from '../../lib/local/events/event-pattern.js';
import { aRunRecord } from '../contract/builders.js';
import { withTemplateApp } from '../seedkit/template-app.js';
import { resourcesOf } from '../seedkit/template-resources.js';

type On = StateChangeRuleProps['on'];

function stackWith(on: On | ((stack: Stack) => On)): Template {
  return withTemplateApp((app) => {
    const stack = new Stack(app, 'Stack');
    const bus = EventBus.fromEventBusName(stack, 'Bus', 'codeseeder-demo') as EventBus;
    const made = typeof on === 'function' ? on(stack) : on;
    new StateChangeRule(stack, 'On', { seedkit: 'demo', bus, name: 'Failed', on: made });
    return Template.fromStack(stack);
  });
}

function ruleOf(on: On): Record<string, unknown> {
  const [rule] = resourcesOf(
    'AWS::Events::Rule',
    stackWith(on).toJSON() as Parameters<typeof resourcesOf>[1],
  );
  return rule?.Properties ?? {};
}

/** Returns whether the rule for the given runs matches the event of a run with this record. */
function matches(
  runs: Extract<On, { runs: unknown }>['runs'],
  record: Parameters<typeof aRunRecord>[0],
): boolean {
  const event = {
    source: 'codeseeder',
    'detail-type': RUN_STATE_CHANGE,
    detail: toRunStateChange(aRunRecord(record)),
  };
  return compileEventPattern(JSON.stringify(ruleOf({ runs })['EventPattern']))(event);
}

describe('Rules on state changes', () => {
  it("A rule on runs is a rule of the seedkit's bus with a pattern for each filter, and sends to its target", () => {
    const template = stackWith((stack) => ({
      runs: {
        status: ['FAILED', 'TIMED_OUT'],
        runTarget: 'src/deploy.ts#network',
        labels: { stage: ['test', 'prod'], team: 'network' },
        lock: 'network-prod',
        target: new SqsQueue(new Queue(stack, 'Queue')),
        ruleName: 'failed-deployments',
      },
    }));
    template.hasResourceProperties('AWS::Events::Rule', {
      Name: 'failed-deployments',
      EventBusName: 'codeseeder-demo',
      EventPattern: {
        source: ['codeseeder'],
        'detail-type': ['Run State Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT'],
          labels: { stage: ['test', 'prod'], team: ['network'] },
          lock: ['network-prod'],
          $or: [{ name: ['src/deploy.ts#network'] }, { target: ['src/deploy.ts#network'] }],
        },
      },
      Targets: [{ Id: 'Target0' }],
    });
  });

  it('A rule without filters matches every state change of runs, and a rule for maps matches those of maps', () => {
    expect(ruleOf({ runs: {} })).toMatchObject({
      EventPattern: { source: ['codeseeder'], 'detail-type': [RUN_STATE_CHANGE] },
    });
    expect(ruleOf({ runs: {} })['EventPattern']).not.toHaveProperty('detail');
    expect(ruleOf({ maps: { status: 'FAILED' } })).toMatchObject({
      EventPattern: { 'detail-type': [MAP_STATE_CHANGE], detail: { status: ['FAILED'] } },
    });
  });

  it('A run is heard if all filters match it, by its name or its target, and by all labels', () => {
    const filters = {
      status: 'FAILED',
      runTarget: ['nightly', 'npm test'],
      labels: { stage: ['test', 'prod'], team: 'network' },
      lock: 'network',
    } as const;
    const labels = { stage: 'prod', team: 'network', more: 'x' };
    const run = { status: 'FAILED', target: 'npm test', labels, lock: 'network' } as const;
    expect(matches(filters, run)).toBe(true);
    expect(matches(filters, { ...run, target: 'cd x', name: 'nightly' })).toBe(true);
    expect(matches(filters, { ...run, status: 'SUCCEEDED' })).toBe(false);
    expect(matches(filters, { ...run, target: 'npm tests' })).toBe(false);
    expect(matches(filters, { ...run, labels: { stage: 'prod' } })).toBe(false);
    expect(matches(filters, { ...run, labels: { ...labels, stage: 'dev' } })).toBe(false);
    expect(matches(filters, { ...run, lock: undefined })).toBe(false);
  });

  it.each(['a.b', 'exists', 'with space', 'ü"\\'])(
    'A run is heard by its label %j, and not without it',
    (label) => {
      const filters = { labels: { [label]: 'x' } };
      expect(matches(filters, { labels: { [label]: 'x', other: 'y' } })).toBe(true);
      expect(matches(filters, { labels: { [label]: 'y' } })).toBe(false);
      expect(matches(filters, { labels: { other: 'x' } })).toBe(false);
    },
  );

  it('A filter may have a value that is known only when the stack is deployed', () => {
    const template = stackWith((stack) => ({
      runs: { lock: new CfnParameter(stack, 'Lock').valueAsString },
    }));
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { lock: [{ Ref: 'Lock' }] } },
    });
  });

  const refusal = 'The filter of the rule "Failed" on';
  it.each<[string, On, string]>([
    [
      'an unknown status',
      { runs: { status: 'FAILD' as 'FAILED' } },
      '"FAILD": Invalid option: expected one of "QUEUED"',
    ],
    [
      'a status of a run for maps',
      { maps: { status: 'QUEUED' as 'FAILED' } },
      '"QUEUED": Invalid option: expected one of "RUNNING"',
    ],
    [
      'no status',
      { runs: { status: [] } },
      'status: an empty list matches nothing; leave it out to match any',
    ],
    [
      'the label $or',
      { runs: { labels: { $or: 'x' } } },
      '"$or": EventBridge reads $or in a pattern as an operator',
    ],
    ['no label', { runs: { labels: {} } }, 'labels: no label; leave labels out to match any'],
    [
      'no value of a label',
      { runs: { labels: { stage: [] } } },
      'labels.stage: an empty list matches nothing',
    ],
    ['a lock that no run can have', { runs: { lock: 'a b' } }, '"a b": a lock\'s name has 1 to 64 letters'],
    [
      'a target that is longer than records have it',
      { runs: { runTarget: 'x'.repeat(501) } },
      'Too big: expected string to have <=500',
    ],
    ['an unknown filter', { runs: { targets: 'x' } as object }, 'Unrecognized key: "targets"'],
    ['a lock for maps', { maps: { lock: 'x' } as object }, 'Unrecognized key: "lock"'],
    [
      'too many values',
      {
        runs: {
          labels: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`l${n}`, 'x'.repeat(256)])),
        },
      },
      'makes an event pattern of 4343 characters, and EventBridge accepts at most 4096. Use fewer values',
    ],
  ])('A rule with %s is refused at synthesis, with the value and the fix', (_what, on, message) => {
    expect(() => stackWith(on)).toThrow(refusal);
    expect(() => stackWith(on)).toThrow(message);
  });
});
