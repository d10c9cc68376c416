/**
 * The states of a run and the transitions between them. `run-machine.ts` describes the lifecycle, the guarantees and the
 * gotchas.
 */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import {
  Choice,
  Condition,
  Errors,
  Pass,
  Wait,
  WaitTime,
  type IChainable,
  type TaskStateBase,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

import { CAPACITY_UNAVAILABLE, POLL_WAIT } from '../../contract/index.js';
import { assumeFailure } from './assumed-failure.js';
import { capacityLoop } from './capacity-loop.js';
import { catchAsVariable } from './caught-error.js';
import { didRunSucceed, runIdTaken, runSuperseded, runUnrecorded } from './endings.js';
import { emitRunStateChange } from './event-states.js';
import { collectOutcome, pollBuild, prepareRun, startBuild, type MachineHandlers } from './handler-states.js';
import { jsonata } from './jsonata.js';
import { recordAnnounced, recordBuilding, recordOutcome, recordQueued } from './record-states.js';
import { CONDITION_FAILED, RETRIES } from './retry-policy.js';

/** Handlers and resources that the states use. */
export interface RunDefinitionProps {
  readonly seedkit: string;
  readonly handlers: MachineHandlers;
  readonly table: Table;
  readonly bus: EventBus;
  /** Age in days at which the record of a run is deleted. */
  readonly recordExpirationDays: number;
}

/** Creates the states of a run and connects them. @returns the first state */
export function runDefinition(scope: Construct, props: RunDefinitionProps): IChainable {
  const ending = endOfRun(scope, props);
  const building = buildOfRun(scope, props, ending);
  const prepare = prepareRun(scope, props.handlers.prepareRun);
  const queued = recordQueued(scope, props.table);
  const emitQueued = emitRunStateChange(
    scope,
    'EmitQueued',
    props.bus,
    '$prepared.event',
    RETRIES.progressEvent,
  );

  queued.addCatch(runIdTaken(scope), catchAsVariable('RecordQueued', CONDITION_FAILED));
  for (const task of [prepare, queued]) catchAll(task, ending);
  ignoreFailure(emitQueued, building);
  return initializeRun(scope).next(prepare).next(queued).next(emitQueued).next(building);
}

/** Assigns the variables that a catch may read before their own state has run. An undefined variable has no catch. */
function initializeRun(scope: Construct): Pass {
  return Pass.jsonata(scope, 'InitializeRun', {
    assign: {
      buildId: jsonata('null'),
      caught: jsonata('null'),
      polled: { done: false, waitSeconds: POLL_WAIT.minSeconds },
    },
    outputs: {},
  });
}

/** Creates the states from StartBuild to the end of the build. */
function buildOfRun(scope: Construct, props: RunDefinitionProps, ending: IChainable): IChainable {
  const start = startBuild(scope, props.handlers.startBuild);
  const recorded = recordBuilding(scope, props.table);
  const emitted = emitRunStateChange(
    scope,
    'EmitBuilding',
    props.bus,
    '$started.event',
    RETRIES.progressEvent,
  );
  const wait = Wait.jsonata(scope, 'WaitForBuild', {
    time: WaitTime.seconds(jsonata('$polled.waitSeconds')),
    outputs: {},
  });
  const poll = pollBuild(scope, props.handlers.pollBuild);
  const isDone = Choice.jsonata(scope, 'IsBuildDone', { outputs: {} })
    .when(Condition.jsonata(jsonata('$polled.done')), ending)
    .otherwise(wait);

  start.addCatch(capacityLoop(scope, start, ending), catchAsVariable(start.id, [CAPACITY_UNAVAILABLE]));
  for (const task of [start, recorded, poll]) catchAll(task, ending);
  ignoreFailure(emitted, wait);
  start.next(recorded).next(emitted).next(wait).next(poll).next(isDone);
  return start;
}

/**
 * Creates the states from CollectOutcome to the end of the execution. If the recorded end cannot be announced, the
 * execution ends anyway, and `reconcile-run` announces it later.
 */
function endOfRun(scope: Construct, props: RunDefinitionProps): IChainable {
  const collect = collectOutcome(scope, props.handlers.collectOutcome);
  const assume = assumeFailure(scope, props.seedkit, props.recordExpirationDays);
  const record = recordOutcome(scope, props.table);
  const emit = emitRunStateChange(scope, 'EmitOutcome', props.bus, '$outcome.event', RETRIES.finalEvent);
  const announced = recordAnnounced(scope, props.table);
  const end = didRunSucceed(scope);

  catchAll(collect, assume);
  record.addCatch(runSuperseded(scope), catchAsVariable('RecordOutcome', CONDITION_FAILED));
  catchAll(record, runUnrecorded(scope));
  for (const task of [emit, announced]) catchAll(task, end);
  collect.next(record);
  assume.next(record);
  record.next(emit).next(announced).next(end);
  return collect;
}

/** Continues a run although an announcement of its progress failed. The record and the final event have the same data. */
function ignoreFailure(announcement: TaskStateBase, next: IChainable): void {
  announcement.addCatch(next, { errors: [Errors.ALL], outputs: {} });
}

function catchAll(task: TaskStateBase, handler: IChainable): void {
  task.addCatch(handler, catchAsVariable(task.id));
}
