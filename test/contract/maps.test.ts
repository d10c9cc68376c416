import { describe, expect, it } from '@jest/globals';

import {
  checkSeal,
  mapDescriptionSchema,
  mapIdSchema,
  MAP_INPUTS_MAX,
  parseMapDescription,
  parseMapRequest,
  parseProgressItem,
  progressItemOf,
  progressKey,
  runIdOfInput,
  runIdSchema,
  sealInput,
} from '../../lib/contract/index.js';

const sealing = { mapId: 'map-1', sealKey: 'ab'.repeat(32) };
const description = {
  version: 1,
  mapId: 'map-1',
  seedkit: 'demo',
  invocation: { kind: 'commands', target: ['true'] },
  build: {},
  total: 2,
  ranges: [[0, 1]],
  concurrency: 10,
  onError: 'continue',
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('The contract of maps', () => {
  it('The run of the last input of a map with the longest id has a valid id', () => {
    const longest = 'x'.repeat(64);
    expect(mapIdSchema.parse(longest)).toBe(longest);
    expect(() => mapIdSchema.parse(`${longest}x`)).toThrow(/1 to 64 letters/);
    const runId = runIdOfInput(longest, MAP_INPUTS_MAX - 1);
    expect(runIdSchema.parse(runId)).toBe(runId);
  });

  it('A seal is valid for its input, and for no other index, arguments, map or key', () => {
    const input = sealInput(3, '[1,2]', sealing);
    expect(() => checkSeal(input, sealing)).not.toThrow();
    const changes = [{ index: 4 }, { args: '[1,3]' }, { seal: 'cd'.repeat(32) }];
    for (const change of changes) {
      expect(() => checkSeal({ ...input, ...change }, sealing)).toThrow(
        /is not the one that the map was started with/,
      );
    }
    expect(() => checkSeal(input, { ...sealing, mapId: 'map-2' })).toThrow(/InputChanged|is not the one/);
    expect(() => checkSeal(input, { ...sealing, sealKey: 'cd'.repeat(32) })).toThrow(/is not the one/);
  });

  it.each([
    ['no inputs', { total: 0 }],
    ['a range whose first index is above its last', { ranges: [[2, 1]] }],
    ['more runs at once than Step Functions has children', { concurrency: 10_001 }],
    [
      'arguments beside the file of inputs',
      { invocation: { kind: 'python', target: { module: 'm', functionName: 'f' }, args: [1], kwargs: {} } },
    ],
    ['an unknown field', { other: 1 }],
  ])('A description of a map with %s is refused', (_what, change) => {
    expect(mapDescriptionSchema.safeParse(description).success).toBe(true);
    expect(() => parseMapDescription(bytes({ ...description, ...change }))).toThrow(
      /description of the map is not valid/,
    );
  });

  it('A description with the label __proto__, which would be lost, is refused', () => {
    const content = Buffer.from(
      JSON.stringify(description).replace('"build":{}', '"build":{},"labels":{"__proto__":"a"}'),
    );
    expect(() => parseMapDescription(content)).toThrow(/__proto__ is not allowed/);
  });

  it('A request of a map names the description of this map', () => {
    const digest = { sha256: 'ab'.repeat(32), sizeBytes: 1 };
    const request = { version: 1, mapId: 'map-1', seedkit: 'demo', sealKey: 'ab'.repeat(32) };
    const of = (mapId: string) => ({ ...request, description: { key: `maps/${mapId}/map.json`, ...digest } });
    expect(parseMapRequest(of('map-1'))).toEqual(of('map-1'));
    expect(() => parseMapRequest(of('map-2'))).toThrow(/maps\/<mapId>\/map.json/);
  });

  it('An item has the progress of 500 inputs, under a key that no run can have', () => {
    expect([0, 499, 500].map(progressItemOf)).toEqual([0, 0, 1]);
    expect(runIdSchema.safeParse(progressKey('map-1', 1)).success).toBe(false);
    const item = parseProgressItem({
      started: new Set([1, 2]),
      failed: new Set([2]),
      reason2: 'why',
      expiresAt: 1,
    });
    expect(item).toEqual({
      started: new Set([1, 2]),
      succeeded: new Set(),
      failed: new Set([2]),
      reasons: new Map([[2, 'why']]),
    });
  });
});
