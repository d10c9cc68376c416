import type { PlaceContext } from '../../../lib/local/place-context.js';
import { createScheduler } from '../../../lib/local/scheduler/scheduler.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';

export const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:f';
export const DEAD_LETTERS = 'arn:aws:sqs:eu-central-1:123456789012:dead';
export const TARGET = {
  Arn: FUNCTION,
  RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
  Input: '{"time":"<aws.scheduler.scheduled-time>","attempt":"<aws.scheduler.attempt-number>"}',
};
export const SCHEDULE = {
  Name: 'nightly',
  ScheduleExpression: 'cron(0 2 * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  Target: TARGET,
};

export type TestScheduler = Awaited<ReturnType<typeof openTestScheduler>>;

/** Opens a scheduler whose function records what it receives. The first calls fail, as many as `failures`. */
export async function openTestScheduler(
  context: PlaceContext,
  failures = 0,
  code = 'TooManyRequestsException',
) {
  const received: { readonly to: string; readonly body: Record<string, string> }[] = [];
  const dead: Readonly<Record<string, string>>[] = [];
  let failed = 0;
  const scheduler = await createScheduler(context, {
    functions: {
      invoke: () => Promise.reject(new Error('not asynchronous')),
      invokeAsync: async (to, body) => {
        if (failed < failures) {
          failed += 1;
          throw new AwsError(code, 'Try later.');
        }
        received.push({ to, body: JSON.parse(body) as Record<string, string> });
      },
    },
    queues: { send: async (_queue, _body, attributes = {}) => void dead.push(attributes) },
  });
  return { ...scheduler, received, dead };
}

/** Resolves when a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
