import { unmarshall } from '@aws-sdk/util-dynamodb';

import {
  type LockState,
  parseRunRecord,
  parseRunStateChange,
  RUN_REFUSED,
  RUN_STATE_CHANGE,
  type RunRecord,
  type RunRefused,
  runRefusedSchema,
  type RunStateChange,
} from '../../../lib/contract/index.js';
import type { EventEntry, InvokeAnswer } from '../../../lib/local/ports.js';
import { createQuotas, type QuotasOption } from '../../../lib/local/quotas/quotas.js';
import { createIntegrations } from '../../../lib/local/states/integrations/create-integrations.js';
import { stopExecution } from '../../../lib/local/states/integrations/stop-execution.js';
import { parseDefinition } from '../../../lib/local/states/interpreter/parse-definition.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { synthesizedDefinition } from '../../control-plane/synthesized-definition.js';
import { Builds, type BuildsOptions } from './builds.js';
import { handlerOf, readDeployed } from './deployed.js';
import { Executions } from './executions.js';
import { Functions } from './functions.js';
import { createHandlers, type MakeClient, type PollBuild, type ReplaceHandlers } from './handlers.js';
import { type Caller, Network } from './network.js';
import { type Meter, NO_METER } from './meter.js';
import { LockItems } from './lock-items.js';
import { Objects } from './objects.js';
import { randomStream } from './random-stream.js';
import { type Item, RunItems } from './run-items.js';
import { type Operations, sdkClient } from './sdk-client.js';
import { VirtualTime } from './virtual-time.js';

export interface WorldOptions {
  readonly seed: number;
  /** Share of calls with a fault, 0 to 1. */
  readonly faultShare: number;
  readonly quotas: QuotasOption;
  readonly buildConcurrency: number;
  readonly workOf: BuildsOptions['workOf'];
  readonly onWrite: (before: Item | undefined, after: Item) => void;
  /** Receives the lock before and after each write. */
  readonly onLockWrite?: ((before: LockState, after: LockState) => void) | undefined;
  readonly pollBuild?: PollBuild | undefined;
  /** Replaces handlers. @default the real handlers */
  readonly replaceHandlers?: ReplaceHandlers | undefined;
  /** Receives each event that AWS charges for. @default nothing is counted */
  readonly meter?: Meter;
  /** Returns numbers in [0, 1) for times and faults. @default numbers that depend on the seed */
  readonly random?: () => number;
  /**
   * Whether all events of AWS services are lost.
   * @default some are lost, late or repeated while faults are switched on
   */
  readonly losesEvents?: boolean;
}

/** An account with a deployed seedkit, in simulated time. */
export interface World {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly network: Network;
  readonly functions: Functions;
  readonly builds: Builds;
  readonly executions: Executions;
  readonly objects: Objects;
  /** Returns an SDK client for a caller outside of the account. */
  readonly client: MakeClient;
  records(): RunRecord[];
  record(runId: string): RunRecord | undefined;
  locks(): LockState[];
  /** The operations of the table of locks. */
  readonly lockOperations: LockItems['operations'];
  /** All `Run State Change` events that were sent to the bus. */
  readonly changes: readonly RunStateChange[];
  /** Every `Run Refused` that the bus got. */
  readonly refusals: readonly RunRefused[];
  /**
   * Invokes a handler from outside of the account.
   * @throws AwsError
   */
  invoke(handler: string, payload: object): Promise<InvokeAnswer>;
  /** Sends an event to the rules of a bus. */
  publish(
    bus: string,
    event: { readonly source: string; readonly 'detail-type': string; readonly detail: object },
  ): void;
}

const START_MS = Date.parse('2030-01-01T00:00:00.000Z');
const REGION = 'eu-central-1';
const LOCK_TABLE = 'codeseeder-demo-locks';
const OUTSIDE: Caller = { isGone: () => false };
/**
 * Shares of the events of AWS services that are lost, late or repeated. AWS delivers events on a best-effort basis.
 */
const EVENT_FAULTS = { lost: 0.13, late: 0.13, doubled: 0.13 };
const LATEST_EVENT_MS = 10 * 60_000;

