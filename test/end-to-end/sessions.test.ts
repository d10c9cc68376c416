import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type AwsOptions } from '../../client/index.js';
import { startLocalAws, type LocalAws } from '../../lib/local/index.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';

const ACCOUNTS = ['111111111111', '222222222222'] as const;
type Account = (typeof ACCOUNTS)[number];

let folder = '';
const places = new Map<Account, LocalAws>();

async function startPlace(account: Account): Promise<LocalAws> {
  const place = await startLocalAws({ account, dataFolder: join(folder, account) });
  places.set(account, place);
  return place;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-sessions-'));
  const assembly = await synthesizedSeedkit();
  await Promise.all(ACCOUNTS.map(async (account) => (await startPlace(account)).deploy(assembly.folder)));
});

afterAll(async () => {
  await Promise.all([...places.values()].map((place) => place.close()));
  await rm(folder, { recursive: true, force: true });
});

function clientOptions(account: Account) {
  const place = places.get(account);
  if (place === undefined) throw new Error(`No place has the account ${account}`);
  const { endpoint, region, credentials } = place;
  return { endpoint, region, credentials };
}

/**
 * Returns options that assume a role of an account. The request goes to the local AWS of the same or of another
 * account.
 */
const deployer = (account: Account, placeOf = account): AwsOptions => ({
  ...clientOptions(placeOf),
  assumeRole: { roleArn: `arn:aws:iam::${account}:role/deployer`, sessionName: 'release' },
});

async function sessionIn(account: Account): Promise<AwsOptions> {
  const sts = new STSClient(clientOptions(account));
  const RoleArn = `arn:aws:iam::${account}:role/deployer`;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'by-hand' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  return { ...clientOptions(account), credentials };
}

describe('Sessions of two accounts', () => {
  it('A run uses the account of its kit, call or function, and never the other account', async () => {
    const [one, two] = ACCOUNTS;
    const kit = seedkit('demo', { aws: deployer(one) });
    const asked = seedkit('demo', { aws: () => sessionIn(two) });
    const ends = await Promise.all([
      kit.commands(['true']),
      kit.commands(['true'], { aws: deployer(two) }),
      asked.commands(['true']),
    ]);

    expect(ends.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    const found = ends.map(({ runId }) =>
      Promise.all(
        ACCOUNTS.map((account) =>
          kit.runs.get(runId, { aws: deployer(account) }).then(
            () => account,
            ({ code }: { code: string }) => code,
          ),
        ),
      ),
    );
    expect(await Promise.all(found)).toEqual([
      [one, 'RunNotFound'],
      ['RunNotFound', two],
      ['RunNotFound', two],
    ]);
  });

  it('Credentials of one account cannot assume a role of another', async () => {
    const [one, two] = ACCOUNTS;
    const kit = seedkit('demo', { aws: deployer(two, one) });
    await expect(kit.submitCommands(['true'])).rejects.toThrow(/not authorized to perform: sts:AssumeRole/);
  });

  it('A session is valid after its local AWS starts again, and in no other local AWS', async () => {
    const [one, two] = ACCOUNTS;
    const { credentials, region } = await sessionIn(one);
    await places.get(one)?.close();
    await startPlace(one);

    const whoIs = (account: Account) =>
      new STSClient({
        ...clientOptions(account),
        ...(region !== undefined && { region }),
        ...(credentials !== undefined && { credentials }),
      }).send(new GetCallerIdentityCommand({}));
    await expect(whoIs(one)).resolves.toMatchObject({
      Arn: `arn:aws:sts::${one}:assumed-role/deployer/by-hand`,
    });
    await expect(whoIs(two)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });
});
