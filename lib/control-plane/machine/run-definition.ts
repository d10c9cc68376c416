/**
 * The states of a run and the transitions between them. `run-machine.ts` describes the lifecycle, the guarantees and
 * the gotchas.
 */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import {
  Errors,
  Pass,
  Wait,
  WaitTime,
  type IChainable,
  type TaskStateBase,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

import { BUILD_NOT_ENDED, CAPACITY_UNAVAILABLE, LOCK_AWAITED } from '../../contract/index.js';
import { assumeFailure } from './assumed-failure.js';
import { capacityLoop } from './capacity-loop.js';
import { catchAsVariable } from './caught-error.js';
import { didRunSucceed, runIdTaken, runSuperseded, runUnrecorded } from './endings.js';
import { emitRunStateChange } from './event-states.js';
import {
  collectOutcome,
  POLL_SECONDS,
  prepareRun,
  startBuild,
  waitForBuild,
  waitForLock,
  type MachineHandlers,
} from './handler-states.js';
import { jsonata } from './jsonata.js';
import { recordAnnounced, recordBuilding, recordOutcome, recordQueued } from './record-states.js';
import { CONDITION_FAILED, REFUSALS, RETRIES } from './retry-policy.js';

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
  const wait = waitForBuild(scope, props.handlers.pollBuild);
  const ending = endOfRun(scope, props, wait);
  awaitBuild(scope, wait, ending);
  const building = buildOfRun(scope, props, { wait, ending });
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

/**
 * Assigns the variables that a state may read although the state that sets them failed. An undefined variable would end
 * the execution without a catch.
 */
function initializeRun(scope: Construct): Pass {
  return Pass.jsonata(scope, 'InitializeRun', {
    assign: {
      prepared: jsonata('null'),
      started: jsonata('null'),
      buildId: jsonata('null'),
      caught: jsonata('null'),
    },
    outputs: {},
  });
}

/** Creates the states from StartBuild until the build is announced. */
function buildOfRun(
  scope: Construct,
  props: RunDefinitionProps,
  { wait, ending }: { readonly wait: IChainable; readonly ending: IChainable },
): IChainable {
  const start = startBuild(scope, props.handlers.startBuild);
  const recorded = recordBuilding(scope, props.table);
  const emitted = emitRunStateChange(
    scope,
    'EmitBuilding',
    props.bus,
    '$started.event',
    RETRIES.progressEvent,
  );

  start.addCatch(capacityLoop(scope, start, ending), catchAsVariable(start.id, [CAPACITY_UNAVAILABLE]));
  const waitLock = waitForLock(scope, props.handlers.awaitLock);
  start.addCatch(waitLock, { errors: [LOCK_AWAITED], outputs: {} });
  catchAll(start, ending);
  catchAll(waitLock, ending);
  waitLock.next(start);
  // The condition fails if another writer has ended the run.
  recorded.addCatch(ending, catchAsVariable(recorded.id, CONDITION_FAILED));
  ignoreFailure(recorded, emitted);
  ignoreFailure(emitted, wait);
  start.next(recorded).next(emitted).next(wait);
  return start;
}

/**
 * Connects the state that waits for the end of the build. The wait ends when CodeBuild reports the end of the build, or
 * when `poll-build` reports that the build is overdue or does not exist. After the poll interval, the state is entered
 * again. If the build could not be checked, the state is entered again after another interval.
 */
function awaitBuild(scope: Construct, wait: LambdaInvoke, ending: IChainable): void {
  const lookAgainLater = Wait.jsonata(scope, 'LookAgainLater', {
    time: WaitTime.seconds(jsonata(POLL_SECONDS)),
    outputs: {},
  });
  wait.addCatch(ending, catchAsVariable(wait.id, [...REFUSALS]));
  wait.addCatch(wait, { errors: [Errors.TIMEOUT], outputs: {} });
  wait.addCatch(lookAgainLater, { errors: [Errors.ALL], outputs: {} });
  wait.next(ending);
  lookAgainLater.next(wait);
}

/**
 * Creates the states from CollectOutcome to the end of the execution. If the recorded end cannot be announced, the
 * execution ends anyway, and `reconcile-run` announces it later.
 *
 * @param wait the state to return to if CodeBuild has not ended the build
 */
function endOfRun(scope: Construct, props: RunDefinitionProps, wait: IChainable): IChainable {
  const collect = collectOutcome(scope, props.handlers.collectOutcome);
  const assume = assumeFailure(scope, props.seedkit, props.recordExpirationDays);
  const record = recordOutcome(scope, props.table);
  const emit = emitRunStateChange(scope, 'EmitOutcome', props.bus, '$outcome.event', RETRIES.finalEvent);
  const announced = recordAnnounced(scope, props.table);
  const end = didRunSucceed(scope, props.seedkit);

  collect.addCatch(wait, { errors: [BUILD_NOT_ENDED], outputs: {} });
  catchAll(collect, assume);
  record.addCatch(runSuperseded(scope), catchAsVariable('RecordOutcome', CONDITION_FAILED));
  catchAll(record, runUnrecorded(scope));
  for (const task of [emit, announced]) catchAll(task, end);
  collect.next(record);
  assume.next(record);
  record.next(emit).next(announced).next(end);
  return collect;
}

/**
 * Continues a run although a write or an event of its progress failed. The record and event of its end have the same
 * data.
 */
function ignoreFailure(task: TaskStateBase, next: IChainable): void {
  task.addCatch(next, { errors: [Errors.ALL], outputs: {} });
}

function catchAll(task: TaskStateBase, handler: IChainable): void {
  task.addCatch(handler, catchAsVariable(task.id));
}
