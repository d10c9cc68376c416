import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aStackBench, aThing, type StackBench } from './a-stack.js';

let bench: StackBench;
beforeEach(async () => {
  bench = await aStackBench();
});
afterEach(() => bench.context.dispose());

describe('a stack that is created', () => {
  it('creates each resource after what it needs, whatever the order in the template', async () => {
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

  it('leaves out resources and outputs whose condition does not hold', async () => {
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

  it('takes back in reverse what it made when a resource fails, and keeps the reason', async () => {
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

  it('says so when what it made cannot be taken back', async () => {
    bench.provider.failAt('create Second', 'no');
    bench.provider.failAt('delete First', 'it is locked');
    const stack = await bench.apply({ First: aThing(), Second: aThing({ Value: { Ref: 'First' } }) });
    expect(stack.status).toBe('ROLLBACK_FAILED');
    expect(stack.statusReason).toMatch(/Not taken back: \[First\]/);
  });

  it('is made anew where an earlier one was rolled back', async () => {
    bench.provider.failAt('create Thing', 'not yet');
    const former = await bench.apply({ Thing: aThing() });
    bench.provider.recover();
    const stack = await bench.apply({ Thing: aThing() });
    expect(stack.status).toBe('CREATE_COMPLETE');
    expect(stack.stackId).not.toBe(former.stackId);
    expect((await bench.applier.store.find(former.stackId))?.status).toBe('DELETE_COMPLETE');
  });
});

describe('a stack that is changed', () => {
  it('keeps or deletes a resource as its last deployment said, even where that is all that it changed', async () => {
    await bench.apply({ Thing: aThing({}, { DeletionPolicy: 'Retain' }) });
    await bench.apply({ Thing: aThing() });
    expect(bench.provider.steps).toEqual(['create Thing']);
    await bench.applier.delete('demo');
    expect(bench.provider.existing.size).toBe(0);
  });

  it('touches only what changed, deletes what is gone and keeps what is retained', async () => {
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

  it('goes back to what it was when a change fails', async () => {
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

  it('sees a parameter with another value', async () => {
    const sections = { Parameters: { Size: { Type: 'Number', Default: 1, MaxValue: 9 } } };
    await bench.apply({ Thing: aThing({ Value: { Ref: 'Size' } }) }, { sections });
    await bench.apply({ Thing: aThing({ Value: { Ref: 'Size' } }) }, { sections, parameters: { Size: '2' } });
    expect(bench.provider.existing.get('thing-Thing')).toEqual({ Value: '2' });
    await expect(
      bench.apply({ Thing: aThing({ Value: { Ref: 'Size' } }) }, { sections, parameters: { Size: '10' } }),
    ).rejects.toThrow(/Parameter Size failed to satisfy constraint/);
  });

  it('refuses a second change while one is underway', async () => {
    const first = bench.apply({ Thing: aThing() });
    await expect(bench.apply({ Thing: aThing() })).rejects.toMatchObject({ code: 'StackBusy' });
    await first;
  });
});

describe('exports', () => {
  const exporting = (name: string) => ({ Outputs: { Out: { Value: 'v', Export: { Name: name } } } });
  const importing = { Thing: aThing({ Value: { 'Fn::ImportValue': 'shared' } }) };

  it('are read by other stacks, and cannot go while they are', async () => {
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

  it('have one stack each', async () => {
    await bench.apply({ Thing: aThing() }, { sections: exporting('shared') });
    const second = await bench.apply(
      { Thing: aThing() },
      { stackName: 'second', sections: exporting('shared') },
    );
    expect(second.status).toBe('ROLLBACK_COMPLETE');
    expect(second.statusReason).toBe('Export with name shared is already exported by stack demo');
  });
});

describe('a stack that is deleted', () => {
  it('deletes in reverse what is not retained, and is found by its id only', async () => {
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

  it('stays, with what could not be deleted', async () => {
    await bench.apply({ First: aThing(), Second: aThing({ Value: { Ref: 'First' } }) });
    bench.provider.failAt('delete First', 'it is not empty');
    await expect(bench.applier.delete('demo')).rejects.toThrow(/failed to delete: \[First\]/);
    const stack = await bench.applier.store.find('demo');
    expect(stack?.status).toBe('DELETE_FAILED');
    expect(stack?.resources).toMatchObject([{ logicalId: 'First', reason: 'it is not empty' }]);
  });
});

describe('a place that starts again', () => {
  it('has its stacks as they were', async () => {
    const stack = await bench.apply({ Thing: aThing() });
    const again = await bench.restarted();
    expect(await again.store.find('demo')).toEqual(stack);
  });

  it('brings to an end what was underway, says why, and goes on from there', async () => {
    const stack = await bench.apply({ Thing: aThing({ Value: 1 }) });
    await bench.applier.store.put({ ...stack, status: 'UPDATE_IN_PROGRESS' });
    await bench.restarted();
    const ended = await bench.applier.store.find('demo');
    expect(ended?.status).toBe('UPDATE_FAILED');
    expect(ended?.statusReason).toMatch(/was stopped before/);
    expect((await bench.apply({ Thing: aThing({ Value: 2 }) })).status).toBe('UPDATE_COMPLETE');
  });

  it('clears away a creation that was cut off, retained resources too, before the next one', async () => {
    const stack = await bench.apply({ Thing: aThing({}, { DeletionPolicy: 'Retain' }) });
    await bench.applier.store.put({ ...stack, status: 'CREATE_IN_PROGRESS' });
    await bench.restarted();
    const next = await bench.apply({ Thing: aThing({}, { DeletionPolicy: 'Retain' }) });
    expect(next.status).toBe('CREATE_COMPLETE');
    expect(bench.provider.steps).toEqual(['create Thing', 'delete Thing', 'create Thing']);
  });
});
