/** The states of one input of a map, in a child execution of their own. */
import { JitterType } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib';

import {
  INPUTS_PER_ITEM,
  MAP_ITEMS_PREFIX,
  type PreparedInput,
  REASON_MAX_CHARACTERS,
  REASON_PREFIX,
  TERMINAL_STATUSES,
} from '../../contract/index.js';
import { jsonata } from '../machine/jsonata.js';
import { RETRIES } from '../machine/retry-policy.js';
import {
  callTable,
  catching,
  invoke,
  type MapDefinitionProps,
  rendered,
  resource,
  type State,
  type States,
} from './map-states.js';

const INDEX = '$string($item.input.index)';
const RECORD_KEY = `"${MAP_ITEMS_PREFIX}" & $item.request.mapId`;
const PROGRESS_KEY = `${RECORD_KEY} & ":" & $string($floor($item.input.index / ${INPUTS_PER_ITEM}))`;

/** Number of reads after which a run that has no record counts as not started. */
const LOOKS_WITHOUT_RECORD = 8;

/** Stands for the status of a run that has the id of the input's run, but was not started by the map. */
const OTHER_RUN = 'OTHER_RUN';

/**
 * Whole seconds until the next read of the record, which grow after each read. The reads of 45 hours, the default limit
 * of a run, stay below the limit of 25,000 history events.
 */
const LOOK_SECONDS = (longest: number) => `$min([${longest}, 2 * ($looks + 1)])`;

const ANOTHER_LOOK = { looks: jsonata('$looks + 1') };

const RUN: PreparedInput['decision'] = 'RUN';
const WAIT: PreparedInput['decision'] = 'WAIT';

/** Returns the graph of states that starts the run of an input, waits for its end and counts it. */
export function inputDefinition(props: MapDefinitionProps): State {
  return {
    StartAt: 'InitializeInput',
    States: { ...start(props), ...look(props), ...count(props) } satisfies States,
  };
}

function start({ driveMap, stateMachineArn }: MapDefinitionProps): States {
  return {
    InitializeInput: {
      Type: 'Pass',
      Assign: {
        item: jsonata('$states.input'),
        looks: 0,
        caught: jsonata('null'),
        runStatus: jsonata('null'),
      },
      Output: {},
      Next: 'PrepareInput',
    },
    PrepareInput: {
      ...invoke(driveMap, { step: 'PrepareInput', item: jsonata('$item') }, RETRIES.look),
      Assign: { prepared: jsonata('$states.result.Payload') },
      Output: {},
      Catch: [catching('NoteReason')],
      Next: 'MayRunStart',
    },
    MayRunStart: {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata(`$prepared.decision = "${RUN}"`), Next: 'RunInput', Assign: { looks: 0 } },
        { Condition: jsonata(`$prepared.decision = "${WAIT}"`), Next: 'WaitForOtherRuns' },
      ],
      Default: 'EndMapEarly',
    },
    WaitForOtherRuns: {
      Type: 'Wait',
      Seconds: jsonata(LOOK_SECONDS(120)),
      Assign: ANOTHER_LOOK,
      Output: {},
      Next: 'PrepareInput',
    },
    EndMapEarly: { Type: 'Fail', Error: 'NoFurtherRuns', Cause: 'The map was canceled or stopped.' },
    RunInput: {
      Type: 'Task',
      Resource: resource('states:startExecution.sync:2'),
      Arguments: {
        StateMachineArn: stateMachineArn,
        Name: jsonata('$prepared.runId'),
        Input: jsonata('$prepared.request'),
      },
      Output: {},
      Retry: STARTS.map(rendered),
      // The run may have failed, or its start, or the wait for it. The run's record shows which.
      Catch: [catching('LookAtRun')],
      Next: 'CountSucceeded',
    },
  };
}

/** Retries of the start of a run. If the run has started already, the retry waits for it. */
const STARTS = [
  {
    errors: [
      'StepFunctions.ThrottlingException',
      'StepFunctions.ExecutionLimitExceededException',
      'StepFunctions.SdkClientException',
      'StepFunctions.SfnException',
    ],
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxDelay: Duration.minutes(5),
    jitterStrategy: JitterType.FULL,
    maxAttempts: 100,
  },
];

