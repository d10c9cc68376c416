import { describe, expect, it } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';

import { readRequestedStart } from '../../lambdas/start-run/requested-start.js';
import type { ScheduledRequest } from '../../lib/cdk.js';
import type { JsonObject } from '../../lib/local/resources/resource-provider.js';
import { openTestEvents, until } from '../local/events/test-events.js';
import { simulatedClock } from '../local/simulated-clock.js';
import { openTestPlaceContext } from '../local/test-place-context.js';
import { resolved } from '../seedkit/resolved-template.js';
import { synthesizedTemplate, type TemplateResource } from '../seedkit/synthesized-template.js';

const RULE = 'codeseeder-demo-schedule-nightly';
const START_RUN = 'arn:aws:lambda:eu-central-1:123456789012:function:codeseeder-demo-start-run';
const REQUEST: ScheduledRequest = {
  invocation: { kind: 'commands', target: ['sort < in.txt > out.txt', 'echo "<time>" \'it\\s\''] },
  labels: { team: 'ops' },
};

interface Scheduled {
  readonly schedule: Schedule;
  readonly request: ScheduledRequest;
  readonly enabled?: boolean;
}

function templateWith(name: string, options: Partial<Scheduled> = {}) {
  return synthesizedTemplate({}, (stack) => {
    stack.addSchedule(name, { schedule: Schedule.rate(Duration.hours(6)), request: REQUEST, ...options });
  });
}

/** Returns the rule of a schedule from the deployed template. */
function ruleOf(template: ReturnType<typeof templateWith>): TemplateResource['Properties'] {
  const rules = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Events::Rule');
  const found = rules.find(({ Properties }) => Properties['Name'] === RULE);
  if (found === undefined) throw new Error(`no rule ${RULE}`);
  return resolved(template, found.Properties) as TemplateResource['Properties'];
}

describe('addSchedule', () => {
  it('A schedule is a rule that calls start-run, with retries and a dead-letter queue', () => {
    const template = templateWith('nightly');
    const { Tags: _tags, ...rule } = ruleOf(template);
    expect(rule).toEqual({
      Name: RULE,
      Description: expect.any(String),
      ScheduleExpression: 'rate(6 hours)',
      State: 'ENABLED',
      Targets: [
        {
          Id: 'Target0',
          Arn: START_RUN,
          DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-central-1:123456789012:codeseeder-demo-dead-letters' },
          RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 24 },
          InputTransformer: {
            InputPathsMap: { id: '$.id', time: '$.time' },
            InputTemplate: expect.any(String),
          },
        },
      ],
    });
    const sources = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Permission')
      .map(({ Properties }) => resolved(template, Properties) as Record<string, unknown>)
      .map(({ FunctionName, SourceArn }) => [FunctionName, SourceArn]);
    expect(sources).toContainEqual([START_RUN, `arn:aws:events:eu-central-1:123456789012:rule/${RULE}`]);
  });

  it('A schedule can be disabled and can be a cron expression', () => {
    const schedule = Schedule.cron({ hour: '2', minute: '30' });
    expect(ruleOf(templateWith('nightly', { schedule, enabled: false }))).toMatchObject({
      ScheduleExpression: 'cron(30 2 * * ? *)',
      State: 'DISABLED',
    });
  });

  it('A schedule starts runs in a local AWS, each with its own id', async () => {
    const clock = simulatedClock(Date.parse('2030-01-01T00:00:00Z'));
    const context = await openTestPlaceContext();
    const events = await openTestEvents({ ...context, clock });
    // Uses the shortest interval, because a delivery may take up to two simulated hours.
    const schedule = Schedule.rate(Duration.minutes(1));
    await events.provide('AWS::Events::Rule', ruleOf(templateWith('nightly', { schedule })) as JsonObject);
    await until(() => events.received.length >= 10);
    await events.close();
    await context.dispose();

    const starts = await Promise.all(
      events.received.map(({ to, body }) => {
        expect(to).toBe(START_RUN);
        return readRequestedStart(JSON.parse(body), {
          bucket: 'b',
          readInboxRequest: async () => Buffer.of(),
        });
      }),
    );
    // Simulated time continues during a delivery, so only the form of the times can be checked.
    for (const start of starts) {
      expect(start).toEqual({
        trigger: 'SCHEDULE',
        ownId: expect.stringMatching(/^nightly-2030\d{4}T\d{4}00Z-[0-9a-f]{8}$/),
        request: { version: 1, ...REQUEST },
      });
    }
    expect(new Set(starts.map(({ ownId }) => ownId)).size).toBeGreaterThan(1);
  });

  it.each<[string, string, Partial<Scheduled>, RegExp]>([
    ['a name that no run can have', 'every night', {}, /letters, digits/],
    ['a name too long for a rule', 'n'.repeat(40), {}, /at most 39 characters/],
    [
      'an empty command',
      'nightly',
      { request: { invocation: { kind: 'commands', target: [''] } } },
      /request\.invocation\.target/,
    ],
    ['no invocation', 'nightly', { request: {} }, /either invocation or inputKey/],
    [
      'a run id',
      'nightly',
      { request: { ...REQUEST, runId: 'fixed' } as ScheduledRequest },
      /request\.runId.*leave it out/s,
    ],
    [
      'more than a rule can hold',
      'nightly',
      { request: { invocation: { kind: 'commands', target: ['x'.repeat(8_200)] } } },
      /at most 8192.*inputKey/s,
    ],
  ])('A schedule with %s is refused at synthesis', (_what, name, options, message) => {
    expect(() => templateWith(name, options)).toThrow(message);
  });
});
