import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { main } from '../../../../client/cli/main.js';
import { describeProgress } from '../../../../client/cli/maps/follow-map.js';
import { parseMapTarget } from '../../../../client/cli/maps/map-target.js';
import { readInputs } from '../../../../client/cli/maps/read-inputs.js';
import { aTerminal } from '../a-terminal.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-map-command-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('codeseeder map', () => {
  it('The operands of `map` are a target as of `run` and the file of inputs, which comes alone before --', () => {
    expect(parseMapTarget(['src/a.ts#f', 'in.jsonl'], undefined, '/work')).toEqual({
      target: { kind: 'function', file: '/work/src/a.ts', exportName: 'f', args: [] },
      inputs: 'in.jsonl',
    });
    expect(parseMapTarget(['pkg.mod:f', '-'], undefined, '/work')).toMatchObject({
      target: { kind: 'python' },
      inputs: '-',
    });
    expect(parseMapTarget(['in.jsonl'], ['echo', 'a b'], '/work')).toEqual({
      target: { kind: 'command', command: "echo 'a b'" },
      inputs: 'in.jsonl',
    });
  });

  it.each([
    [['src/a.ts#f'], undefined, /there are 1 operands: codeseeder map FILE#FUNCTION INPUTS/],
    [['src/a.ts#f', 'in.jsonl', '1'], undefined, /there are 3 operands/],
    [['src/a.ts#f', 'in.jsonl'], ['true'], /Expected one file of inputs before --/],
  ])('The operands %j before -- %j are refused', (operands, command, message) => {
    expect(() => parseMapTarget(operands, command, '/work')).toThrow(message);
  });

  it('Each line of the file is an input, empty lines are skipped, and an error names the line', async () => {
    const terminal = { ...aTerminal(), workingFolder: folder };
    await writeFile(path.join(folder, 'in.jsonl'), '[1,2]\n\n"a"\r\n{"b":1}');
    const inputs: unknown[] = [];
    for await (const input of readInputs('in.jsonl', terminal)) inputs.push(input);
    expect(inputs).toEqual([[1, 2], 'a', { b: 1 }]);
    await writeFile(path.join(folder, 'bad.jsonl'), '1\nabc\n');
    const reading = async () => {
      for await (const input of readInputs('bad.jsonl', terminal)) inputs.push(input);
    };
    await expect(reading()).rejects.toThrow(
      /^Line 2 of bad.jsonl is not JSON: .* a text needs quotes: "abc"$/,
    );
    await expect(readInputs('none.jsonl', terminal).next()).rejects.toThrow(
      /^The file of inputs none\.jsonl does not exist\. Check its path/,
    );
    await expect(readInputs('.', terminal).next()).rejects.toThrow(/^The inputs \. are a folder, but/);
  });

  it.each([
    [['map', 'a.ts#f', 'in', '--concurrency', '0'], 'whole number from 1 to 10000'],
    [['map', 'a.ts#f', 'in', '--on-error', 'ignore'], 'Allowed choices are continue, stop'],
    [['maps', 'wait', 'id', '--order', 'random'], 'Give input or completion'],
    [['map', 'a.ts#f', 'in', '--kwargs', '{}'], 'is for a Python function'],
  ])('`codeseeder map` refuses %j', async (args, message) => {
    const terminal = aTerminal();
    await expect(main(args, terminal)).resolves.toBe(2);
    expect(terminal.stderr.text).toContain(message);
  });

  it('Progress is one line with the rate and the time left', () => {
    const progress = {
      mapId: 'm',
      total: 20,
      succeeded: 9,
      failed: 1,
      running: 4,
      waiting: 6,
      perMinute: 12.34,
    };
    expect(describeProgress({ ...progress, status: 'RUNNING', secondsLeft: 49 })).toBe(
      'RUNNING 10/20: 9 succeeded, 1 failed, 4 running, 6 waiting, 12.3/min, about 49 s left',
    );
    expect(describeProgress({ ...progress, status: 'CANCELED', secondsLeft: undefined })).toMatch(
      /12\.3\/min$/,
    );
  });
});
