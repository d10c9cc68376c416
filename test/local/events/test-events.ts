import type { ExecutionStart } from '../../../lib/local/events/deliver-event.js';
import { createEvents, type Events, type EventsOptions } from '../../../lib/local/events/events.js';
import type { PlaceContext } from '../../../lib/local/place-context.js';
import type { JsonObject, ProvidedResource } from '../../../lib/local/resources/resource-provider.js';

export const ARNS = {
  function: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
  machine: 'arn:aws:states:eu-central-1:123456789012:stateMachine:m',
  queue: 'arn:aws:sqs:eu-central-1:123456789012:q',
  deadLetters: 'arn:aws:sqs:eu-central-1:123456789012:dead',
  logGroup: 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/events/seen:*',
};

export const PATTERN = JSON.stringify({ source: ['mine'] });

/** An entry of PutEvents that matches the pattern. */
export const ENTRY = { Source: 'mine', DetailType: 'Thing', Detail: '{"n":1,"text":"say \\"hi\\""}' };

export interface Received {
  readonly to: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export interface TestEvents extends Events {
  readonly received: Received[];
  readonly started: ExecutionStart[];
  call(operation: string, input: object): Promise<Record<string, unknown>>;
  provide(type: string, properties: JsonObject): Promise<ProvidedResource>;
}

/** Opens an EventBridge whose targets record what they receive. */
export async function openTestEvents(
  context: PlaceContext,
  overrides: Partial<EventsOptions> = {},
): Promise<TestEvents> {
  const received: Received[] = [];
  const started: ExecutionStart[] = [];
  const events = await createEvents(context, {
    functions: { invokeAsync: async (to, body) => void received.push({ to, body }) },
    queues: { send: async (to, body, attributes) => void received.push({ to, body, attributes }) },
    logs: {
      append: async (to, _stream, lines) => {
        for (const { message } of lines) received.push({ to, body: message });
      },
    },
    startExecution: async (start) => void started.push(start),
    ...overrides,
  });
  return {
    ...events,
    received,
    started,
    call: async (operation, input) => {
      const body = Buffer.from(JSON.stringify(input));
      const answer = await events.service.handle({
        headers: { 'x-amz-target': `AWSEvents.${operation}` },
        readBody: async () => body,
      } as never);
      return JSON.parse(answer.body as string);
    },
    provide: async (type, properties) => {
      const provider = events.resourceProviders.find((candidate) => candidate.type === type);
      if (provider === undefined) throw new Error(`no provider of ${type}`);
      const request = { stackName: 'stack', logicalId: 'Thing', properties };
      provider.check?.(request);
      return provider.create(request);
    },
  };
}

/** Creates the rule `r` for events of the source `mine`, with one target. */
export async function putRule(events: TestEvents, target: object): Promise<void> {
  await events.call('PutRule', { Name: 'r', EventPattern: PATTERN });
  await events.call('PutTargets', { Rule: 'r', Targets: [{ Id: 't', ...target }] });
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
