/**
 * Runs maps in the interpreter of the local AWS, with the real handler and a table in memory. The machine of runs is
 * replaced by one that only waits and ends. The clock runs faster than real time.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { text } from 'node:stream/consumers';

import { driveMap } from '../../lambdas/drive-map/drive-map.js';
import {
  contentDigest,
  mapCancelKey,
  type MapDescription,
  mapDescriptionKey,
  mapInputsKey,
  mapRecordKey,
  type MapRequest,
  parseDriveMapInput,
  parseProgressItem,
  progressKey,
  sealInput,
} from '../../lib/contract/index.js';
import { type Clock, systemClock } from '../../lib/local/clock.js';
import type { Objects } from '../../lib/local/ports.js';
import { NO_QUOTAS, type Quotas } from '../../lib/local/quotas/quotas.js';
import { open, type OpenStates } from '../local/states/open-states.js';
import { synthesizedTemplate } from '../seedkit/synthesized-template.js';
import { resourcesOf } from '../seedkit/template-resources.js';

const BUCKET = 'bucket';
const RUN_MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo';
const SEAL_KEY = 'ab'.repeat(32);

/** Returns the definition of the maps' state machine as it is deployed. */
export function mapMachineDefinition(): Record<string, unknown> {
  const machines = resourcesOf('AWS::StepFunctions::StateMachine', synthesizedTemplate());
  const machine = machines.find(
    ({ Properties }) => Properties['StateMachineName'] === 'codeseeder-demo_maps',
  );
  const definition = String(machine?.Properties['DefinitionString']).replaceAll('the-bucket', BUCKET);
  return JSON.parse(definition) as Record<string, unknown>;
}

type Item = Record<string, AttributeValue>;

/** An in-memory table that supports the expressions of maps. */
class MemoryTable {
  readonly items = new Map<string, Item>();
  /** Largest number of runs that were in progress at the same time. */
  mostRunning = 0;
  private running = 0;

  async call(operation: string, input: object): Promise<Record<string, unknown>> {
    const asked = input as Asked;
    switch (operation) {
      case 'GetItem':
        return { Item: this.items.get(keyOf(asked.Key)) };
      case 'BatchGetItem': {
        const [[name, { Keys }] = ['', { Keys: [] }]] = Object.entries(asked.RequestItems);
        const found = Keys.map((key) => this.items.get(keyOf(key)));
        return { Responses: { [name]: found.filter((item) => item !== undefined) } };
      }
      case 'PutItem':
        this.items.set(keyOf(asked.Item), asked.Item);
        return {};
      case 'UpdateItem':
        this.update(asked);
        return {};
      default:
        throw new Error(`unexpected ${operation}`);
    }
  }

