import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { changeSetOperations } from '../../../lib/local/cloudformation/change-sets.js';
import { stackOperations } from '../../../lib/local/cloudformation/stack-operations.js';
import { KeyedLock } from '../../../lib/local/durable/keyed-lock.js';
import { serviceOperations } from '../../../lib/local/wire/operation.js';
import { aHeldStore, type HeldStore } from '../held-store.js';
import { aStackBench, aThing, type StackBench } from '../template/a-stack.js';

const StackName = 'demo';
const NAMES = { StackName, ChangeSetName: 'first' };
const SLOW = { StackName, TemplateURL: 'https://s3.eu-central-1.amazonaws.com/assets/t.json' };

let store: HeldStore;
let bench: StackBench;
let operations: ReturnType<typeof open>;
/** Lets requests with a template in S3 read it. */
let releaseTemplate: () => void;
/** Functions that release what a test holds. */
const releases: (() => void)[] = [];
let templateIsRead: Promise<void>;

beforeEach(async () => {
  store = aHeldStore();
  bench = await aStackBench({ store });
  operations = open();
});
afterEach(async () => {
  for (const release of releases.splice(0)) release();
  await bench.applier.settled();
  await bench.context.dispose();
});

function open() {
  const { context, applier } = bench;
  let arrive = () => {};
  templateIsRead = new Promise((resolve) => (arrive = resolve));
  const released = new Promise<void>((resolve) => (releaseTemplate = resolve));
  releases.push(releaseTemplate);
  const objects = {
    async read() {
      arrive();
      await released;
      const text = template(7);
      return { body: Readable.from([Buffer.from(text)]), sizeBytes: text.length };
    },
  };
  const options = { context, applier, objects };
  const stackChanges = new KeyedLock();
  return serviceOperations('ValidationError', {
    ...changeSetOperations(options, stackChanges),
    ...stackOperations(options, stackChanges),
  });
}

function template(Value: number): string {
  return JSON.stringify({ Resources: { Thing: aThing({ Value }) } });
}

