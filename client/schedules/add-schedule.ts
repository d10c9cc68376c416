import { randomUUID } from 'node:crypto';

import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';

import {
  CodeseederError,
  definedOnly,
  describeReference,
  findVersion,
  parseTargetReference,
  parseTargetStart,
  scheduleInput,
  seedkitNames,
  type TargetReference,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import type { AddScheduleOptions, TargetSchedule } from '../schedule-types.js';
import { checkArguments, checkKeywordArguments } from '../submit/submit-run.js';
import { describeSchedule, getSchedule, parseScheduleName } from './read-schedules.js';
import { isNamed, type ScheduleGroup, scheduleGroupOf } from './schedule-group.js';
import { parseTiming, type ScheduleTiming } from './schedule-options.js';

/**
 * Adds a schedule. Nothing is sent to EventBridge Scheduler before its options are checked and its target was found.
 */
export async function addSchedule(
  wanted: string,
  options: AddScheduleOptions,
  connection: Connection,
): Promise<TargetSchedule> {
  const name = parseScheduleName(wanted);
  const timing = parseTiming(name, options, new Date());
  const reference = parseTargetReference(options.target);
  const input = inputOf(name, reference, options);
  await checkTarget(reference, options, connection);
  const group = await scheduleGroupOf(connection);
  const request = {
    ...requestOf(name, timing, group),
    State: options.paused === true ? ('DISABLED' as const) : ('ENABLED' as const),
    Target: {
      Arn: await starterArn(connection),
      RoleArn: group.roleArn,
      Input: input,
      RetryPolicy: {
        MaximumRetryAttempts: timing.maxRetries,
        MaximumEventAgeInSeconds: timing.maxAgeMinutes === undefined ? undefined : timing.maxAgeMinutes * 60,
      },
    },
  };
  await create(request, options.replace === true, group, connection.seedkit);
  return describeSchedule(await getSchedule(name, group, connection.seedkit));
}

function inputOf(
  name: string,
  reference: TargetReference,
  { args = [], kwargs, runName, labels }: AddScheduleOptions,
): string {
  const start = definedOnly({
    target: describeReference(reference),
    args: args.length === 0 ? undefined : checkArguments(args),
    kwargs: kwargs && checkKeywordArguments(kwargs),
    name: runName,
    labels: labels && { ...labels },
  });
  parseTargetStart(start, `start of a target in the schedule ${name}`);
  return scheduleInput(name, randomUUID(), start);
}

/**
 * Checks that a target has the version or alias, and takes the arguments.
 * @throws CodeseederError `PublishedTargetNotFound`, `InvalidRequest`
 */
async function checkTarget(
  reference: TargetReference,
  { args = [], kwargs }: AddScheduleOptions,
  connection: Connection,
): Promise<void> {
  const { readTarget } = await import('../../lib/run-store/targets.js');
  const target = await readTarget(reference.name, connection.seedkit, await filesOf(connection));
  const { kind } = findVersion(target, reference);
  const problem =
    kind !== 'python' && kwargs !== undefined
      ? 'takes no kwargs: it is not a Python function. Pass args.'
      : kind === 'commands' && args.length > 1
        ? `runs commands, which take at most 1 argument, but there are ${args.length}. Pass them as one array or object.`
        : undefined;
  if (problem !== undefined)
    throw new CodeseederError('InvalidRequest', `The target ${describeReference(reference)} ${problem}`);
}

function requestOf(
  Name: string,
  { times, startAt, endAt, flexibleMinutes, description }: ScheduleTiming,
  { group: GroupName }: ScheduleGroup,
): Omit<CreateScheduleCommandInput, 'Target'> {
  return {
    Name,
    GroupName,
    ScheduleExpression: times.expression,
    ScheduleExpressionTimezone: times.timeZone,
    StartDate: startAt,
    EndDate: endAt,
    Description: description,
    FlexibleTimeWindow:
      flexibleMinutes === undefined
        ? { Mode: 'OFF' }
        : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: flexibleMinutes },
    ActionAfterCompletion: 'DELETE',
  };
}

async function create(
  request: CreateScheduleCommandInput,
  replace: boolean,
  { scheduler }: ScheduleGroup,
  seedkit: string,
): Promise<void> {
  try {
    await scheduler.send(new CreateScheduleCommand(request));
  } catch (error) {
    if (!isNamed(error, 'ConflictException')) throw error;
    if (!replace) {
      throw new CodeseederError(
        'ScheduleExists',
        `The seedkit ${seedkit} already has a schedule ${request.Name}. Use another name, remove it (codeseeder schedules remove ${request.Name}), or replace it with --replace.`,
        { cause: error },
      );
    }
    await scheduler.send(new UpdateScheduleCommand(request));
  }
}

/**
 * Returns the ARN of the handler `start-target`, which is in the partition, region and account of the state machine.
 */
async function starterArn(connection: Connection): Promise<string> {
  const { stateMachineArn } = await connection.deployed();
  const [arn, partition, , region, account] = stateMachineArn.split(':');
  return [
    arn,
    partition,
    'lambda',
    region,
    account,
    'function',
    seedkitNames.handler(connection.seedkit, 'start-target'),
  ].join(':');
}
