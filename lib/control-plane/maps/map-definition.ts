/** The states of a map. `map-machine.ts` describes the lifecycle, the guarantees and the gotchas. */
import { MAP_ITEMS_PREFIX, transitionToMapAnnounced } from '../../contract/index.js';
import { EXECUTION, jsonata } from '../machine/jsonata.js';
import { CONDITION_FAILED, RETRIES } from '../machine/retry-policy.js';
import { inputDefinition } from './input-definition.js';
import {
  callTable,
  catching,
  emitMapStateChange,
  invoke,
  type MapDefinitionProps,
  resource,
  type State,
  type States,
} from './map-states.js';

const RECORD_KEY = `"${MAP_ITEMS_PREFIX}" & ${EXECUTION.name}`;
const OF_EXECUTION = {
  executionName: jsonata(EXECUTION.name),
  executionArn: jsonata(EXECUTION.arn),
  executionStartedAt: jsonata(EXECUTION.startedAt),
  request: jsonata(EXECUTION.input),
};

/** Returns the definition of the state machine of maps. */
export function mapDefinition(props: MapDefinitionProps, timeoutSeconds: number): Record<string, unknown> {
  return {
    QueryLanguage: 'JSONata',
    TimeoutSeconds: timeoutSeconds,
    StartAt: 'InitializeMap',
    States: { ...beginning(props), RunInputs: runInputs(props), ...ending(props) } satisfies States,
  };
}

function beginning(props: MapDefinitionProps): States {
  const { table, driveMap } = props;
  return {
    // An undefined variable would end the execution without a catch.
    InitializeMap: { Type: 'Pass', Assign: { caught: jsonata('null') }, Output: {}, Next: 'PrepareMap' },
    PrepareMap: {
      ...invoke(driveMap, { step: 'PrepareMap', ...OF_EXECUTION }, RETRIES.handler),
      Assign: { prepared: jsonata('$states.result.Payload') },
      Output: {},
      Catch: [catching('MapRefused')],
      Next: 'RecordMap',
    },
    RecordMap: {
      ...callTable('putItem', {
        TableName: table.tableName,
        Item: jsonata('$prepared.item'),
        ConditionExpression: 'attribute_not_exists(runId) OR executionArn = :arn',
        ExpressionAttributeValues: { ':arn': { S: jsonata(EXECUTION.arn) } },
      }),
      Output: {},
      Catch: [catching('MapRefused')],
      Next: 'EmitMapRunning',
    },
    EmitMapRunning: emitMapStateChange(props, '$prepared.event', {
      retries: RETRIES.progressEvent,
      next: 'RunInputs',
    }),
    MapRefused: failed('caught'),
  };
}

/**
 * A child execution for each input. A child fails only in order to end the map early, so the first failure ends the
 * state.
 */
function runInputs(props: MapDefinitionProps): State {
  const { bucketName } = props.bucket;
  return {
    Type: 'Map',
    Label: 'inputs',
    MaxConcurrency: jsonata('$prepared.concurrency'),
    ToleratedFailureCount: 0,
    ItemReader: {
      Resource: resource('s3:getObject'),
      ReaderConfig: { InputType: 'JSONL' },
      Arguments: { Bucket: bucketName, Key: jsonata('$prepared.inputsKey') },
    },
    ItemSelector: {
      request: jsonata(EXECUTION.input),
      onError: jsonata('$prepared.onError'),
      input: jsonata('$states.context.Map.Item.Value'),
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ...inputDefinition(props),
    },
    // The outputs of the children together may exceed the largest output of a state.
    ResultWriter: {
      Resource: resource('s3:putObject'),
      Arguments: { Bucket: bucketName, Prefix: jsonata('$prepared.childrenPrefix') },
    },
    Output: {},
    Catch: [catching('CollectMap')],
    Next: 'CollectMap',
  };
}

function ending(props: MapDefinitionProps): States {
  const { table, driveMap } = props;
  const transition = (field: string) => jsonata(`$collected.transition.${field}`);
  return {
    CollectMap: {
      ...invoke(driveMap, { step: 'CollectMap', ...OF_EXECUTION, caught: jsonata('$caught') }, RETRIES.look),
      Assign: { collected: jsonata('$states.result.Payload') },
      Output: {},
      Catch: [catching('MapUnrecorded')],
      Next: 'RecordMapEnd',
    },
    RecordMapEnd: {
      ...callTable('updateItem', {
        TableName: table.tableName,
        Key: { runId: { S: jsonata(RECORD_KEY) } },
        UpdateExpression: transition('UpdateExpression'),
        ConditionExpression: transition('ConditionExpression'),
        ExpressionAttributeNames: transition('ExpressionAttributeNames'),
        ExpressionAttributeValues: transition('ExpressionAttributeValues'),
      }),
      Output: {},
      Catch: [
        // The condition fails if an earlier attempt, whose response was lost, has ended the record.
        { ErrorEquals: CONDITION_FAILED, Next: 'EmitMapEnded', Output: {} },
        catching('MapUnrecorded'),
      ],
      Next: 'EmitMapEnded',
    },
    EmitMapEnded: emitMapStateChange(props, '$collected.event', {
      retries: RETRIES.finalEvent,
      next: 'RecordMapAnnounced',
      // The sweep sends the event of a map that is not recorded as announced.
      otherwise: 'DidMapSucceed',
    }),
    RecordMapAnnounced: {
      ...callTable('updateItem', {
        TableName: table.tableName,
        Key: { runId: { S: jsonata(RECORD_KEY) } },
        ...announced(),
      }),
      Output: {},
      Catch: [{ ErrorEquals: ['States.ALL'], Output: {}, Next: 'DidMapSucceed' }],
      Next: 'DidMapSucceed',
    },
    DidMapSucceed: {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$collected.status = "SUCCEEDED"'), Next: 'MapSucceeded' }],
      Default: 'MapFailed',
    },
    MapSucceeded: { Type: 'Succeed', Output: jsonata('$collected.output') },
    MapFailed: failed('collected'),
    MapUnrecorded: failed('caught'),
  };
}

/** Returns the update that notes that the end was announced. */
function announced(): State {
  const { values, ...expressions } = transitionToMapAnnounced(jsonata('$now()'));
  const marshalled = Object.entries(values).map(([name, value]) => [name, { S: value }]);
  return { ...expressions, ExpressionAttributeValues: Object.fromEntries(marshalled) as State };
}

function failed(variable: 'caught' | 'collected'): State {
  return { Type: 'Fail', Error: jsonata(`$${variable}.error`), Cause: jsonata(`$${variable}.cause`) };
}