  private update({ Key, UpdateExpression, ExpressionAttributeNames: names = {}, ...asked }: Asked): void {
    const item = this.items.get(keyOf(Key)) ?? { ...Key };
    const values = asked.ExpressionAttributeValues;
    const value = (name: string) => values[name] as AttributeValue;
    for (const [, action, name = '', operand = ''] of UpdateExpression.matchAll(
      /(ADD|DELETE) (#\w+) (:\w+)/g,
    )) {
      const attribute = names[name] ?? '';
      const set = new Set(item[attribute]?.NS);
      const before = set.size;
      for (const index of value(operand).NS ?? [])
        if (action === 'ADD') set.add(index);
        else set.delete(index);
      this.running += (set.size - before) * (attribute === 'started' ? 1 : -1);
      this.mostRunning = Math.max(this.mostRunning, this.running);
      item[attribute] = { NS: [...set] };
    }
    for (const [, name = '', condition, operand = ''] of UpdateExpression.matchAll(
      /(#\w+) = (if_not_exists\(#\w+, )?(:\w+)/g,
    )) {
      const attribute = names[name] ?? '';
      if (condition === undefined || item[attribute] === undefined) item[attribute] = value(operand);
    }
    for (const name of UpdateExpression.split('REMOVE ')[1]?.split(', ') ?? [])
      delete item[names[name] ?? ''];
    this.items.set(keyOf(Key), item);
  }
}

interface Asked {
  readonly Key: Item;
  readonly Item: Item;
  readonly RequestItems: Record<string, { Keys: Item[] }>;
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues: Item;
}

const keyOf = (item: Item): string => String(item['runId']?.S);

/** Returns an SDK client whose responses come from a function. */
function client<Client>(
  answer: (operation: string, input: Record<string, unknown>) => Promise<unknown>,
): Client {
  return {
    send: (command: { input: Record<string, unknown>; constructor: { name: string } }) =>
      answer(command.constructor.name.replace(/Command$/, ''), command.input),
  } as Client;
}

function s3Of(objects: Objects): S3Client {
  return client(async (operation, { Key, Body }) => {
    if (operation === 'PutObject') return objects.write(BUCKET, String(Key), Buffer.from(Body as Uint8Array));
    try {
      const { body, sizeBytes } = await objects.read(BUCKET, String(Key));
      const content = Buffer.from(await text(body));
      return { ContentLength: sizeBytes, Body: { transformToByteArray: async () => content } };
    } catch {
      throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
    }
  });
}

/** How the run of an input ends, and after how many seconds. */
export interface Run {
  readonly end: 'SUCCEEDED' | 'FAILED';
  readonly seconds: number;
}

export interface OpenedMaps {
  readonly place: OpenStates;
  readonly table: MemoryTable;
  readonly nowMs: () => number;
  /** Stores a map and starts its execution. @returns the execution's ARN */
  start(
    map: Partial<MapDescription> & { readonly runs: readonly Run[]; readonly changed?: number },
  ): Promise<string>;
  /** Cancels the map. */
  cancel(): Promise<void>;
  /** Returns the record and the progress of the map. */
  state(): {
    record: Record<string, unknown>;
    started: number[];
    succeeded: number[];
    failed: number[];
    reasons: string[];
  };
}

export const MAP_ID = 'map-1';

/** Replacement for the machine of runs. It only waits, records the end, and ends. */
const RUN_DEFINITION = {
  QueryLanguage: 'JSONata',
  StartAt: 'Work',
  States: {
    Work: { Type: 'Wait', Seconds: '{% $number($states.input.labels.seconds) %}', Next: 'Record' },
    Record: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem',
      Arguments: {
        TableName: 'codeseeder-demo-runs',
        Item: {
          runId: { S: '{% $states.input.runId %}' },
          mapId: { S: '{% $states.input.mapId %}' },
          status: { S: '{% $states.input.labels.end %}' },
        },
      },
      Assign: { end: '{% $states.input.labels.end %}' },
      Next: 'End',
    },
    End: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $end = "SUCCEEDED" %}', Next: 'Good' }],
      Default: 'Bad',
    },
    Good: { Type: 'Succeed' },
    Bad: { Type: 'Fail', Error: 'CommandFailed', Cause: 'on purpose' },
  },
};

/**
 * Returns a clock that runs faster than real time. It cannot jump to the end of the next sleep, because writing files
 * takes real time.
 */
function quickClock(speed: number): Clock {
  const startMs = systemClock.now();
  return {
    now: () => startMs + (systemClock.now() - startMs) * speed,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / speed, signal),
  };
}

/**
 * Opens Step Functions with both machines.
 * @param speed factor by which the clock is faster than real time
 * @param quotasOf returns the quotas of the account
 */
export async function openMaps(
  speed = 20,
  quotasOf: (clock: Clock) => Quotas = () => NO_QUOTAS,
): Promise<OpenedMaps> {
  const table = new MemoryTable();
  const clock = quickClock(speed);
  const opened: { place?: OpenStates } = {};
  const runs: Run[] = [];
  const dynamodb = client<DynamoDBClient>((operation, input) => table.call(operation, input));
  const descriptions = new Map<string, MapDescription>();
  const invoke = async (_name: string, payload: string) => {
    const { objects } = opened.place!;
    const own = {
      bucket: BUCKET,
      runTable: 'codeseeder-demo-runs',
      seedkit: 'demo',
      recordExpirationDays: 1,
    };
    try {
      const input = parseDriveMapInput(JSON.parse(payload));
      const answer = await driveMap(input, { ...own, s3: s3Of(objects), dynamodb, descriptions });
      return { payload: JSON.stringify(withPlan(answer, runs)), requestId: 'r' };
    } catch (error) {
      const { code = 'Error', message } = error as Error & { code?: string };
      return {
        payload: JSON.stringify({ errorType: code, errorMessage: message }),
        requestId: 'r',
        functionError: 'Unhandled',
      };
    }
  };
  const callTable = (operation: string, input: object) => table.call(operation, input);
  const place = await open({
    definition: mapMachineDefinition(),
    invoke,
    callTable,
    overrides: { clock, quotas: quotasOf(clock) },
  });
  opened.place = place;
  const roleArn = 'arn:aws:iam::123456789012:role/machine';
  const definition = JSON.stringify(RUN_DEFINITION);
  await place.call('CreateStateMachine', { name: 'codeseeder-demo', roleArn, definition });
  return {
    place,
    table,
    nowMs: () => clock.now(),
    async start({ runs: planned, changed, ...overrides }) {
      runs.push(...planned);
      const request = await store(place.objects, planned.length, overrides, changed);
      const { executionArn } = await place.call('StartExecution', {
        stateMachineArn: place.machineArn,
        name: MAP_ID,
        input: JSON.stringify(request),
      });
      return executionArn;
    },
    cancel: () => place.objects.write(BUCKET, mapCancelKey(MAP_ID), Buffer.from('Canceled by me@here.')),
    state: () => stateOf(table, runs.length),
  };
}

