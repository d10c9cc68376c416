import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { awsConfiguration } from '../../../client/connection/aws-configuration.js';
import { sharedProvider } from '../../../client/connection/shared-provider.js';

const ROLE = 'arn:aws:iam::222222222222:role/deploy';
const FILES = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_REGION', 'AWS_PROFILE'] as const;

/** A fake STS, which lets every caller assume every role. */
let server: Server;
let endpoint: string;
/** The requests that STS received: their parameters, and access key id and region of their signature. */
let asked: Record<string, string>[];
let folder: string;
const environment = Object.fromEntries(FILES.map((name) => [name, process.env[name]]));

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const [, signer = '', region = ''] =
        /Credential=([^/]+)\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
      asked.push({ ...Object.fromEntries(new URLSearchParams(body)), signer, region });
      response.setHeader('content-type', 'text/xml');
      response.end(assumed(asked.length));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-profiles-'));
  process.env['AWS_CONFIG_FILE'] = path.join(folder, 'config');
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = path.join(folder, 'credentials');
  delete process.env['AWS_REGION'];
  delete process.env['AWS_PROFILE'];
});

afterEach(async () => {
  for (const name of FILES) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

function assumed(count: number): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIA${count}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
    <SessionToken>token</SessionToken><Expiration>${expiration}</Expiration>
  </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}

const keyOf = async (client: S3Client | SFNClient) => (await client.config.credentials()).accessKeyId;

describe('the clients of a connection', () => {
  it('The clients of a connection assume a role once for all of them, with the options of the role', async () => {
    const configuration = await awsConfiguration({
      region: 'eu-west-1',
      endpoint,
      credentials: { accessKeyId: 'AKIDSOURCE', secretAccessKey: 'example' },
      assumeRole: { roleArn: ROLE, sessionName: 'release', externalId: 'partner', durationSeconds: 900 },
    });
    const keys = await Promise.all(
      [new S3Client(configuration), new SFNClient(configuration), new SFNClient(configuration)].map(keyOf),
    );

    expect(keys).toEqual(['ASIA1', 'ASIA1', 'ASIA1']);
    expect(asked).toEqual([
      expect.objectContaining({
        Action: 'AssumeRole',
        RoleArn: ROLE,
        RoleSessionName: 'release',
        ExternalId: 'partner',
        DurationSeconds: '900',
        signer: 'AKIDSOURCE',
        region: 'eu-west-1',
      }),
    ]);
  });

  it('The clients of a connection use a profile’s credentials and region', async () => {
    await writeFile(path.join(folder, 'config'), '[profile dev]\nregion = ap-south-1\n');
    await writeFile(
      path.join(folder, 'credentials'),
      '[dev]\naws_access_key_id = AKIDDEV\naws_secret_access_key = example\n',
    );
    const client = new SFNClient(await awsConfiguration({ profile: 'dev' }));

    expect([await keyOf(client), await client.config.region()]).toEqual(['AKIDDEV', 'ap-south-1']);
  });

  it('The clients of a connection assume a role with a profile’s credentials, in the profile’s region', async () => {
    await writeFile(path.join(folder, 'config'), '[profile ops]\nregion = eu-central-1\n');
    await writeFile(
      path.join(folder, 'credentials'),
      '[ops]\naws_access_key_id = AKIDOPS\naws_secret_access_key = example\n',
    );
    const options = { profile: 'ops', endpoint, assumeRole: { roleArn: ROLE } };

    expect(await keyOf(new SFNClient(await awsConfiguration(options)))).toBe('ASIA1');
    expect(asked).toMatchObject([{ signer: 'AKIDOPS', region: 'eu-central-1', RoleArn: ROLE }]);
  });

  it('The clients of a connection call a credentials function once for all of them', async () => {
    let calls = 0;
    const credentials = async () => ({ accessKeyId: `AKID${(calls += 1)}`, secretAccessKey: 'example' });
    const configuration = await awsConfiguration({ region: 'eu-west-1', credentials });

    expect(await keyOf(new S3Client(configuration))).toBe('AKID1');
    expect(await keyOf(new SFNClient(configuration))).toBe('AKID1');
  });
});

describe('shared credentials', () => {
  const HOUR_MS = 3_600_000;

  it('Shared credentials are renewed five minutes before they expire', async () => {
    let nowMs = 0;
    let calls = 0;
    const provider = async () => ({
      accessKeyId: `AKID${(calls += 1)}`,
      secretAccessKey: 'example',
      expiration: new Date(nowMs + HOUR_MS),
    });
    const shared = sharedProvider(provider, () => nowMs);
    const keys: string[] = [];
    for (const atMs of [0, HOUR_MS - 301_000, HOUR_MS - 299_000, HOUR_MS]) {
      nowMs = atMs;
      keys.push((await shared()).accessKeyId);
    }

    expect(keys).toEqual(['AKID1', 'AKID1', 'AKID2', 'AKID2']);
  });

  it('Shared credentials are requested again after a failure', async () => {
    let calls = 0;
    const shared = sharedProvider(async () => {
      calls += 1;
      if (calls === 1) throw new Error('no token');
      return { accessKeyId: 'AKID', secretAccessKey: 'example' };
    });

    const first = await Promise.allSettled([shared(), shared()]);
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(shared()).resolves.toMatchObject({ accessKeyId: 'AKID' });
    expect(calls).toBe(2);
  });
});
