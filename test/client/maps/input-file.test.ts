import { text } from 'node:stream/consumers';

import { describe, expect, it } from '@jest/globals';

import { indexedInputs, writeInputFile } from '../../../client/maps/input-file.js';
import { checkSeal, type Invocation, parseMapInput } from '../../../lib/contract/index.js';

const sealing = { mapId: 'map-1', sealKey: 'ab'.repeat(32) };

async function written(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  kind: Invocation['kind'] = 'node',
) {
  const file = await writeInputFile(indexedInputs(inputs, kind), sealing, undefined);
  try {
    const lines = (await text(file.read())).trimEnd().split('\n');
    return { ...file, inputs: lines.map((line) => parseMapInput(JSON.parse(line))) };
  } finally {
    await file.dispose();
  }
}

async function* slowly<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) {
    await new Promise((resolve) => setImmediate(resolve));
    yield item;
  }
}

describe('The file of inputs', () => {
  it('An array has the arguments of a call, and another value is its only argument', async () => {
    const { inputs, total, ranges } = await written([[1, 'a'], 'b', { c: 1 }, null, [[1, 2]]]);
    expect(inputs.map(({ args }) => args)).toEqual(['[1,"a"]', '["b"]', '[{"c":1}]', '[null]', '[[1,2]]']);
    expect({ total, ranges }).toEqual({ total: 5, ranges: [[0, 4]] });
    for (const input of inputs) expect(() => checkSeal(input, sealing)).not.toThrow();
  });

  it('An array is one input of commands', async () => {
    const { inputs } = await written([[1, 2], 'b'], 'commands');
    expect(inputs.map(({ args }) => args)).toEqual(['[[1,2]]', '["b"]']);
  });

  it('Inputs of an asynchronous iterable are read one after the other', async () => {
    const { total } = await written(slowly([1, 2, 3]));
    expect(total).toBe(3);
  });

  it('Numbers, texts and names of properties reach the run as JSON.stringify writes them', async () => {
    const input = { ['__proto__x']: 1, text: '\u2028"\\', number: 1e21, negative: -0.5 };
    const { inputs } = await written([[input]]);
    expect(inputs[0]?.args).toBe(JSON.stringify([input]));
  });

  it('Indexes that do not follow each other are kept as ranges', async () => {
    const some = slowly([0, 1, 4, 6, 7].map((index) => ({ index, args: '[]' })));
    const file = await writeInputFile(some, sealing, undefined);
    await file.dispose();
    expect(file.ranges).toEqual([
      [0, 1],
      [4, 4],
      [6, 7],
    ]);
  });

  it.each([
    ['no inputs', [], /There are no inputs/],
    ['a value that JSON has not', [[1], [1n]], /inputs\[1\]\[0\]/],
    [
      'an input that is too large',
      ['a', 'x'.repeat(300_000)],
      /inputs\[1\] has .* bytes as JSON; an input of a map has at most 258048/,
    ],
  ])('A map with %s is refused', async (_what, inputs, message) => {
    await expect(written(inputs)).rejects.toThrow(message);
  });

  it('An input of commands that does not fit a variable is refused', async () => {
    await expect(written(['x'.repeat(5_000)], 'commands')).rejects.toThrow(/inputs\[0\] has 5004 characters/);
  });
});