/** Counts only the run that the map started: another principal can start a run with the same id first. */
const RUN_STATUS = [
  '$not($exists($states.result.Item.status.S)) ? null',
  `: $states.result.Item.mapId.S = $item.request.mapId ? $states.result.Item.status.S : "${OTHER_RUN}"`,
].join(' ');

/** Reads the record of a run until it shows the end. */
function look({ table }: MapDefinitionProps): States {
  const ended = TERMINAL_STATUSES.filter((status) => status !== 'SUCCEEDED');
  return {
    LookAtRun: {
      ...callTable('getItem', {
        TableName: table.tableName,
        Key: { runId: { S: jsonata('$prepared.runId') } },
        ConsistentRead: true,
        ProjectionExpression: '#status, #mapId',
        ExpressionAttributeNames: { '#status': 'status', '#mapId': 'mapId' },
      }),
      Assign: {
        runStatus: jsonata(RUN_STATUS),
        ...ANOTHER_LOOK,
      },
      Output: {},
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: ANOTHER_LOOK, Output: {}, Next: 'WaitForRecord' }],
      Next: 'HasRunEnded',
    },
    HasRunEnded: {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata('$runStatus = "SUCCEEDED"'), Next: 'CountSucceeded' },
        { Condition: jsonata(`$runStatus in ${JSON.stringify(ended)}`), Next: 'MayMapGoOn' },
        { Condition: jsonata(`$runStatus = "${OTHER_RUN}"`), Next: 'NoteReason' },
        { Condition: jsonata(`$runStatus = null and $looks >= ${LOOKS_WITHOUT_RECORD}`), Next: 'NoteReason' },
      ],
      Default: 'WaitForRecord',
    },
    WaitForRecord: { Type: 'Wait', Seconds: jsonata(LOOK_SECONDS(60)), Output: {}, Next: 'LookAtRun' },
  };
}

/**
 * Counts the end of a run. A failed write is ignored, because the client also finds the end in the run's record. The
 * counts are sets of indexes, so that a repeated write changes nothing.
 */
function count({ table }: MapDefinitionProps): States {
  const update = (key: string, parameters: State, next: string): State => ({
    ...callTable('updateItem', {
      TableName: table.tableName,
      Key: { runId: { S: jsonata(key) } },
      ...parameters,
    }),
    Output: {},
    Catch: [{ ErrorEquals: ['States.ALL'], Output: {}, Next: next }],
    Next: next,
  });
  const add = (attribute: 'succeeded' | 'failed') => ({
    UpdateExpression: 'ADD #ended :index',
    ExpressionAttributeNames: { '#ended': attribute },
    ExpressionAttributeValues: { ':index': { Ns: jsonata(`[${INDEX}]`) } },
  });
  return {
    NoteReason: update(
      PROGRESS_KEY,
      {
        UpdateExpression: 'SET #reason = :reason',
        ExpressionAttributeNames: { '#reason': jsonata(`"${REASON_PREFIX}" & ${INDEX}`) },
        ExpressionAttributeValues: {
          ':reason': {
            S: jsonata(`$substring($caught.error & ": " & $caught.cause, 0, ${REASON_MAX_CHARACTERS})`),
          },
        },
      },
      'MayMapGoOn',
    ),
    MayMapGoOn: {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$item.onError = "stop"'), Next: 'StopMap' }],
      Default: 'CountFailed',
    },
    // The map is stopped before the end is counted. In the other order, another run could start in between.
    StopMap: update(
      RECORD_KEY,
      {
        UpdateExpression: 'SET #stoppedBy = if_not_exists(#stoppedBy, :index)',
        ExpressionAttributeNames: { '#stoppedBy': 'stoppedBy' },
        ExpressionAttributeValues: { ':index': { N: jsonata(INDEX) } },
      },
      'CountFailed',
    ),
    CountFailed: update(PROGRESS_KEY, add('failed'), 'InputEnded'),
    CountSucceeded: update(PROGRESS_KEY, add('succeeded'), 'InputEnded'),
    InputEnded: { Type: 'Succeed', Output: {} },
  };
}
