import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createParameters } from '../../../lib/local/parameters/parameters.js';
import { holdWrites } from '../held-write.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { jsonCaller } from '../wire/call-json.js';

let context: TestPlaceContext;
let duringNextWrite: ReturnType<typeof holdWrites>['duringNextWrite'];
let callSecrets: ReturnType<typeof jsonCaller>;
let callParameters: ReturnType<typeof jsonCaller>;

beforeEach(async () => {
  context = await openTestPlaceContext();
  const held = holdWrites(context.store);
  ({ duringNextWrite } = held);
  const [secrets, parameters] = (await createParameters({ ...context, store: held.store })).services;
  if (secrets === undefined || parameters === undefined) throw new Error('a service is missing');
  callSecrets = jsonCaller(secrets, 'secretsmanager');
  callParameters = jsonCaller(parameters, 'AmazonSSM');
});
afterEach(() => context.dispose());

describe('Secrets Manager', () => {
  const SECRET = { SecretId: 's' };
  const create = (SecretString: string) => callSecrets('CreateSecret', { Name: 's', SecretString });
  const putStage = (stage: string) =>
    callSecrets('PutSecretValue', { ...SECRET, SecretString: stage, VersionStages: [stage] });

  it('Two values that are put into a secret at the same time are both kept', async () => {
    await create('first');
    const second = duringNextWrite('secrets', () => putStage('B'));
    await putStage('A');
    await second;
    const { VersionIdsToStages } = await callSecrets('DescribeSecret', SECRET);
    const stages = Object.values(VersionIdsToStages as Record<string, string[]>).flat();
    expect(stages.toSorted()).toEqual(['A', 'AWSCURRENT', 'B']);
  });

  it('A secret that is created twice at the same time is created once', async () => {
    const second = duringNextWrite('secrets', () => create('second'));
    await create('first');
    await expect(second).rejects.toMatchObject({ code: 'ResourceExistsException' });
    expect(await callSecrets('GetSecretValue', SECRET)).toMatchObject({ SecretString: 'first' });
  });

  it.each([
    ['removed', { ForceDeleteWithoutRecovery: true }, 'ResourceNotFoundException'],
    ['deleted with a recovery window', {}, 'InvalidRequestException'],
  ])('A secret that is %s while it gets a value stays deleted', async (_how, more, code) => {
    const { ARN } = await create('first');
    const deletion = duringNextWrite('secrets', () =>
      callSecrets('DeleteSecret', { SecretId: ARN, ...more }),
    );
    await callSecrets('PutSecretValue', { ...SECRET, SecretString: 'second' });
    await deletion;
    await expect(callSecrets('GetSecretValue', SECRET)).rejects.toMatchObject({ code });
  });

  it('A secret that is deleted with a recovery window keeps its name and value until it is restored', async () => {
    await create('first');
    await callSecrets('DeleteSecret', SECRET);
    await expect(create('second')).rejects.toMatchObject({
      code: 'InvalidRequestException',
      message: expect.stringMatching(/already scheduled for deletion: s\. Call RestoreSecret/),
    });
    await expect(callSecrets('DeleteSecret', SECRET)).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
    await callSecrets('RestoreSecret', SECRET);
    expect(await callSecrets('GetSecretValue', SECRET)).toMatchObject({ SecretString: 'first' });
    expect(await callSecrets('DescribeSecret', SECRET)).not.toHaveProperty('DeletedDate');
  });

  it('A secret that is removed without recovery frees its name', async () => {
    await create('first');
    await callSecrets('DeleteSecret', SECRET);
    await callSecrets('DeleteSecret', { ...SECRET, ForceDeleteWithoutRecovery: true });
    await create('second');
    expect(await callSecrets('GetSecretValue', SECRET)).toMatchObject({ SecretString: 'second' });
  });
});

describe('Parameter Store', () => {
  const put = (Value: string) =>
    callParameters('PutParameter', { Name: 'p', Value, Type: 'String', Overwrite: true });

  it('Two values that are put into a parameter at the same time get two versions', async () => {
    await put('first');
    const third = duringNextWrite('parameters', () => put('third'));
    expect(await put('second')).toMatchObject({ Version: 2 });
    expect(await third).toMatchObject({ Version: 3 });
    expect(await callParameters('GetParameter', { Name: 'p' })).toMatchObject({
      Parameter: { Value: 'third', Version: 3 },
    });
  });

  it('A parameter that is deleted while it gets a value stays deleted', async () => {
    await put('first');
    const deletion = duringNextWrite('parameters', () => callParameters('DeleteParameter', { Name: 'p' }));
    await put('second');
    await deletion;
    await expect(callParameters('GetParameter', { Name: 'p' })).rejects.toMatchObject({
      code: 'ParameterNotFound',
    });
  });
});
