/** Tasks, retries and catches of the state machine of maps, in the states language. */
import { Aws } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

import { EVENT_SOURCE, MAP_STATE_CHANGE } from '../../contract/index.js';
import { catchAsVariable } from '../machine/caught-error.js';
import { jsonata } from '../machine/jsonata.js';
import { RETRIES } from '../machine/retry-policy.js';

/** Resources that the states use. */
export interface MapDefinitionProps {
  readonly bucket: Bucket;
  readonly table: Table;
  /** The bus that announces maps. */
  readonly bus: EventBus;
  readonly driveMap: IFunction;
  /** ARN of the state machine that drives runs. */
  readonly stateMachineArn: string;
}

/** A state in the states language. */
export type State = Readonly<Record<string, unknown>>;
export type States = Readonly<Record<string, State>>;

/** Returns the ARN of an integration, such as `lambda:invoke`. */
export function resource(integration: string): string {
  return `arn:${Aws.PARTITION}:states:::${integration}`;
}

/** Calls a handler. */
export function invoke(handler: IFunction, payload: State, retries: readonly RetryProps[]): State {
  return {
    Type: 'Task',
    Resource: resource('lambda:invoke'),
    Arguments: { FunctionName: handler.functionArn, Payload: payload },
    TimeoutSeconds: 180,
    Retry: retries.map(rendered),
  };
}

/** Calls DynamoDB through the SDK integration. */
export function callTable(operation: 'getItem' | 'putItem' | 'updateItem', parameters: State): State {
  return {
    Type: 'Task',
    Resource: resource(`aws-sdk:dynamodb:${operation}`),
    Arguments: parameters,
    TimeoutSeconds: 30,
    Retry: RETRIES.record.map(rendered),
  };
}

/**
 * Announces a change of the map on the seedkit's bus. If this fails, the map continues.
 * @param detail the variable that holds the event's detail
 */
export function emitMapStateChange(
  { bus }: MapDefinitionProps,
  detail: string,
  {
    retries,
    next,
    otherwise = next,
  }: { readonly retries: readonly RetryProps[]; readonly next: string; readonly otherwise?: string },
): State {
  return {
    Type: 'Task',
    Resource: resource('events:putEvents'),
    Arguments: {
      Entries: [
        {
          EventBusName: bus.eventBusArn,
          Source: EVENT_SOURCE,
          DetailType: MAP_STATE_CHANGE,
          Detail: jsonata(detail),
        },
      ],
    },
    Output: {},
    TimeoutSeconds: 30,
    Retry: retries.map(rendered),
    Catch: [{ ErrorEquals: ['States.ALL'], Output: {}, Next: otherwise }],
    Next: next,
  };
}

/** Returns a catch of every error, which sets the variable `caught`. */
export function catching(next: string, assign: State = {}): State {
  const { assign: caught } = catchAsVariable(next);
  return { ErrorEquals: ['States.ALL'], Assign: { ...caught, ...assign }, Output: {}, Next: next };
}

/** Returns a retry in the states language. */
export function rendered({
  errors = [],
  interval,
  maxAttempts,
  backoffRate,
  maxDelay,
  jitterStrategy,
}: RetryProps): State {
  const fields = {
    ErrorEquals: errors,
    IntervalSeconds: interval?.toSeconds(),
    MaxAttempts: maxAttempts,
    BackoffRate: backoffRate,
    MaxDelaySeconds: maxDelay?.toSeconds(),
    JitterStrategy: jitterStrategy,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
