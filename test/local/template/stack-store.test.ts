import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { DurableStore } from '../../../lib/local/durable/durable-store.js';
import { emptyStackRecord } from '../../../lib/local/template/new-stack-record.js';
import type { StackRecord, StackResourceRecord } from '../../../lib/local/template/stack-record.js';
import { openStackStore, type StackStore } from '../../../lib/local/template/stack-store.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

const A = aResource('A');
const B = aResource('B');

let context: TestPlaceContext;
let stacks: StackStore;
let demo: StackRecord;

beforeEach(async () => {
  context = await openTestPlaceContext();
  stacks = openStackStore(context.store);
  demo = { ...emptyStackRecord(context, 'demo'), templateText: '{"Resources":{}}', resources: [B, A] };
});

afterEach(async () => {
  await context.dispose();
});

describe('The store of stacks', () => {
  it('The store returns a stack with its template and its resources in order of creation', async () => {
    await stacks.put(demo);
    await stacks.put(emptyStackRecord(context, 'other'));
    expect(await stacks.read('demo')).toEqual(demo);
    expect(await stacks.read(demo.stackId)).toEqual(demo);
    expect((await stacks.list()).map(({ stackName }) => stackName).sort()).toEqual(['demo', 'other']);
  });

  it('The store removes, changes and reorders the resources of a stack', async () => {
    await stacks.put(demo);
    const reordered = { ...demo, resources: [A, B] };
    await stacks.put(reordered, demo);
    expect(await stacks.read('demo')).toEqual(reordered);
    const rest = { ...demo, resources: [{ ...A, status: 'UPDATE_COMPLETE' as const }] };
    await stacks.put(rest, reordered);
    expect(await stacks.read('demo')).toEqual(rest);
    const keys = [];
    for await (const [key] of context.store.collection('cloudformation-stacks').entries()) keys.push(key);
    expect(keys).toEqual([demo.stackId, `part:${demo.stackId}#resource#A`, `part:${demo.stackId}#template`]);
  });

  it('The store writes the header and the one resource that a step has changed', async () => {
    const batch = jest.fn<(changes: readonly { readonly put?: string }[]) => Promise<void>>();
    const collection = () => ({ batch: batch.mockResolvedValue(undefined) });
    const recording = openStackStore({ collection } as unknown as DurableStore);
    const changed = { ...B, status: 'UPDATE_COMPLETE' as const };
    await recording.put({ ...demo, resources: [changed, A] }, demo);
    expect(batch.mock.calls[0]?.[0].map(({ put }) => put)).toEqual([
      demo.stackId,
      `part:${demo.stackId}#resource#B`,
    ]);
  });

  it('The store reads and changes a stack that an earlier version has stored as one value', async () => {
    await context.store.collection<StackRecord>('cloudformation-stacks').put(demo.stackId, demo);
    expect(await stacks.read('demo')).toEqual(demo);
    const changed = { ...demo, resources: [B] };
    await stacks.put(changed);
    expect(await stacks.read('demo')).toEqual(changed);
  });

  it('The store leaves out a resource and a template that a repair has removed', async () => {
    await stacks.put(demo);
    const parts = context.store.collection('cloudformation-stacks');
    await parts.delete(`part:${demo.stackId}#resource#B`);
    await parts.delete(`part:${demo.stackId}#template`);
    expect(await stacks.read('demo')).toEqual({ ...demo, templateText: '{}', resources: [A] });
  });
});

function aResource(logicalId: string): StackResourceRecord {
  return {
    logicalId,
    type: 'Test::Thing',
    physicalId: `physical-${logicalId}`,
    attributes: {},
    properties: { Value: logicalId },
    retained: false,
    status: 'CREATE_COMPLETE',
    updatedAtMs: 1,
  };
}
