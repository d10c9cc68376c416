import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aStackBench, aThing, type StackBench } from './a-stack.js';

let bench: StackBench;
beforeEach(async () => {
  bench = await aStackBench();
});
afterEach(() => bench.context.dispose());

describe('StackApplier.apply for a new stack', () => {
  it('A new stack creates each resource after its dependencies, in any order of the template', async () => {
    const stack = await bench.apply({
      Last: aThing({ Value: { 'Fn::GetAtt': ['Middle', 'Arn'] } }),
      Middle: aThing({ Value: { 'Fn::Sub': '${First.Id}!' } }),
      Apart: aThing({}, { DependsOn: 'Last' }),
      First: aThing(),
    });
    expect(stack.status).toBe('CREATE_COMPLETE');
    expect(bench.provider.steps).toEqual(['create First', 'create Middle', 'create Last', 'create Apart']);
    expect(bench.provider.existing.get('thing-Last')).toEqual({ Value: 'arn:aws:test:::thing-Middle' });
    expect(bench.provider.existing.get('thing-Middle')).toEqual({ Value: 'First!' });
  });

  it('A new stack leaves out resources and outputs whose condition is false', async () => {
    const stack = await bench.apply(
      { On: aThing(), Off: aThing({}, { Condition: 'Never' }) },
      {
        sections: {
          Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
          Outputs: {
            On: { Value: { Ref: 'On' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-on' } } },
            Off: { Value: { Ref: 'Off' }, Condition: 'Never' },
          },
        },
      },
    );
    expect(bench.provider.steps).toEqual(['create On']);
    expect(stack.outputs).toEqual([{ key: 'On', value: 'thing-On', exportName: 'demo-on' }]);
  });

  it('A new stack deletes created resources in reverse order when a resource fails, and keeps the reason', async () => {
    bench.provider.failAt('create Third', 'the disk is full');
    const stack = await bench.apply({
      First: aThing({}, { DeletionPolicy: 'Retain' }),
      Second: aThing({ Value: { Ref: 'First' } }),
      Third: aThing({ Value: { Ref: 'Second' } }),
    });
    expect(stack.status).toBe('ROLLBACK_COMPLETE');
    expect(stack.statusReason).toBe('The following resource(s) failed to create: [Third]. the disk is full');
    expect(bench.provider.steps.slice(-2)).toEqual(['delete Second', 'delete First']);
    expect(bench.provider.existing.size).toBe(0);
    const events = await bench.applier.store.events(stack.stackId);
    expect(events.find(({ status }) => status === 'CREATE_FAILED')).toMatchObject({
      logicalId: 'Third',
      reason: 'the disk is full',
    });
  });

  it('A new stack names the resources that could not be rolled back', async () => {
    bench.provider.failAt('create Second', 'no');
    bench.provider.failAt('delete First', 'it is locked');
    const stack = await bench.apply({ First: aThing(), Second: aThing({ Value: { Ref: 'First' } }) });
    expect(stack.status).toBe('ROLLBACK_FAILED');
    expect(stack.statusReason).toMatch(/Not rolled back: \[First\]/);
  });

  it('A stack can be created again after its first creation was rolled back', async () => {
    bench.provider.failAt('create Thing', 'not yet');
    const former = await bench.apply({ Thing: aThing() });
    bench.provider.recover();
    const stack = await bench.apply({ Thing: aThing() });
    expect(stack.status).toBe('CREATE_COMPLETE');
    expect(stack.stackId).not.toBe(former.stackId);
    expect((await bench.applier.store.find(former.stackId))?.status).toBe('DELETE_COMPLETE');
  });
});

describe('StackApplier.apply for an existing stack', () => {
  it('An existing stack follows the DeletionPolicy of the last deployment, even if nothing else changed', async () => {
    await bench.apply({ Thing: aThing({}, { DeletionPolicy: 'Retain' }) });
    await bench.apply({ Thing: aThing() });
    expect(bench.provider.steps).toEqual(['create Thing']);
    await bench.applier.delete('demo');
    expect(bench.provider.existing.size).toBe(0);
  });

  it('An update that gives a resource another physical id deletes the former resource, and so does its rollback', async () => {
    await bench.apply({ Thing: aThing({ Value: 1 }) });
    const renamed = await bench.apply({ Thing: aThing({ Name: 'other', Value: 2 }) });
    expect(renamed.resources).toMatchObject([{ logicalId: 'Thing', physicalId: 'other' }]);
    expect([...bench.provider.existing]).toEqual([['other', { Name: 'other', Value: 2 }]]);
    bench.provider.failAt('create Later', 'no');
    const stack = await bench.apply({
      Thing: aThing({ Name: 'third' }),
      Later: aThing({ Value: { Ref: 'Thing' } }),
    });
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([...bench.provider.existing]).toEqual([['other', { Name: 'other', Value: 2 }]]);
    expect(stack.resources).toMatchObject([{ logicalId: 'Thing', physicalId: 'other' }]);
  });

  it('An existing stack updates only changed resources, deletes removed ones and keeps retained ones', async () => {
    await bench.apply({
      Same: aThing({ Value: 1 }),
      Changed: aThing({ Value: 1 }),
      Gone: aThing({ Value: { Ref: 'Same' } }),
      Retained: aThing({}, { DeletionPolicy: 'Retain' }),
    });
    bench.provider.steps.length = 0;
    const stack = await bench.apply({
      Added: aThing(),
      Changed: aThing({ Value: { Ref: 'Added' } }),
      Same: aThing({ Value: 1 }),
    });
    expect(stack.status).toBe('UPDATE_COMPLETE');
    expect(bench.provider.steps).toEqual(['create Added', 'update Changed', 'delete Gone']);
    expect([...bench.provider.existing.keys()].sort()).toEqual([
      'thing-Added',
      'thing-Changed',
      'thing-Retained',
      'thing-Same',
    ]);
    expect(stack.resources.map(({ logicalId }) => logicalId)).toEqual(['Added', 'Changed', 'Same']);
  });

  it('An existing stack restores the former resources when an update fails', async () => {
    const sections = { Outputs: { Value: { Value: 'old' } } };
    await bench.apply({ Changed: aThing({ Value: 'old' }) }, { sections });
    bench.provider.failAt('update Broken', 'no');
    bench.provider.failAt('create Broken', 'no');
    const stack = await bench.apply(
      {
        Changed: aThing({ Value: 'new' }),
        Added: aThing({ Value: { Ref: 'Changed' } }),
        Broken: aThing({ Value: { Ref: 'Added' } }),
      },
      { sections: { Outputs: { Value: { Value: 'new' } } } },
    );
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(stack.statusReason).toMatch(/failed to update: \[Broken\]\. no/);
    expect([...bench.provider.existing]).toEqual([['thing-Changed', { Value: 'old' }]]);
    expect(stack.outputs).toEqual([{ key: 'Value', value: 'old' }]);
    expect(JSON.parse(stack.templateText).Resources).toEqual({ Changed: aThing({ Value: 'old' }) });
  });

  it('An existing stack updates resources when only a parameter changed', async () => {
    const sections = { Parameters: { Size: { Type: 'Number', Default: 1, MaxValue: 9 } } };
    await bench.apply({ Thing: aThing({ Value: { Ref: 'Size' } }) }, { sections });
    await bench.apply({ Thing: aThing({ Value: { Ref: 'Size' } }) }, { sections, parameters: { Size: '2' } });
    expect(bench.provider.existing.get('thing-Thing')).toEqual({ Value: '2' });
    await expect(
      bench.apply({ Thing: aThing({ Value: { Ref: 'Size' } }) }, { sections, parameters: { Size: '10' } }),
    ).rejects.toThrow(/Parameter Size failed to satisfy constraint/);
  });

  it('A second operation on a stack is refused while one is in progress', async () => {
    const first = bench.apply({ Thing: aThing() });
    await expect(bench.apply({ Thing: aThing() })).rejects.toMatchObject({ code: 'StackBusy' });
    await first;
  });
});

describe('Exports of stacks', () => {
  const exporting = (name: string) => ({ Outputs: { Out: { Value: 'v', Export: { Name: name } } } });
  const importing = { Thing: aThing({ Value: { 'Fn::ImportValue': 'shared' } }) };

  it('Exports can be imported by other stacks, and cannot be removed while they are imported', async () => {
    await bench.apply({ Thing: aThing() }, { sections: exporting('shared') });
    await bench.apply(importing, { stackName: 'reader' });
    expect(bench.provider.existing.get('thing-Thing')).toEqual({ Value: 'v' });
    await expect(bench.applier.delete('demo')).rejects.toThrow(
      /shared cannot be deleted .* in use by reader/,
    );
    const changed = await bench.apply({ Thing: aThing() });
    expect(changed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(changed.statusReason).toMatch(/in use by reader/);
  });

  it('An export that another stack has already is refused', async () => {
    await bench.apply({ Thing: aThing() }, { sections: exporting('shared') });
    const second = await bench.apply(
      { Thing: aThing() },
      { stackName: 'second', sections: exporting('shared') },
    );
    expect(second.status).toBe('ROLLBACK_COMPLETE');
    expect(second.statusReason).toBe('Export with name shared is already exported by stack demo');
  });
});

describe('StackApplier.delete', () => {
  it('Deleting a stack deletes resources that are not retained in reverse order, and the stack is still found by its id', async () => {
    const { stackId } = await bench.apply({
      First: aThing(),
      Second: aThing({ Value: { Ref: 'First' } }),
      Kept: aThing({}, { DeletionPolicy: 'Retain' }),
      KeptOnceMade: aThing({}, { DeletionPolicy: 'RetainExceptOnCreate' }),
    });
    await bench.applier.delete('demo');
    expect(bench.provider.steps.slice(4)).toEqual(['delete Second', 'delete First']);
    expect(await bench.applier.store.find('demo')).toBeUndefined();
    expect((await bench.applier.store.find(stackId))?.status).toBe('DELETE_COMPLETE');
  });

  it('A stack that failed to delete keeps the resources that could not be deleted', async () => {
    await bench.apply({ First: aThing(), Second: aThing({ Value: { Ref: 'First' } }) });
    bench.provider.failAt('delete First', 'it is not empty');
    await expect(bench.applier.delete('demo')).rejects.toThrow(/failed to delete: \[First\]/);
    const stack = await bench.applier.store.read('demo');
    expect(stack?.status).toBe('DELETE_FAILED');
    expect(stack?.resources).toMatchObject([{ logicalId: 'First', reason: 'it is not empty' }]);
  });
});

describe('A stack applier that starts again', () => {
  it('A stack applier that starts again has the same stacks as before', async () => {
    const stack = await bench.apply({ Thing: aThing() });
    const again = await bench.restarted();
    expect(await again.store.read('demo')).toEqual(stack);
  });

  it('A stack applier that starts again marks an interrupted operation as failed, with the reason, and lets the next deployment continue', async () => {
    const stack = await bench.apply({ Thing: aThing({ Value: 1 }) });
    await bench.applier.store.put({ ...stack, status: 'UPDATE_IN_PROGRESS' });
    await bench.restarted();
    const ended = await bench.applier.store.find('demo');
    expect(ended?.status).toBe('UPDATE_FAILED');
    expect(ended?.statusReason).toMatch(/was stopped before/);
    expect((await bench.apply({ Thing: aThing({ Value: 2 }) })).status).toBe('UPDATE_COMPLETE');
  });

  it('A stack applier that starts again deletes all resources of an interrupted creation before the next creation', async () => {
    const stack = await bench.apply({ Thing: aThing({}, { DeletionPolicy: 'Retain' }) });
    await bench.applier.store.put({ ...stack, status: 'CREATE_IN_PROGRESS' });
    await bench.restarted();
    const next = await bench.apply({ Thing: aThing({}, { DeletionPolicy: 'Retain' }) });
    expect(next.status).toBe('CREATE_COMPLETE');
    expect(bench.provider.steps).toEqual(['create Thing', 'delete Thing', 'create Thing']);
  });
});
