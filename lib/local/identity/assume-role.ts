import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { assumedRoleUser, issueRoleSession } from '../server/signature/role-session.js';
import { AwsError } from '../wire/aws-error.js';
import { harmless, operation } from '../wire/operation.js';
import { wholeNumberText } from '../wire/text-members.js';
import type { Caller } from '../wire/wire-service.js';

/** Matches the ARN of a role: an optional path, then the role's name. */
const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/(?:[\u0021-\u007e]{1,510}\/)?[\w+=,.@-]{1,64}$/;

/** Maximum duration of a session that is started with the credentials of another role's session. */
const CHAINED_MAX_SECONDS = 3600;

/**
 * Returns the operation AssumeRole. Policies are not evaluated: callers can assume every role of the account, even
 * one that does not exist, and each role allows everything.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(context: PlaceContext) {
  return operation(
    {
      RoleArn: z.string().regex(ROLE_ARN),
      RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
      DurationSeconds: wholeNumberText.pipe(z.number().min(900).max(43_200)).default(3600),
      ExternalId: harmless(
        z.string().regex(/^[\w+=,.@:/-]{2,1224}$/),
        'trust policies are not evaluated, so none requires it',
      ),
    },
    async ({ RoleArn, RoleSessionName, DurationSeconds }, { caller }) => {
      refuseOtherAccount(context, caller, RoleArn);
      if (caller.isRoleSession && DurationSeconds > CHAINED_MAX_SECONDS) {
        throw new AwsError(
          'ValidationError',
          'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
        );
      }
      const { session, secretAccessKey, sessionToken } = issueRoleSession(context, {
        roleArn: RoleArn,
        sessionName: RoleSessionName,
        durationSeconds: DurationSeconds,
      });
      return {
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(session.expiresAtMs).toISOString(),
        },
        AssumedRoleUser: assumedRoleUser(session),
      };
    },
  );
}

/** Refuses a role of another account. @throws AwsError `AccessDenied` */
function refuseOtherAccount({ partition, account }: PlaceContext, caller: Caller, roleArn: string): void {
  if (roleArn.startsWith(`arn:${partition}:iam::${account}:role/`)) return;
  throw new AwsError(
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}; the local AWS has the account ${account} only`,
    403,
  );
}
