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
import { catchInto } from './caught-error.js';
import { didRunSucceed, runIdTaken, runSuperseded, runUnrecorded } from './endings.js';
import { emitRunStateChange } from './event-states.js';
import { collectOutcome, pollBuild, prepareRun, startBuild, type MachineHandlers } from './handler-states.js';
import { jsonata } from './jsonata.js';
import { recordAnnounced, recordBuilding, recordOutcome, recordQueued } from './record-states.js';
import { CONDITION_FAILED, RETRIES } from './retry-policy.js';

export interface RunDefinitionProps {
  readonly seedkit: string;
  readonly handlers: MachineHandlers;
  readonly table: Table;
  readonly bus: EventBus;
  readonly recordExpirationDays: number;
}

/** The states of a run, wired. @returns the first one */
export function runDefinition(scope: Construct, props: RunDefinitionProps): IChainable {
  const ending = endOfRun(scope, props);
  const building = buildOfRun(scope, props, ending);
  const prepare = prepareRun(scope, props.handlers.prepareRun);
  const queued = recordQueued(scope, props.table);
  const emitQueued = emitRunStateChange(scope, 'EmitQueued', props.bus, '$prepared.event', RETRIES.news);

  queued.addCatch(runIdTaken(scope), catchInto('RecordQueued', CONDITION_FAILED));
  for (const task of [prepare, queued]) catchAll(task, ending);
  goOnWithout(emitQueued, building);
  return initializeRun(scope).next(prepare).next(queued).next(emitQueued).next(building);
}

/** Gives the variables that a catch may need before their state has run a value: an undefined one has no catch. */
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

/** From StartBuild to the end of the build. */
function buildOfRun(scope: Construct, props: RunDefinitionProps, ending: IChainable): IChainable {
  const start = startBuild(scope, props.handlers.startBuild);
  const recorded = recordBuilding(scope, props.table);
  const emitted = emitRunStateChange(scope, 'EmitBuilding', props.bus, '$started.event', RETRIES.news);
  const wait = Wait.jsonata(scope, 'WaitForBuild', {
    time: WaitTime.seconds(jsonata('$polled.waitSeconds')),
    outputs: {},
  });
  const poll = pollBuild(scope, props.handlers.pollBuild);
  const isDone = Choice.jsonata(scope, 'IsBuildDone', { outputs: {} })
    .when(Condition.jsonata(jsonata('$polled.done')), ending)
    .otherwise(wait);

  start.addCatch(capacityLoop(scope, start, ending), catchInto(start.id, [CAPACITY_UNAVAILABLE]));
  for (const task of [start, recorded, poll]) catchAll(task, ending);
  goOnWithout(emitted, wait);
  start.next(recorded).next(emitted).next(wait).next(poll).next(isDone);
  return start;
}

/**
 * From CollectOutcome to the execution's end. From the record on nothing is collected again: what cannot be
 * announced is left to `reconcile-run`, which looks for ends that were not.
 */
function endOfRun(scope: Construct, props: RunDefinitionProps): IChainable {
  const collect = collectOutcome(scope, props.handlers.collectOutcome);
  const assume = assumeFailure(scope, props.seedkit, props.recordExpirationDays);
  const record = recordOutcome(scope, props.table);
  const emit = emitRunStateChange(scope, 'EmitOutcome', props.bus, '$outcome.event', RETRIES.end);
  const announced = recordAnnounced(scope, props.table);
  const end = didRunSucceed(scope);

  catchAll(collect, assume);
  record.addCatch(runSuperseded(scope), catchInto('RecordOutcome', CONDITION_FAILED));
  catchAll(record, runUnrecorded(scope));
  for (const task of [emit, announced]) catchAll(task, end);
  collect.next(record);
  assume.next(record);
  record.next(emit).next(announced).next(end);
  return collect;
}

/** What cannot be told while a run goes on is no reason to end it: its end is told, and its record says the rest. */
function goOnWithout(news: TaskStateBase, next: IChainable): void {
  news.addCatch(next, { errors: [Errors.ALL], outputs: {} });
}

function catchAll(task: TaskStateBase, handler: IChainable): void {
  task.addCatch(handler, catchInto(task.id));
}
