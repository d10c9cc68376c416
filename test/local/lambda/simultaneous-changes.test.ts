import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { holdWrites } from '../held-write.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { openTestLambda, type TestLambda } from './function-fixtures.js';

let context: TestPlaceContext;
let lambda: TestLambda;
let duringNextWrite: ReturnType<typeof holdWrites>['duringNextWrite'];

beforeEach(async () => {
  context = await openTestPlaceContext();
  const held = holdWrites(context.store);
  ({ duringNextWrite } = held);
  lambda = await openTestLambda({ ...context, store: held.store });
});
afterEach(async () => {
  await lambda.close();
  await context.dispose();
});

const SOURCE = 'export const handler = async () => "done";';
const REQUEST = {
  stackName: 'stack',
  logicalId: 'F',
  properties: {
    FunctionName: 'f',
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: 'arn:aws:iam::123456789012:role/handler',
    Code: { S3Bucket: 'assets', S3Key: 'f' },
  },
};
const provider = () => {
  const found = lambda.resourceProviders.find(({ type }) => type === 'AWS::Lambda::Function');
  if (found === undefined) throw new Error('the provider of functions is missing');
  return found;
};

it('A function that two stacks create at the same time belongs to the first', async () => {
  const second = duringNextWrite('lambda-functions', () => lambda.deploy('f', SOURCE));
  await lambda.deploy('f', SOURCE);
  await expect(second).rejects.toMatchObject({ code: 'ResourceConflictException' });
});

it('A function that is deleted while another stack changes it stays deleted', async () => {
  await lambda.deploy('f', SOURCE);
  const deletion = duringNextWrite('lambda-functions', () =>
    provider().delete({ physicalId: 'f', attributes: {} }),
  );
  await provider().update({ physicalId: 'f', attributes: {} }, REQUEST);
  await deletion;
  await expect(lambda.invoke('f', '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});
