import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { repairFunctions } from '../../../lib/local/repair/repair-functions.js';
import type { Loss, Repair } from '../../../lib/local/repair/repair-report.js';
import { emptyStackRecord } from '../../../lib/local/template/new-stack-record.js';
import { openStackStore } from '../../../lib/local/template/stack-store.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { openTestLambda } from './function-fixtures.js';

const CODE = 'export const handler = async () => "as it was deployed";';

let context: TestPlaceContext;
/** File with the code of the function. */
let file: string;

beforeEach(async () => {
  context = await openTestPlaceContext();
  const lambda = await openTestLambda(context);
  await lambda.deploy('f', CODE);
  await lambda.close();
  const code = join(context.dataFolder, 'lambda', 'code');
  const [folder = ''] = (await readdir(code)).filter((name) => name.startsWith('f-'));
  file = join(code, folder, 'index.mjs');
});
afterEach(() => context.dispose());

const DAMAGES: readonly (readonly [string, () => Promise<void>])[] = [
  ['was changed', async () => writeFile(file, CODE.replace('deployed', 'Deployed'))],
  ['was cut', async () => truncate(file, CODE.length - 1)],
  ['was deleted', async () => rm(file)],
];

describe('Lambda on a data folder with damaged code', () => {
  it.each(DAMAGES)(
    'Lambda is not started when a file of a function %s, and the error names it',
    async (...[, act]) => {
      await act();
      await expect(openTestLambda(context)).rejects.toMatchObject({
        code: 'DataFolderDamaged',
        message: expect.stringContaining(`${file} is damaged: `),
      });
    },
  );

  it('Lambda starts when a handler has written files beside its code', async () => {
    await writeFile(join(file, '..', 'cache.json'), '{}');
    const lambda = await openTestLambda(context);
    expect((await lambda.invoke('f', '{}')).payload).toBe('"as it was deployed"');
    await lambda.close();
  });

  it('Lambda starts with code of an earlier version, which has no checksums', async () => {
    const checksums = context.store.collection('lambda-code');
    for await (const [key] of checksums.entries()) await checksums.delete(key);
    await writeFile(file, 'export const handler = async () => "unknown";');
    const lambda = await openTestLambda(context);
    expect((await lambda.invoke('f', '{}')).payload).toBe('"unknown"');
    await lambda.close();
  });

  it('A repair removes the function, and the next deployment of its stack creates it again', async () => {
    await rm(file);
    const resource = { type: 'AWS::Lambda::Function', physicalId: 'f', status: 'CREATE_COMPLETE' };
    const stacks = openStackStore(context.store);
    const stack = emptyStackRecord(context, 'demo');
    const [first, other] = ['f', 'g'].map((physicalId) => ({
      ...resource,
      physicalId,
      logicalId: physicalId.toUpperCase(),
    }));
    await stacks.put({ ...stack, resources: [first, other] as never });
    const lost: Loss[] = [];
    const moved: string[] = [];
    const repair: Repair = {
      dataFolder: context.dataFolder,
      lose: (subject, reason) => void lost.push({ subject, reason }),
      hasLosses: () => lost.length > 0,
      moveAside: async (path) => void moved.push(path),
    };
    await repairFunctions(repair, context.store);
    expect(lost).toEqual([
      { subject: 'function f', reason: expect.stringMatching(/is missing\. The next deployment creates/) },
    ]);
    expect(moved).toEqual([expect.stringMatching(/^lambda\/code\/f-/)]);
    expect((await stacks.read(stack.stackId))?.resources).toEqual([
      { ...first, status: 'UPDATE_FAILED', reason: 'The code was damaged.' },
      other,
    ]);
    const lambda = await openTestLambda(context);
    const [provider] = lambda.resourceProviders;
    const properties = {
      FunctionName: 'f',
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::123456789012:role/handler',
      Code: { S3Bucket: 'assets', S3Key: 'f' },
    };
    const request = { stackName: 'stack', logicalId: 'f', properties };
    await provider?.update({ physicalId: 'f', attributes: {} }, request);
    expect((await lambda.invoke('f', '{}')).payload).toBe('"as it was deployed"');
    expect(await readFile(join(context.dataFolder, 'assets', 'f', 'index.mjs'), 'utf8')).toBe(CODE);
    await lambda.close();
  });
});
