import { arnOf, type PlaceContext } from '../place-context.js';
import type { InputOf } from '../wire/operation.js';
import { invalidParameter, type namedGroup } from './members.js';

/** Returns a group's ARN without the `:*` that some operations add. */
export function logGroupArn(context: PlaceContext, name: string): string {
  return arnOf(context, 'logs', `log-group:${name}`);
}

/**
 * Returns the name of the log group in a request, which contains a name, an identifier or an ARN.
 * @throws AwsError `InvalidParameterException` if the request contains none or two of them
 */
export function groupNameOf({ logGroupName, logGroupIdentifier }: InputOf<typeof namedGroup>): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive parameters.');
  }
  if (logGroupName !== undefined) return logGroupName;
  if (logGroupIdentifier !== undefined) return nameInArn(logGroupIdentifier);
  throw invalidParameter('Either logGroupName or logGroupIdentifier is required.');
}

/**
 * Returns the name of a log group.
 * @param arn ARN of the group, with or without `:*`, or its name
 */
export function nameInArn(arn: string): string {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(:\*)?$/.exec(arn)?.[1] ?? arn;
}
