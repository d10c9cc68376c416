import type { PlaceContext } from '../place-context.js';
import { invalidParameter } from './request-members.js';

/** Without the `:*` that some operations want behind it. */
export function logGroupArn(context: PlaceContext, name: string): string {
  return `arn:${context.partition}:logs:${context.region}:${context.account}:log-group:${name}`;
}

/**
 * The group that a request names by name, identifier or ARN.
 * @throws AwsError `InvalidParameterException` when it names none or two
 */
export function groupNameOf(input: {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}): string {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName && logGroupIdentifier) {
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive parameters.');
  }
  const given = logGroupName || logGroupIdentifier;
  if (!given) throw invalidParameter('Either logGroupName or logGroupIdentifier is required.');
  return logGroupName ? given : nameInArn(given);
}

/** @param arn a group's ARN, with or without `:*`, or its plain name */
export function nameInArn(arn: string): string {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(:\*)?$/.exec(arn)?.[1] ?? arn;
}
