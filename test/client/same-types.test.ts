import { describe, expect, it } from '@jest/globals';

import * as inBuild from '../../client/in-build/index.js';
import * as client from '../../client/index.js';
import type { RemoteFunction, Run } from '../../client/index.js';

/** `true` if two types are identical. The compiler evaluates it when it checks this file. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function holds<_Claim extends true>(): void {
  // Nothing to do at run time: the compiler has already checked the types.
}

const kit = inBuild.seedkit('any');
const deploy = kit.remoteFunction(import.meta, async (stage: string) => ({ vpcId: stage }));

describe('in-build client', () => {
  it('The in-build client exports the names and types of the client', () => {
    expect(Object.keys(inBuild).sort()).toEqual(Object.keys(client).sort());
    holds<Same<keyof typeof inBuild, keyof typeof client>>();
    holds<Same<typeof inBuild.isRemote, typeof client.isRemote>>();
    holds<Same<ReturnType<typeof inBuild.seedkit>, ReturnType<typeof client.seedkit>>>();
    holds<Same<typeof inBuild.seedkit, typeof client.seedkit>>();
    holds<Same<typeof inBuild.deploySeedkit, typeof client.deploySeedkit>>();
    holds<Same<typeof inBuild.destroySeedkit, typeof client.destroySeedkit>>();
    holds<Same<typeof inBuild.seedkitDeployed, typeof client.seedkitDeployed>>();
    holds<Same<typeof inBuild.deployModules, typeof client.deployModules>>();
  });

  it('The in-build client types arguments and value of a remote function', () => {
    holds<Same<typeof deploy, RemoteFunction<[stage: string], { vpcId: string }>>>();
    holds<Same<ReturnType<typeof deploy.submit>, Promise<Run<{ vpcId: string }>>>>();
    expect(deploy).toBeInstanceOf(Function);
  });

  it('The in-build client does not call a function of defaults', async () => {
    const lazy = (): never => {
      throw new Error('asked inside a build');
    };

    await expect(inBuild.seedkit('any', lazy).remoteFunction(import.meta, () => 1)()).resolves.toBe(1);
    holds<Same<Parameters<typeof inBuild.seedkit>[1], client.SeedkitDefaults | undefined>>();
    holds<Same<Parameters<typeof client.seedkit>[1], client.SeedkitDefaults | undefined>>();
  });

  it('The in-build client runs the function itself, and isRemote is true', async () => {
    await expect(deploy('dev')).resolves.toEqual({ vpcId: 'dev' });
    await expect(deploy.with({ labels: { a: 'b' } })('prod')).resolves.toEqual({ vpcId: 'prod' });
    expect([inBuild.isRemote, client.isRemote]).toEqual([true, false]);
  });

  it.each([
    ['submit()', () => deploy.submit('dev')],
    ['commands()', () => kit.commands(['true'])],
    ['attach()', () => kit.attach('run-1')],
    ['runs.list()', () => kit.runs.list()],
  ])('The in-build client refuses %s', async (call, make) => {
    await expect(make()).rejects.toMatchObject({
      code: 'NotInBuild',
      message: expect.stringContaining(call),
    });
  });
});
