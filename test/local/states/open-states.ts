import { createStates, type States } from '../../../lib/local/states/create-states.js';
import { createS3 } from '../../../lib/local/s3/create-s3.js';
import type { EventEntry, InvokeAnswer, Objects } from '../../../lib/local/ports.js';
import type { WireRequest } from '../../../lib/local/wire/wire-service.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import type { PlaceContext } from '../../../lib/local/place-context.js';
import { aDefinition } from './a-machine.js';

/** Members of responses. Each response has only those of its operation. */
interface Answer {
  readonly [member: string]: unknown;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly nextToken?: string;
  readonly events: readonly { readonly id: number; readonly type: string }[];
  readonly executions: readonly { readonly name: string }[];
}

export interface OpenStates {
  readonly states: States;
  readonly context: TestPlaceContext;
  /** The events that Step Functions has sent. */
  readonly events: EventEntry[];
  readonly machineArn: string;
  /** S3, with an empty bucket named `bucket`. */
  readonly objects: Objects;
  /** Calls an operation. If it fails, throws an error that has the error code as its name. */
  call(operation: string, input: object): Promise<Answer>;
  /** Waits until an execution has ended. Returns its description. */
  ended(executionArn: string): Promise<Answer>;
}

type Invoke = (name: string, payload: string) => Promise<InvokeAnswer>;

const ROLE = 'arn:aws:iam::123456789012:role/machine';

/** Opens Step Functions with a new store and one state machine, `machine`. */
export async function openStates(
  options: {
    definition?: unknown;
    invoke?: Invoke;
    context?: TestPlaceContext;
    overrides?: Partial<PlaceContext>;
    callTable?: (operation: string, input: object) => Promise<Record<string, unknown>>;
  } = {},
): Promise<OpenStates> {
  const context = options.context ?? (await openTestPlaceContext(options.overrides));
  const events: EventEntry[] = [];
  const send = async () => 'event';
  const { objects } = await createS3(context, { events: { send }, buckets: ['bucket'] });
  const states = await createStates(context, {
    objects,
    functions: {
      invoke: options.invoke ?? (async () => ({ payload: '"done"', requestId: 'r' })),
      invokeAsync: async () => undefined,
    },
    tables: { call: options.callTable ?? (async () => ({})) },
    events: {
      send: async (entry) => {
        events.push(entry);
        return `event-${events.length}`;
      },
    },
  });
  const call: OpenStates['call'] = async (operation, input) => {
    const answer = await answerOf(states, operation, input);
    if (answer.status === 200) return answer.body;
    throw Object.assign(new Error(String(answer.body.message)), { name: String(answer.body.__type) });
  };
  const definition = options.definition ?? aDefinition({ Only: { Type: 'Pass', End: true } });
  const created = await call('CreateStateMachine', {
    name: 'machine',
    roleArn: ROLE,
    definition: JSON.stringify(definition),
  });
  return {
    states,
    objects,
    context,
    events,
    call,
    machineArn: created.stateMachineArn,
    async ended(executionArn) {
      for (let waitMs = 2; ; waitMs = Math.min(waitMs * 1.5, 50)) {
        const description = await call('DescribeExecution', { executionArn });
        if (description.status !== 'RUNNING') return description;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    },
  };
}

const opened: OpenStates[] = [];

/** As {@link openStates}, but closed by {@link closeOpened}, which every test file calls after each test. */
export async function open(...options: Parameters<typeof openStates>): Promise<OpenStates> {
  const place = await openStates(...options);
  opened.push(place);
  return place;
}

/** Closes everything that {@link open} has opened. May be called for what is closed already. */
export async function closeOpened(): Promise<void> {
  for (const { states, context } of opened.splice(0)) {
    await states.close();
    await context.dispose().catch(() => undefined);
  }
}

async function answerOf(
  { service }: States,
  operation: string,
  input: object,
): Promise<{ status: number; body: Answer }> {
  const request = {
    requestId: 'request',
    method: 'POST',
    headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
    readBody: async () => Buffer.from(JSON.stringify(input)),
  } as unknown as WireRequest;
  const { status, body } = await service
    .handle(request)
    .catch((error: unknown) => service.describeError(error, request));
  return { status, body: JSON.parse(body as string) as Answer };
}
