import { GetObjectCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type AssumeRoleCommandInput,
} from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { awsConfiguration } from '../../../client/connection/aws-configuration.js';
import { systemClock } from '../../../lib/local/clock.js';
import { createIdentity } from '../../../lib/local/identity/create-identity.js';
import { createS3 } from '../../../lib/local/s3/create-s3.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

const ROLE = 'arn:aws:iam::123456789012:role/teams/deployer';
const HOUR_MS = 3_600_000;

let context: TestPlaceContext;
let services: Parameters<typeof startServer>[0]['services'];
let server: Awaited<ReturnType<typeof startServer>>;
/** Milliseconds by which the clocks of the local AWS and the clients are ahead of the machine's. */
let aheadMs = 0;

beforeAll(async () => {
  context = await openTestPlaceContext({ clock: { ...systemClock, now: () => Date.now() + aheadMs } });
  const identity = await createIdentity(context);
  const s3 = await createS3(context, { events: { send: async () => 'event-1' } });
  services = [identity.service, s3.service];
  server = await startServer({ context, services, port: 0 });
  context.setEndpoint(`http://127.0.0.1:${server.port}`);
});
afterAll(async () => {
  await server.close();
  await context.dispose();
});
beforeEach(() => {
  aheadMs = 0;
});

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const clientOptions = (credentials: Keys = context.credentials) => ({
  endpoint: context.endpoint(),
  region: context.region,
  credentials,
  maxAttempts: 1,
  systemClockOffset: aheadMs,
});

const sts = (credentials?: Keys) => new STSClient(clientOptions(credentials));
const s3 = (credentials: Keys) => new S3Client({ ...clientOptions(credentials), forcePathStyle: true });
const whoIs = (credentials: Keys) => sts(credentials).send(new GetCallerIdentityCommand({}));
const assume = (input: Partial<AssumeRoleCommandInput> = {}, credentials?: Keys) =>
  sts(credentials).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'release', ...input }));

async function session(input: Partial<AssumeRoleCommandInput> = {}): Promise<Required<Keys>> {
  const { Credentials } = await assume(input);
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

describe('An assumed role', () => {
  it('An assumed role has temporary credentials and a session ARN', async () => {
    const { Credentials, AssumedRoleUser } = await assume({ DurationSeconds: 900 });

    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(Credentials?.SecretAccessKey).toHaveLength(40);
    const leftMs = (Credentials?.Expiration?.getTime() ?? 0) - Date.now();
    expect(leftMs).toBeGreaterThan(890_000);
    expect(leftMs).toBeLessThanOrEqual(900_000);
    expect(AssumedRoleUser).toEqual({
      Arn: 'arn:aws:sts::123456789012:assumed-role/deployer/release',
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{16}:release$/),
    });
  });

  it('An assumed role is the caller of requests signed by header and by presigned URL', async () => {
    const keys = await session();
    const { Arn, Account, UserId } = await whoIs(keys);
    expect({ Arn, Account }).toEqual({
      Arn: 'arn:aws:sts::123456789012:assumed-role/deployer/release',
      Account: '123456789012',
    });
    expect(UserId).toMatch(/^AROA.*:release$/);
    const missing = { $metadata: { httpStatusCode: 404 } };
    await expect(s3(keys).send(new HeadBucketCommand({ Bucket: 'nobodys' }))).rejects.toMatchObject(missing);

    const command = new GetObjectCommand({ Bucket: 'nobodys', Key: 'a' });
    const address = new URL(await getSignedUrl(s3(keys), command));
    expect((await fetch(address)).status).toBe(404);
    address.searchParams.delete('X-Amz-Security-Token');
    const refused = await fetch(address);
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringContaining('InvalidAccessKeyId'),
    ]);
  });

  it('An assumed role stays valid after a restart', async () => {
    const keys = await session();
    await server.close();
    server = await startServer({ context, services, port: 0 });
    context.setEndpoint(`http://127.0.0.1:${server.port}`);

    await expect(whoIs(keys)).resolves.toMatchObject({ Account: '123456789012' });
  });

  it('An assumed role expires', async () => {
    const keys = await session();
    const object = new GetObjectCommand({ Bucket: 'nobodys', Key: 'a' });
    const address = await getSignedUrl(s3(keys), object, { expiresIn: 7_200 });
    aheadMs = HOUR_MS - 5_000;
    expect((await fetch(address)).status).toBe(404);
    await expect(whoIs(keys)).resolves.toBeDefined();
    aheadMs = HOUR_MS + 1_000;
    await expect(whoIs(keys)).rejects.toMatchObject({ name: 'ExpiredToken' });
    const head = new HeadBucketCommand({ Bucket: 'nobodys' });
    await expect(s3(keys).send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(await (await fetch(address)).text()).toContain('<Code>ExpiredToken</Code>');
  });

  it('An assumed role can assume another role for at most an hour', async () => {
    const keys = await session();
    const other = { RoleArn: 'arn:aws:iam::123456789012:role/other', RoleSessionName: 'second' };
    const { AssumedRoleUser } = await assume(other, keys);
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/other/second');
    await expect(assume({ ...other, DurationSeconds: 3_601 }, keys)).rejects.toThrow('role chaining');
  });

  it("The client's option assumeRole uses an assumed role", async () => {
    const { endpoint, region, credentials } = clientOptions();
    const assumeRole = { roleArn: ROLE, sessionName: 'client' };
    const configuration = await awsConfiguration({ endpoint, region, credentials, assumeRole });
    const { Arn } = await new STSClient(configuration).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/deployer/client');
  });
});

