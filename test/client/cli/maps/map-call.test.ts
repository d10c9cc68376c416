import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';

import { type MapCall, mapCallOf } from '../../../../client/cli/maps/map-call.js';
import { addMapCommand } from '../../../../client/cli/maps/map-command.js';
import { nextAfterFailures } from '../../../../client/cli/maps/next-of-map.js';
import type { MapRecord } from '../../../../lib/contract/index.js';
import { aTerminal } from '../a-terminal.js';

/** Returns the call for other inputs of `codeseeder map` with these words. */
async function callOf(words: readonly string[], command?: readonly string[]): Promise<MapCall> {
  const program = new Command();
  addMapCommand(program, aTerminal(), command, () => undefined);
  let call: MapCall | undefined;
  program.hook('preAction', (_, own) => {
    call = mapCallOf(own.args, command, own);
    throw new Error('The map is not started.');
  });
  await expect(program.parseAsync(['map', ...words], { from: 'user' })).rejects.toThrow('not started');
  if (call === undefined) throw new Error('There is no call.');
  return call;
}

const RECORD: MapRecord = {
  ...{
    mapId: 'm',
    status: 'FAILED',
    seedkit: 'kit',
    kind: 'python',
    target: 'app:main',
    executionArn: 'arn',
  },
  ...{
    total: 2,
    concurrency: 1,
    onError: 'continue',
    queuedAt: '2026-01-01T00:00:00Z',
    day: 'd',
    expiresAt: 1,
  },
};

describe('The call of a map for its failed inputs with changed code', () => {
  it('The call has the target and the options of the first one, quoted for a shell, and its inputs on standard input', async () => {
    const words = ['app:main', 'in.jsonl', '--local-module', 'app=my app', '-l', 'a=b', '--no-cache'];

    expect(await callOf([...words, '-s', 'kit', '--detach'])).toEqual({
      words: "map app:main - --local-module 'app=my app' --label a=b --no-cache",
      omitted: [],
    });
  });

  it('The words after `--` are repeated behind the options', async () => {
    const { words } = await callOf(['in.jsonl', '--dir=.'], ['./check.sh "$CODESEEDER_INPUT"']);

    expect(words).toBe(`map - --dir . -- './check.sh "$CODESEEDER_INPUT"'`);
  });

  it('Values of variables and keyword arguments are not repeated, but the hint names their flags', async () => {
    const call = await callOf(['app:main', 'in', '-e', 'TOKEN=abc', '--kwargs', '{"key":1}', '--env', 'A=b']);
    const lines = nextAfterFailures(RECORD, { selecting: {}, call }, aTerminal());

    expect(lines.at(-1)).toBe(
      'maps again runs the code of this map. To run changed code over the same inputs, add --env and --kwargs to this: codeseeder maps inputs m --failed --seedkit kit | codeseeder map app:main - --seedkit kit',
    );
  });

  it('A command that did not start the map suggests its target, without its options', () => {
    const record = { ...RECORD, kind: 'node', target: 'src/a b.ts#f' } as const;
    const lines = nextAfterFailures(record, { selecting: { seedkit: 'kit' } }, aTerminal());

    expect(lines).toEqual([
      '  codeseeder maps show m   # its failures, with their inputs',
      '  codeseeder maps again m  # the same inputs once more, with the same code',
      "maps again runs the code of this map. To run changed code over the same inputs, add the map's options to this: codeseeder maps inputs m --failed | codeseeder map 'src/a b.ts#f' -",
    ]);
  });
});