/** Creates a simulated account with a deployed seedkit. */
export function createWorld(options: WorldOptions): World {
  const time = new VirtualTime(START_MS);
  const { meter = NO_METER, random = randomStream(options.seed), losesEvents = false } = options;
  const { replaceHandlers = (handlers) => handlers } = options;
  const quotas = createQuotas(options.quotas, { region: REGION, clock: time });
  const network = new Network({ time, quotas, random, faultShare: options.faultShare, meter });
  const deployed = readDeployed();
  const changes: RunStateChange[] = [];
  const refusals: RunRefused[] = [];
  const items = new RunItems(options.onWrite);
  const locks = new LockItems(options.onLockWrite);
  const objects = new Objects(() => time.now());
  let eventCount = 0;

  const publish: World['publish'] = (bus, event) => {
    eventCount += 1;
    const id = `00000000-0000-4000-8000-${String(eventCount).padStart(12, '0')}`;
    const sent = {
      ...event,
      id,
      version: '0',
      time: new Date(time.now()).toISOString(),
      account: '123456789012',
      region: REGION,
      resources: [],
    };
    if (event['detail-type'] === RUN_STATE_CHANGE) changes.push(parseRunStateChange(event.detail));
    if (event['detail-type'] === RUN_REFUSED) refusals.push(runRefusedSchema.parse(event.detail));
    for (const rule of deployed.rules) {
      if (rule.bus === bus && rule.matches(sent)) void functions.deliver(rule.handler, sent);
    }
  };
  const publishBestEffort = (source: string) => (detailType: string, detail: object) => {
    const event = { source, 'detail-type': detailType, detail };
    const drawn = network.isFaulty ? random() : 1;
    if (losesEvents || drawn < EVENT_FAULTS.lost) return;
    if (drawn < EVENT_FAULTS.lost + EVENT_FAULTS.late)
      return void time.sleep(random() * LATEST_EVENT_MS).then(() => publish('default', event));
    publish('default', event);
    if (drawn < EVENT_FAULTS.lost + EVENT_FAULTS.late + EVENT_FAULTS.doubled) publish('default', event);
  };
  const putEvent = ({ source, detailType, detail, eventBusName = 'default' }: EventEntry): string => {
    publish(eventBusName.split('/').at(-1) ?? '', {
      source,
      'detail-type': detailType,
      detail: JSON.parse(detail) as object,
    });
    return 'event';
  };

  const invoke = (handler: string, payload: string) =>
    network.call({ service: 'lambda', operation: 'Invoke', caller: OUTSIDE }, () =>
      functions.invoke(handler, payload),
    );
  const builds = new Builds({
    time,
    random,
    concurrency: options.buildConcurrency,
    workOf: options.workOf,
    onEvent: publishBestEffort('aws.codebuild'),
  });
  const ofServices = createIntegrations({
    functions: {
      invoke: (name, payload) => invoke(handlerOf(name), payload),
      invokeAsync: () => Promise.reject(new Error('the machine invokes no function asynchronously')),
    },
    tables: {
      call: (operation, input) =>
        network
          .call({ service: 'dynamodb', operation, caller: OUTSIDE, resource: 'runs' }, () =>
            operationOf(items.operations, operation)(input as never),
          )
          .catch((error: Error) => {
            throw error.name === 'ConditionalCheckFailedException'
              ? new AwsError(error.name, error.message)
              : error;
          }) as Promise<Record<string, unknown>>,
    },
    events: {
      send: (entry) =>
        network.call({ service: 'events', operation: 'PutEvents', caller: OUTSIDE }, () => putEvent(entry)),
    },
  });
  const integrations = {
    ...ofServices,
    ...stopExecution(() => ({
      stop: (input) =>
        network.call({ service: 'states', operation: 'StopExecution', caller: OUTSIDE }, () => {
          executions.operations.StopExecution(input as { executionArn: string });
          return {};
        }),
    })),
  };
  const executions: Executions = new Executions({
    time,
    random,
    quotas,
    meter,
    integrations,
    definition: parseDefinition(synthesizedDefinition(), { integrations }),
    onEvent: publishBestEffort('aws.states'),
  });
  const services: Readonly<Record<string, Operations>> = {
    codebuild: builds.operations,
    dynamodb: tableOperations(items, locks),
    s3: objects.operations,
    states: executions.operations,
    events: {
      PutEvents: ({ Entries }: { Entries: WireEntry[] }) => ({
        FailedEntryCount: 0,
        Entries: Entries.map(({ Source, DetailType, Detail, EventBusName }) => ({
          EventId: putEvent({
            source: Source,
            detailType: DetailType,
            detail: Detail,
            eventBusName: EventBusName,
          }),
        })),
      }),
    },
  };
  const clientsOf =
    (caller: Caller): MakeClient =>
    (type, service, maxAttempts) =>
      sdkClient(type, {
        service,
        operations: services[service] ?? {},
        network,
        time,
        random,
        caller,
        ...(maxAttempts === undefined ? {} : { maxAttempts }),
      });
  const functions = new Functions({
    time,
    quotas,
    meter,
    timeouts: deployed.timeouts,
    handlers: replaceHandlers(createHandlers(time, options.pollBuild)),
    clientsOf,
  });
  return {
    time,
    random,
    network,
    functions,
    builds,
    executions,
    objects,
    changes,
    refusals,
    invoke: (handler, payload) => invoke(handler, JSON.stringify(payload)),
    publish,
    client: clientsOf(OUTSIDE),
    locks: () => locks.all(),
    lockOperations: locks.operations,
    records: () => items.all().map(recordOf),
    record: (runId) => {
      const { Item: item } = items.operations.GetItem({ Key: { runId: { S: runId } } });
      return item && recordOf(item);
    },
  };
}

function recordOf(item: Item): RunRecord {
  return parseRunRecord(unmarshall(item as never));
}

/** Returns the operations of DynamoDB for both tables. */
function tableOperations(items: RunItems, locks: LockItems): Operations {
  const route = (name: 'GetItem' | 'UpdateItem') => (input: { TableName?: string }) =>
    operationOf(input.TableName === LOCK_TABLE ? locks.operations : items.operations, name)(input as never);
  return {
    ...items.operations,
    Scan: locks.operations.Scan,
    GetItem: route('GetItem'),
    UpdateItem: route('UpdateItem'),
  };
}

interface WireEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly EventBusName: string;
}

function operationOf(operations: Operations, name: string): (input: never) => unknown {
  const operation = operations[name];
  if (operation === undefined) throw new Error(`the simulation has no operation ${name}`);
  return operation;
}