/**
 * Adds the planned end and duration of a run to its request, from which the replacement machine reads them.
 */
function withPlan(answer: object, runs: readonly Run[]): object {
  if (!('request' in answer) || answer.request === null) return answer;
  const request = answer.request as { mapIndex: number };
  const { end = 'SUCCEEDED', seconds = 1 } = runs[request.mapIndex] ?? {};
  return { ...answer, request: { ...request, labels: { end, seconds: String(seconds) } } };
}

async function store(
  objects: Objects,
  total: number,
  overrides: Partial<MapDescription>,
  changed: number | undefined,
): Promise<MapRequest> {
  const description: MapDescription = {
    version: 1,
    mapId: MAP_ID,
    seedkit: 'demo',
    invocation: { kind: 'commands', target: ['true'] },
    build: {},
    total,
    ranges: [[0, total - 1]],
    concurrency: 10,
    onError: 'continue',
    ...overrides,
  };
  const sealing = { mapId: MAP_ID, sealKey: SEAL_KEY };
  const lines = Array.from({ length: total }, (_, index) => {
    const input = sealInput(index, JSON.stringify([index]), sealing);
    return JSON.stringify(index === changed ? { ...input, args: '["evil"]' } : input);
  });
  await objects.write(BUCKET, mapInputsKey(MAP_ID), Buffer.from(lines.join('\n')));
  const content = Buffer.from(JSON.stringify(description));
  const key = mapDescriptionKey(MAP_ID);
  await objects.write(BUCKET, key, content);
  return {
    version: 1,
    mapId: MAP_ID,
    seedkit: 'demo',
    description: { key, ...contentDigest(content) },
    sealKey: SEAL_KEY,
  };
}

function stateOf(table: MemoryTable, total: number) {
  const record = unmarshall(table.items.get(mapRecordKey(MAP_ID)) ?? {}) as Record<string, unknown>;
  const items = Array.from({ length: Math.ceil(total / 500) }, (_, item) =>
    table.items.get(progressKey(MAP_ID, item)),
  );
  const progress = items.map((item) => parseProgressItem(unmarshall(item ?? {})));
  const all = (set: 'started' | 'succeeded' | 'failed') =>
    progress.flatMap((item) => [...item[set]]).sort((one, other) => one - other);
  const reasons = progress.flatMap((item) => [...item.reasons.values()]);
  return { record, started: all('started'), succeeded: all('succeeded'), failed: all('failed'), reasons };
}

/**
 * Starts the execution of a run before the map does, as an earlier attempt does whose response was lost.
 * @param mapId the map in the record of the run
 */
export async function startRunBefore(
  { place }: OpenedMaps,
  index: number,
  run: Run,
  mapId = MAP_ID,
): Promise<void> {
  const runId = `${MAP_ID}-${index}`;
  const input = JSON.stringify({ runId, mapId, labels: { end: run.end, seconds: '0' } });
  const { executionArn } = await place.call('StartExecution', {
    stateMachineArn: RUN_MACHINE,
    name: runId,
    input,
  });
  await place.ended(executionArn);
}

/** Stops the execution of a run as a client does, and records its end as `reconcile-run` does. */
export async function stopRun({ place, table }: OpenedMaps, index: number): Promise<void> {
  const runId = `${MAP_ID}-${index}`;
  table.items.set(runId, {
    runId: { S: runId },
    mapId: { S: MAP_ID },
    status: { S: 'CANCELED' },
  });
  const executionArn = `${RUN_MACHINE.replace(':stateMachine:', ':execution:')}:${runId}`;
  for (;;) {
    try {
      await place.call('StopExecution', { executionArn, error: 'RunCanceled' });
      return;
    } catch {
      // Waits, because the run is counted as started before its execution exists.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
