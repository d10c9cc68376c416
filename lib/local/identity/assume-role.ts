import type { PlaceContext } from '../place-context.js';
import type { Caller } from '../wire/wire-service.js';
import { AwsError } from '../wire/aws-error.js';
import type { XmlValue } from '../wire/xml.js';
import { assumedRoleUser, issueRoleSession } from './role-session.js';

const KNOWN = ['Action', 'Version', 'RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId'];

/** A path, if it has one, then the role's name. */
const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/(?:[\u0021-\u007e]{1,510}\/)?[\w+=,.@-]{1,64}$/;

/** How long a session may last that another session has begun. */
const CHAINED_MAX_SECONDS = 3600;

/**
 * Lets a caller take on a role of the place's account. The place evaluates no policies: every role of its account can be
 * taken on, deployed or not, and may do what its owner may.
 *
 * @throws AwsError `ValidationError`, `AccessDenied` for a role of another account
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(
  context: PlaceContext,
  input: URLSearchParams,
  caller: Caller,
): Readonly<Record<string, XmlValue>> {
  const unknown = [...input.keys()].find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new AwsError('ValidationError', `The local place has no ${unknown} of AssumeRole.`);
  }
  const roleArn = matching(input, 'RoleArn', ROLE_ARN);
  const sessionName = matching(input, 'RoleSessionName', /^[\w+=,.@-]{2,64}$/);
  if (input.has('ExternalId')) matching(input, 'ExternalId', /^[\w+=,.@:/-]{2,1224}$/);
  const durationSeconds = checkDuration(input.get('DurationSeconds') ?? '3600', caller);
  if (!roleArn.startsWith(`arn:${context.partition}:iam::${context.account}:role/`)) {
    throw new AwsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}; the local place has the account ${context.account} only`,
      403,
    );
  }
  const issued = issueRoleSession(context, { roleArn, sessionName, durationSeconds });
  return {
    Credentials: {
      AccessKeyId: issued.session.accessKeyId,
      SecretAccessKey: issued.secretAccessKey,
      SessionToken: issued.sessionToken,
      Expiration: new Date(issued.session.expiresAtMs).toISOString(),
    },
    AssumedRoleUser: assumedRoleUser(issued.session),
  };
}

function matching(input: URLSearchParams, name: string, pattern: RegExp): string {
  const value = input.get(name) ?? '';
  if (pattern.test(value)) return value;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
  );
}

function checkDuration(text: string, caller: Caller): number {
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 900 || seconds > 43_200) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${text}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`,
    );
  }
  if (caller.isRoleSession && seconds > CHAINED_MAX_SECONDS) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  return seconds;
}
