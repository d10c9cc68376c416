import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';

const claimsSchema = z.strictObject({
  accessKeyId: z.string(),
  roleArn: z.string(),
  sessionName: z.string(),
  expiresAtMs: z.number(),
});

/** Who has taken on which role, and until when. */
export type RoleSession = Readonly<z.infer<typeof claimsSchema>>;

export interface RoleSessionCredentials {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly session: RoleSession;
}

type Place = Pick<PlaceContext, 'credentials' | 'clock'>;

/**
 * Credentials of a new session. All that is to be known of it stands in the token, under the place's own seal, and the
 * secret follows from the token: nothing is kept, and the session outlives a restart of the place.
 */
export function issueRoleSession(
  place: Place,
  asked: { readonly roleArn: string; readonly sessionName: string; readonly durationSeconds: number },
): RoleSessionCredentials {
  const { roleArn, sessionName, durationSeconds } = asked;
  // STS tells the end in whole seconds.
  const nowSeconds = Math.floor(place.clock.now() / 1000);
  const session: RoleSession = {
    accessKeyId: `ASIA${base32(randomBytes(16))}`,
    roleArn,
    sessionName,
    expiresAtMs: (nowSeconds + durationSeconds) * 1000,
  };
  const claims = Buffer.from(JSON.stringify(session)).toString('base64url');
  const sessionToken = `${claims}.${seal(place, 'token', claims).toString('base64url')}`;
  return { session, sessionToken, secretAccessKey: secretOf(place, sessionToken) };
}

/** @returns undefined when the token is not of the place's making, or of one of its other versions; what is told may have ended */
export function readRoleSession(place: Place, sessionToken: string): RoleSessionCredentials | undefined {
  const [claims = '', sealed = '', ...more] = sessionToken.split('.');
  const expected = seal(place, 'token', claims);
  const given = Buffer.from(sealed, 'base64url');
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
    return undefined;
  const { data: session } = claimsSchema.safeParse(
    JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')),
  );
  if (session === undefined) return undefined;
  return { session, sessionToken, secretAccessKey: secretOf(place, sessionToken) };
}

/** Who a session is to those that it calls. */
export function assumedRoleUser({ roleArn, sessionName }: Pick<RoleSession, 'roleArn' | 'sessionName'>): {
  readonly Arn: string;
  readonly AssumedRoleId: string;
} {
  const [, partition, , , account, resource = ''] = roleArn.split(':');
  const roleName = resource.slice(resource.lastIndexOf('/') + 1);
  const roleId = base32(createHash('sha256').update(roleArn).digest().subarray(0, 16));
  return {
    Arn: `arn:${partition}:sts::${account}:assumed-role/${roleName}/${sessionName}`,
    AssumedRoleId: `AROA${roleId}:${sessionName}`,
  };
}

function secretOf(place: Place, sessionToken: string): string {
  return seal(place, 'secret', sessionToken).toString('base64').slice(0, 40);
}

function seal({ credentials }: Place, purpose: 'token' | 'secret', text: string): Buffer {
  return createHmac('sha256', credentials.secretAccessKey)
    .update(`role-session-${purpose}\n${text}`)
    .digest();
}

function base32(bytes: Buffer): string {
  return Array.from(bytes, (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}
