import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createParameters, type Parameters } from '../../../lib/local/parameters/parameters.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let context: TestPlaceContext;
let parameters: Parameters;
let server: Awaited<ReturnType<typeof startServer>>;
let secrets: SecretsManagerClient;
let ssm: SSMClient;

beforeEach(async () => {
  context = await openTestPlaceContext();
  parameters = await createParameters(context);
  server = await startServer({ context, services: parameters.services, port: 0 });
  const { region, credentials } = context;
  const options = { region, credentials, endpoint: `http://127.0.0.1:${server.port}`, maxAttempts: 1 };
  secrets = new SecretsManagerClient(options);
  ssm = new SSMClient(options);
});
afterEach(async () => {
  secrets.destroy();
  ssm.destroy();
  await server.close();
  await context.dispose();
});

describe('A secret', () => {
  const create = (SecretString: string) =>
    secrets.send(new CreateSecretCommand({ Name: 'db/main', SecretString }));

  it('A secret can be read by name, by ARN and by ARN without its random suffix', async () => {
    const { ARN = '' } = await create('s3cret');
    expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-central-1:123456789012:secret:db\/main-[A-Za-z0-9]{6}$/);
    for (const SecretId of ['db/main', ARN, ARN.slice(0, -7)]) {
      expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
        SecretString: 's3cret',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: expect.any(Date),
      });
      expect(await parameters.secret(SecretId)).toBe('s3cret');
    }
    expect((await secrets.send(new ListSecretsCommand({}))).SecretList).toMatchObject([
      { Name: 'db/main', ARN },
    ]);
  });

  it('A secret keeps its previous version', async () => {
    const { ARN, VersionId: first = '' } = await create('{"user":"a","n":1}');
    const { VersionId: second = '' } = await secrets.send(
      new PutSecretValueCommand({ SecretId: 'db/main', SecretString: '{"user":"b"}' }),
    );
    expect(
      (await secrets.send(new DescribeSecretCommand({ SecretId: 'db/main' }))).VersionIdsToStages,
    ).toEqual({
      [first]: ['AWSPREVIOUS'],
      [second]: ['AWSCURRENT'],
    });
    expect(await parameters.secret('db/main:user')).toBe('b');
    expect(await parameters.secret('db/main:user:AWSPREVIOUS')).toBe('a');
    expect(await parameters.secret(`db/main:n::${first}`)).toBe('1');
    expect(await parameters.secret(`${ARN}:user:AWSCURRENT`)).toBe('b');
  });

  it('A secret keeps binary values unchanged', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary: Buffer.from([0, 255]) }));
    const { SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId: 'bytes' }));
    expect([...(SecretBinary ?? [])]).toEqual([0, 255]);
  });

  it.each<[string, string]>([
    ['gone', 'ResourceNotFoundException'],
    ['db/main:nokey', 'ResourceNotFoundException'],
    ['db/main::NOSTAGE', 'ResourceNotFoundException'],
  ])('A secret is refused for the reference %s in a build', async (reference, code) => {
    await create('{"user":"a"}');
    await expect(parameters.secret(reference)).rejects.toMatchObject({ code });
  });

  it('A secret cannot be read once it is deleted', async () => {
    await create('x');
    await secrets.send(new DeleteSecretCommand({ SecretId: 'db/main' }));
    await expect(parameters.secret('db/main')).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await secrets.send(new DeleteSecretCommand({ SecretId: 'db/main', ForceDeleteWithoutRecovery: true }));
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'db/main' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('`ForceDeleteWithoutRecovery` succeeds for a secret that does not exist, also a second time', async () => {
    const ForceDeleteWithoutRecovery = true;
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:gone';
    for (const SecretId of ['gone', 'gone', arn]) {
      const deleted = await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery }));
      expect(deleted).toMatchObject({ ARN: arn, Name: 'gone', DeletionDate: expect.any(Date) });
    }
    await expect(secrets.send(new DeleteSecretCommand({ SecretId: 'gone' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('`DescribeSecret` has the end of the recovery window of a deleted secret until it is restored', async () => {
    await create('x');
    const SecretId = 'db/main';
    const describe = () => secrets.send(new DescribeSecretCommand({ SecretId }));
    const { DeletionDate } = await secrets.send(
      new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }),
    );
    expect(DeletionDate).toBeDefined();
    expect((await describe()).DeletedDate).toEqual(DeletionDate);
    await secrets.send(new RestoreSecretCommand({ SecretId }));
    expect((await describe()).DeletedDate).toBeUndefined();
  });
});

describe('A parameter', () => {
  const put = (Name: string, Value: string, more: object = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));

  it('A parameter can be read by name and ARN, and a secure one only with decryption', async () => {
    await put('/app/key', 'k', { Type: 'SecureString' });
    const read = async (WithDecryption: boolean) =>
      (await ssm.send(new GetParameterCommand({ Name: '/app/key', WithDecryption }))).Parameter;
    expect(await read(true)).toMatchObject({ Value: 'k', Version: 1, LastModifiedDate: expect.any(Date) });
    expect((await read(false))?.Value).not.toBe('k');
    expect(await parameters.parameter('/app/key')).toBe('k');
    expect(await parameters.parameter('arn:aws:ssm:eu-central-1:123456789012:parameter/app/key')).toBe('k');
  });

  it('A parameter is overwritten only with `Overwrite`', async () => {
    await put('p', '1');
    await expect(put('p', '2')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put('p', '2', { Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await parameters.parameter('p')).toBe('2');
  });

  it('A parameter can be read with others by names and below a path', async () => {
    for (const name of ['/a/1', '/a/2', '/a/b/3', '/c']) await put(name, name);
    const some = await ssm.send(new GetParametersCommand({ Names: ['/a/1', '/gone'] }));
    expect(some).toMatchObject({ Parameters: [{ Value: '/a/1' }], InvalidParameters: ['/gone'] });
    const below = async (more: object) =>
      (await ssm.send(new GetParametersByPathCommand({ Path: '/a', ...more }))).Parameters?.map(
        ({ Name }) => Name,
      );
    expect(await below({})).toEqual(['/a/1', '/a/2']);
    expect(await below({ Recursive: true })).toEqual(['/a/1', '/a/2', '/a/b/3']);
    const first = await ssm.send(new GetParametersByPathCommand({ Path: '/a', MaxResults: 1 }));
    expect(await below({ NextToken: first.NextToken })).toEqual(['/a/2']);
  });

  it('A parameter is refused with `ParameterNotFound` when it does not exist', async () => {
    await expect(parameters.parameter('gone')).rejects.toMatchObject({ code: 'ParameterNotFound' });
    await expect(ssm.send(new GetParameterCommand({ Name: 'gone' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
  });
});
