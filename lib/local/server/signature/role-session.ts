import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import type { PlaceContext } from '../../place-context.js';

const claimsSchema = z.strictObject({
  accessKeyId: z.string(),
  roleArn: z.string(),
  sessionName: z.string(),
  expiresAtMs: z.number(),
});

/** A session of an assumed role. */
export type RoleSession = Readonly<z.infer<typeof claimsSchema>>;

type Place = Pick<PlaceContext, 'credentials' | 'clock'>;

/**
 * Creates the credentials of a new session. The session token contains the session and an HMAC with the secret key of
 * the local AWS. The session's secret key is derived from the token. So nothing needs to be stored, and sessions stay
 * valid after a restart.
 */
export function issueRoleSession(
  place: Place,
  request: { readonly roleArn: string; readonly sessionName: string; readonly durationSeconds: number },
) {
  const { roleArn, sessionName, durationSeconds } = request;
  // STS returns the expiration in whole seconds.
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

/**
 * Reads a session from its token. The session may have expired.
 * @returns undefined if this local AWS did not create the token
 */
export function readRoleSession(place: Place, sessionToken: string) {
  const [claims = '', sealed = '', ...more] = sessionToken.split('.');
  const expected = seal(place, 'token', claims);
  const received = Buffer.from(sealed, 'base64url');
  if (more.length > 0 || received.length !== expected.length || !timingSafeEqual(received, expected))
    return undefined;
  const { data: session } = claimsSchema.safeParse(
    JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')),
  );
  if (session === undefined) return undefined;
  return { session, sessionToken, secretAccessKey: secretOf(place, sessionToken) };
}

/** Returns the ARN and the id by which services identify a session's caller. */
export function assumedRoleUser({ roleArn, sessionName }: Pick<RoleSession, 'roleArn' | 'sessionName'>) {
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
