import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { simulatedClock } from '../simulated-clock.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { ARNS, ENTRY, openTestEvents, putRule, type TestEvents, until } from './test-events.js';

let context: TestPlaceContext;
let events: TestEvents;

beforeEach(async () => {
  context = await openTestPlaceContext();
  events = await openTestEvents(context);
});
afterEach(async () => {
  await events.close();
  await context.dispose();
});

describe('Failed deliveries', () => {
  const failing = async (error: Error, target: object) => {
    await events.close();
    let attempts = 0;
    const clock = simulatedClock();
    const hasty = { ...context, clock };
    events = await openTestEvents(hasty, {
      functions: { invokeAsync: async () => Promise.reject((attempts++, error)) },
    });
    await putRule(events, { Arn: ARNS.function, DeadLetterConfig: { Arn: ARNS.deadLetters }, ...target });
    await events.call('PutEvents', { Entries: [ENTRY] });
    await until(() => events.received.length === 1);
    return { attempts, letter: events.received[0] };
  };

  it('A failed delivery is retried as its policy says, then sent to the dead-letter queue', async () => {
    const { attempts, letter } = await failing(new AwsError('ServiceException', 'busy', 500), {
      RetryPolicy: { MaximumRetryAttempts: 3 },
    });
    expect(attempts).toBe(4);
    expect(letter).toMatchObject({
      to: ARNS.deadLetters,
      attributes: {
        RULE_ARN: 'arn:aws:events:eu-central-1:123456789012:rule/r',
        TARGET_ARN: ARNS.function,
        ERROR_CODE: 'ServiceException',
        ERROR_MESSAGE: 'busy',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
        RETRY_ATTEMPTS: '3',
      },
    });
    expect(JSON.parse(letter?.body ?? '')).toMatchObject({ source: 'mine' });
  });

  it('A failed delivery ends when the event is older than its policy allows', async () => {
    const { attempts, letter } = await failing(new AwsError('ServiceException', 'busy', 500), {
      RetryPolicy: { MaximumEventAgeInSeconds: 60 },
    });
    expect(attempts).toBeGreaterThan(3);
    expect(letter?.attributes?.['EXHAUSTED_RETRY_CONDITION']).toBe('MaximumEventAgeInSeconds');
  });

  it('A delivery to a missing target is sent to the dead-letter queue at once', async () => {
    const { attempts } = await failing(new AwsError('ResourceNotFoundException', 'gone', 404), {});
    expect(attempts).toBe(1);
  });

  it('A pending delivery is made after the next start of the local AWS', async () => {
    await events.close();
    events = await openTestEvents(context, {
      functions: { invokeAsync: async () => Promise.reject(new AwsError('ServiceException', 'busy', 500)) },
    });
    await putRule(events, { Arn: ARNS.function });
    await events.call('PutEvents', { Entries: [ENTRY] });
    await events.close();
    events = await openTestEvents(context);
    await until(() => events.received.length === 1);
    expect(JSON.parse(events.received[0]?.body ?? '')).toMatchObject({ 'detail-type': 'Thing' });
  });
});
