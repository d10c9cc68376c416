import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';

import { seedkit, type SeedkitOptions } from '../../../client/index.js';
import { AWS, cloudFormation, resetAccount, states } from '../mocked-account.js';

beforeEach(resetAccount);

const builds = () =>
  states
    .commandCalls(StartExecutionCommand)
    .map(({ args: [{ input }] }) => (JSON.parse(input.input ?? '') as { build: unknown }).build);

describe('defaults that a function gives', () => {
  it('Defaults that are a function are evaluated at the first call, once for all calls that need them meanwhile', async () => {
    const evaluate = jest.fn(async (): Promise<SeedkitOptions> => ({
      aws: AWS,
      build: { timeoutMinutes: 10 },
    }));
    const kit = seedkit('demo', evaluate);
    kit.remoteFunction(import.meta, async () => 1);
    expect(evaluate).not.toHaveBeenCalled();

    await Promise.all([kit.submitCommands(['a']), kit.submitCommands(['b']), kit.submitCommands(['c'])]);
    await kit.submitCommands(['d']);
    expect(evaluate).toHaveBeenCalledTimes(1);
    expect(builds()).toEqual([10, 10, 10, 10].map((timeoutMinutes) => ({ timeoutMinutes })));
    expect(cloudFormation.commandCalls(DescribeStacksCommand)).toHaveLength(1);
  });

  it('Defaults that are a function may be returned without a promise', async () => {
    await seedkit('demo', () => ({ aws: AWS, build: { timeoutMinutes: 20 } })).submitCommands(['a']);

    expect(builds()).toEqual([{ timeoutMinutes: 20 }]);
  });

  it('Defaults that are a function are evaluated again by the next call after they failed', async () => {
    let asked = 0;
    const kit = seedkit('demo', () => {
      asked += 1;
      if (asked === 1) throw new Error('no settings yet');
      return { aws: AWS };
    });

    const first = await Promise.allSettled([kit.submitCommands(['a']), kit.submitCommands(['b'])]);
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(kit.submitCommands(['c'])).resolves.toBeDefined();
    expect(asked).toBe(2);
  });

  it('Defaults that are a function apply to the lookup of runs too', async () => {
    const kit = seedkit('demo', async () => ({ aws: AWS }));

    await expect(kit.runs.get('run-1')).rejects.toMatchObject({ code: 'RunNotFound' });
    await expect(kit.attach('run-1', { aws: { ...AWS, region: 'eu-west-3' } })).rejects.toBeDefined();
    expect(cloudFormation.commandCalls(DescribeStacksCommand)).toHaveLength(2);
  });
});

describe('options of a kit', () => {
  it('The options of a kit do not grow with its calls', async () => {
    const options: SeedkitOptions = { aws: AWS, build: { exportedVariables: ['VPC_ID'] } };
    const kit = seedkit('demo', options);
    for (const name of ['URL', 'URL', 'VPC_ID']) {
      await kit.submitCommands(['true'], { build: { exportedVariables: [name] } });
    }
    await kit.submitCommands(['true']);

    expect(builds()).toEqual([
      { exportedVariables: ['VPC_ID', 'URL'] },
      { exportedVariables: ['VPC_ID', 'URL'] },
      { exportedVariables: ['VPC_ID'] },
      { exportedVariables: ['VPC_ID'] },
    ]);
    expect(options).toEqual({ aws: AWS, build: { exportedVariables: ['VPC_ID'] } });
  });
});