describe('Credentials of an assumed role', () => {
  it.each<[string, (keys: Required<Keys>, other: Required<Keys>) => Keys, string]>([
    [
      'no token',
      ({ accessKeyId, secretAccessKey }) => ({ accessKeyId, secretAccessKey }),
      'InvalidClientTokenId',
    ],
    ['another’s token', (keys, { sessionToken }) => ({ ...keys, sessionToken }), 'InvalidClientTokenId'],
    [
      'another’s secret',
      (keys, { secretAccessKey }) => ({ ...keys, secretAccessKey }),
      'SignatureDoesNotMatch',
    ],
    [
      'a token that was changed',
      ({ sessionToken, ...keys }) => ({ ...keys, sessionToken: `x${sessionToken.slice(1)}` }),
      'InvalidClientTokenId',
    ],
    [
      'a token of other claims',
      ({ sessionToken, ...keys }) => {
        const [claims = '', seal = ''] = sessionToken.split('.');
        const changed = Buffer.from(claims, 'base64url').toString().replace('deployer', 'admin');
        return { ...keys, sessionToken: `${Buffer.from(changed).toString('base64url')}.${seal}` };
      },
      'InvalidClientTokenId',
    ],
    ['no text as token', (keys) => ({ ...keys, sessionToken: '.' }), 'InvalidClientTokenId'],
  ])('The credentials of an assumed role are refused with %s', async (_, change, name) => {
    const keys = change(await session(), await session());
    await expect(whoIs(keys)).rejects.toMatchObject({ name });
  });
});

describe('The credentials of the local AWS', () => {
  it('The credentials of the local AWS are accepted with an unrelated session token', async () => {
    await expect(whoIs({ ...context.credentials, sessionToken: 'of-another-place' })).resolves.toMatchObject({
      Arn: 'arn:aws:iam::123456789012:user/local',
    });
  });

  it('Credentials of neither the local AWS nor a role are refused', async () => {
    const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };
    for (const unknown of [keys, { ...keys, sessionToken: 'a.b' }]) {
      await expect(whoIs(unknown)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    }
  });
});

describe('AssumeRole', () => {
  it.each<[Partial<AssumeRoleCommandInput>, RegExp]>([
    [{ RoleArn: 'deployer' }, /'deployer' at 'roleArn'/],
    [{ RoleArn: 'arn:aws:iam::123456789012:role/teams/' }, /role\/teams\/' at 'roleArn'/],
    [{ RoleArn: 'arn:aws-cn:iam::123456789012:role/deployer' }, /not authorized/],
    [{ RoleSessionName: 'a b' }, /'a b' at 'roleSessionName'/],
    [{ RoleSessionName: 'a' }, /'a' at 'roleSessionName'/],
    [{ DurationSeconds: 899 }, /'899' at 'durationSeconds' .* greater than or equal to 900/],
    [{ DurationSeconds: 43_201 }, /'43201' at 'durationSeconds'/],
    [{ ExternalId: ' ' }, /' ' at 'externalId'/],
    [{ Policy: '{}' }, /no Policy in AssumeRole/],
    [
      { RoleArn: 'arn:aws:iam::999999999999:role/deployer' },
      /not authorized .* the account 123456789012 only/,
    ],
  ])('AssumeRole refuses %j', async (input, message) => {
    await expect(assume(input)).rejects.toThrow(message);
  });
});
