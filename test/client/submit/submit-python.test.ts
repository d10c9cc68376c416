import path from 'node:path';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit, type PythonCallOptions, type Run } from '../../../client/index.js';
import { seedkit as seedkitInBuild } from '../../../client/in-build/index.js';
import { readZip } from '../bundle/read-zip.js';
import {
  aRecord,
  AWS,
  bucket,
  putResult,
  resetAccount,
  mockExecution,
  mockRecords,
  states,
} from '../mocked-account.js';

const SHOP = path.resolve(import.meta.dirname, '../../fixtures/python/shop');
const ORDER: PythonCallOptions = { args: ['apple', 2], kwargs: { customer: 'Ada' } };
const kit = seedkit('demo', { aws: AWS, pythonModules: ['boto3'], localModules: { shop: SHOP } });

beforeEach(resetAccount);

const inputOf = (run: Run) =>
  JSON.parse(bucket.get(`runs/${run.id}/input/invocation.json`)?.toString() ?? 'null') as unknown;
const requested = () =>
  JSON.parse(states.commandCalls(StartExecutionCommand)[0]?.args[0].input.input ?? 'null') as unknown;

describe('submitting a Python function', () => {
  it('Submitting a Python function sends target, arguments and options, the kit’s before the call’s', async () => {
    const run = await kit.submitPython('shop.orders:order', {
      ...ORDER,
      pythonModules: ['requests>=2'],
      pipxModules: ['black'],
      build: { pythonModules: ['attrs'], timeoutMinutes: 10 },
      labels: { stage: 'dev' },
      runId: 'order-1',
    });

    expect(run.id).toBe('order-1');
    expect(inputOf(run)).toEqual({
      kind: 'python',
      target: { module: 'shop.orders', functionName: 'order' },
      args: ['apple', 2],
      kwargs: { customer: 'Ada' },
    });
    expect(requested()).toMatchObject({
      runId: 'order-1',
      build: { pythonModules: ['boto3', 'attrs', 'requests>=2'], pipxModules: ['black'], timeoutMinutes: 10 },
      labels: { stage: 'dev' },
    });
  });

  it('Submitting a Python function packs the local modules of kit and call, and the requirements', async () => {
    await kit.submitPython('shop.orders:order', {
      ...ORDER,
      localModules: { more: SHOP },
      requirementsFiles: { main: path.join(SHOP, '../requirements.txt') },
      dirs: { 'vendor/project': path.join(SHOP, '../project') },
    });

    const zips = [...bucket].filter(([key]) => key.startsWith('bundles/') && key.endsWith('.zip'));
    const layers = await Promise.all(zips.map(([, zip]) => readZip(zip)));
    const names = layers.flatMap((layer) => Object.keys(layer));
    expect(names).toEqual(
      expect.arrayContaining([
        '.codeseeder/python/modules/shop/orders.py',
        '.codeseeder/python/modules/more/orders.py',
        '.codeseeder/python/requirements/requirements.txt',
        '.codeseeder/runner-python/__main__.py',
      ]),
    );
  });

  it('Submitting a Python function sends empty arguments where none are given', async () => {
    const run = await kit.submitPython('shop.prices:OutOfStock');

    expect(inputOf(run)).toMatchObject({ args: [], kwargs: {} });
  });

  it.each<[string, PythonCallOptions, string, string]>([
    ['shop.orders', {}, 'InvalidRequest', '"shop.orders" (module:function)'],
    ['shop:f', { args: [1, new Date(0)] }, 'ArgumentsNotJson', 'args[1] is a Date'],
    ['shop:f', { kwargs: { at: { deep: 1n } } }, 'ArgumentsNotJson', 'kwargs.at.deep is a BigInt'],
    ['shop.orders:order', { ...ORDER, pythonModules: ['-r x'] }, 'InvalidRequest', 'build.pythonModules[1]'],
    ['shop.orders:order', { ...ORDER, localModules: { x: '/nowhere' } }, 'PackFailed', '/nowhere is missing'],
    [
      'shop.orders:order',
      { args: ['apple'] },
      'InvalidRequest',
      'The call lacks the arguments count, customer',
    ],
  ])('Target %s with %p is refused before anything is uploaded', async (target, options, code, message) => {
    await expect(kit.submitPython(target, options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(bucket.size).toBe(0);
  });
});

describe('calling a Python function', () => {
  it('Calling a Python function returns its value', async () => {
    mockExecution({ status: 'SUCCEEDED' });
    const result = putResult('{"ok":true,"value":{"total":40}}');
    mockRecords(aRecord({ runId: 'order-2', status: 'SUCCEEDED', kind: 'python', ...result }));

    await expect(
      kit.python<{ total: number }>('shop.orders:order', { ...ORDER, runId: 'order-2' }),
    ).resolves.toEqual({ total: 40 });
  });

  it('Calling a Python function ends with the reason of its aborted signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));

    await expect(kit.python('shop.orders:order', { ...ORDER, signal })).rejects.toThrow('enough');
  });

  it.each(['python', 'submitPython'] as const)('The call %s() is refused inside a build', async (call) => {
    await expect(seedkitInBuild('demo')[call]('shop.orders:order')).rejects.toMatchObject({
      code: 'NotInBuild',
      message: expect.stringContaining(`${call}()`),
    });
  });
});