/** Holds the next call of the provider's method. Returns the function that releases the call. */
function holdProvider(method: 'create' | 'update' | 'delete'): () => void {
  const original = bench.provider[method].bind(bench.provider) as (...input: unknown[]) => Promise<never>;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  releases.push(release);
  jest.spyOn(bench.provider, method).mockImplementation(async (...input: unknown[]) => {
    await released;
    return original(...input);
  });
  return release;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const settled = async () => {
  await bench.applier.settled();
  await turn();
};
const changeSetsOf = () => operations.ListChangeSets({ StackName });

/**
 * Starts a call that reads its template from S3. Makes the other call while it is read, until that call ends or waits
 * for the first one.
 */
async function duringRead(first: () => Promise<unknown>, other: () => Promise<unknown>) {
  const started = first();
  await templateIsRead;
  const meanwhile = other();
  await turn();
  await Promise.race([bench.applier.settled(), turn()]);
  releaseTemplate();
  return Promise.allSettled([started, meanwhile]);
}

describe('Two calls on a stack at once', () => {
  it('The second of two `CreateStack` is refused, and does not update the stack of the first', async () => {
    const results = await duringRead(
      () => operations.CreateStack(SLOW),
      () => operations.CreateStack({ StackName, TemplateBody: template(1) }),
    );
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'AlreadyExistsException' } },
    ]);
    await settled();
    expect(bench.provider.steps).toEqual(['create Thing']);
  });

  describe('on a stack that exists', () => {
    let release: () => void;
    beforeEach(async () => {
      await operations.CreateStack({ StackName, TemplateBody: template(0) });
      await settled();
      release = holdProvider('update');
    });

    it('The second of two `UpdateStack` is refused with the status of the stack', async () => {
      const [first, second] = await duringRead(
        () => operations.UpdateStack(SLOW),
        () => operations.UpdateStack({ StackName, TemplateBody: template(1) }),
      );
      expect(first).toMatchObject({ status: 'fulfilled' });
      expect(second).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('is in UPDATE_IN_PROGRESS state and can not be updated') },
      });
    });

    it('`DeleteStack` after the check of an `UpdateStack` is refused, and the stack is not created again', async () => {
      const [first, second] = await duringRead(
        () => operations.UpdateStack(SLOW),
        () => operations.DeleteStack({ StackName }),
      );
      expect(first).toMatchObject({ status: 'fulfilled' });
      expect(second).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('cannot be deleted while in status UPDATE_IN_PROGRESS') },
      });
      release();
      await settled();
      expect(bench.provider.steps).toEqual(['create Thing', 'update Thing']);
    });

    it('An `UpdateStack` during the check of `ExecuteChangeSet` makes the change set obsolete', async () => {
      await operations.CreateChangeSet({ ...NAMES, TemplateBody: template(2) });
      const [first, second] = await duringRead(
        () => operations.UpdateStack(SLOW),
        () => operations.ExecuteChangeSet(NAMES),
      );
      expect(first).toMatchObject({ status: 'fulfilled' });
      expect(second).toMatchObject({ status: 'rejected', reason: { code: 'InvalidChangeSetStatus' } });
    });
  });

  it('`DeleteChangeSet` is refused while the change set is executed', async () => {
    await operations.CreateChangeSet({ ...NAMES, ChangeSetType: 'CREATE', TemplateBody: template(1) });
    const release = holdProvider('create');
    await operations.ExecuteChangeSet(NAMES);
    await expect(operations.DeleteChangeSet(NAMES)).rejects.toMatchObject({
      code: 'InvalidChangeSetStatus',
      message: expect.stringContaining('[EXECUTE_IN_PROGRESS]'),
    });
    release();
    await settled();
    expect(await changeSetsOf()).toMatchObject({
      Summaries: { member: [{ ExecutionStatus: 'EXECUTE_COMPLETE' }] },
    });
    await operations.DeleteChangeSet(NAMES);
    expect(await changeSetsOf()).toMatchObject({ Summaries: { member: [] } });
  });

  it('A change set that is deleted while the end of its execution is recorded stays deleted', async () => {
    await operations.CreateChangeSet({ ...NAMES, ChangeSetType: 'CREATE', TemplateBody: template(1) });
    await store.duringWrite(
      'cloudformation-change-sets',
      () => operations.ExecuteChangeSet(NAMES),
      () => operations.DeleteChangeSet(NAMES),
      (value) => (value as { executionStatus?: string }).executionStatus === 'EXECUTE_COMPLETE',
    );
    await settled();
    expect(await changeSetsOf()).toMatchObject({ Summaries: { member: [] } });
  });

  it('A change set that a killed execution left can be deleted', async () => {
    await operations.CreateChangeSet({ ...NAMES, ChangeSetType: 'CREATE', TemplateBody: template(1) });
    const release = holdProvider('create');
    await operations.ExecuteChangeSet(NAMES);
    // Opens everything again with the same store, as after a restart.
    bench = { ...bench, applier: await bench.restarted() };
    operations = open();
    await operations.DeleteChangeSet(NAMES);
    expect(await changeSetsOf()).toMatchObject({ Summaries: { member: [] } });
    release();
    await turn();
  });
});

describe('Two stacks at once', () => {
  it('One of two stacks that export the same name fails', async () => {
    const deploy = (stackName: string) =>
      bench.apply(
        { Thing: aThing() },
        { stackName, sections: { Outputs: { Shared: { Value: stackName, Export: { Name: 'shared' } } } } },
      );
    const results = await store.duringWrite(
      'cloudformation-stacks',
      () => deploy('one'),
      () => deploy('two'),
      (value) => ((value as { outputs?: readonly unknown[] }).outputs ?? []).length > 0,
    );
    expect(results).toMatchObject([
      { value: { status: 'CREATE_COMPLETE' } },
      { value: { status: 'ROLLBACK_COMPLETE', statusReason: expect.stringContaining('already exported') } },
    ]);
    expect(await bench.applier.store.exports()).toMatchObject([{ exportName: 'shared', value: 'one' }]);
  });
});
