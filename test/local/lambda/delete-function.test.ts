import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { openFunctionRegistry } from '../../../lib/local/lambda/function-registry.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { openTestLambda, type TestLambda, until } from './function-fixtures.js';

let context: TestPlaceContext;
let lambda: TestLambda;
beforeEach(async () => {
  context = await openTestPlaceContext();
  lambda = await openTestLambda(context);
});
afterEach(async () => {
  await lambda.close();
  await context.dispose();
});

const WAITS_FOR_A_FILE = `
  import { existsSync } from 'node:fs';
  export const handler = async ({ file }) => {
    console.log('began');
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log('the last line');
  };`;

const messages = () => lambda.logs.messages('/aws/lambda/f');

it('A function is deleted after its invocations have ended and their logs are written', async () => {
  const file = join(context.dataFolder, 'go');
  await lambda.deploy('f', WAITS_FOR_A_FILE, { Timeout: 30 });
  const order: string[] = [];
  const invocations = ['first', 'second'].map((name) =>
    lambda.invoke('f', JSON.stringify({ file })).then(() => order.push(name)),
  );
  await until(() => messages().filter((line) => line.endsWith('began')).length === 2);

  const provider = lambda.resourceProviders.find(({ type }) => type === 'AWS::Lambda::Function');
  const deleted = provider?.delete({ physicalId: 'f', attributes: {} }).then(() => {
    order.push('deleted');
    return messages().filter((line) => line.startsWith('REPORT')).length;
  });
  // The deletion has removed the function and now waits only for the invocations to end.
  await until(async () => (await openFunctionRegistry(context).list()).length === 0);
  await writeFile(file, '');

  expect(await deleted).toBe(2);
  await Promise.all(invocations);
  expect(order).toEqual([expect.any(String), expect.any(String), 'deleted']);
});
