import { describe, expect, it } from '@jest/globals';

import { commandProgram, leavesOf } from '../../../docs/make/command-program.js';
import { nameOf } from '../../../client/cli/help/command-help.js';
import { holdToShape, outputSchema } from '../../command-output.js';

const { documents, lines } = outputSchema();
const keys = [...Object.keys(documents), ...Object.keys(lines)];
const commands = new Map(
  leavesOf(commandProgram()).map((command) => [nameOf(command).replace('codeseeder ', ''), command]),
);

describe('The shapes of what commands print for programs', () => {
  it('Every command with `--json` or `--ndjson` has a shape for it', () => {
    const without = [...commands].flatMap(([name, { options }]) =>
      options
        .map(({ long }) => long ?? '')
        .filter((flag) => flag === '--json' || flag === '--ndjson')
        .filter((flag) => {
          const isDocument = flag === '--json' && name in documents;
          return !isDocument && !Object.keys(lines).some((key) => key.startsWith(name) && key.endsWith(flag));
        })
        .map((flag) => `${name} ${flag}`),
    );
    expect(without).toEqual([]);
  });

  it.each(keys)('`%s` is a command with these flags, so its shape is of use', (key) => {
    const [name = '', ...flags] = key.split(' --');
    const known = commands.get(name)?.options.map(({ long }) => long) ?? [];
    expect(commands.has(name)).toBe(true);
    expect(known).toEqual(expect.arrayContaining(flags.map((flag) => `--${flag}`)));
    if (key in documents) expect(known).toContain('--json');
  });

  it.each([
    [['locks', 'show', 'a', '--json'], { name: 'a', token: 1, waiting: [] }],
    [['locks', 'show', 'a'], 'as text'],
    [['locks', 'list', '--json', '--', '--json'], []],
    [
      ['maps', 'again', 'm', '--json', '--detach'],
      { mapId: 'm', total: 1, executionArn: 'a', consoleUrl: 'c' },
    ],
    [['maps', 'again', 'm', '--json'], { index: 0, runId: 'm-0', status: 'SUCCEEDED', value: null }],
  ])('Output of %j with its shape is accepted', (args, value) => {
    const stdout = typeof value === 'string' ? value : `${JSON.stringify(value)}\n`;
    expect(() => holdToShape(args, { exitCode: 0, stdout })).not.toThrow();
  });

  it.each([
    [['locks', 'show', 'a', '--json'], { name: 'a', waiting: [] }, "required property 'token'"],
    [['locks', 'show', 'a', '--json'], { name: 'a', token: '1', waiting: [] }, '/token must be number'],
    [['locks', 'list', '--json'], [{ name: 'a', token: 1, waiting: [], more: 1 }], 'more'],
    [['runs', 'logs', 'a', '--json'], { timestampMs: 1 }, "required property 'message'"],
    [
      ['run', '--ndjson', '--', 'true'],
      { type: 'log', time: 't', runId: 'r' },
      "required property 'message'",
    ],
    [['maps', 'wait', 'm'], { index: 0 }, "required property 'runId'"],
    [['runs', 'shell', 'a', '--json'], {}, 'has no shape'],
    [['runs', 'logs', 'a', '--ndjson'], {}, 'has no shape'],
  ])('Output of %j that is %j is refused', (args, value, fault) => {
    const stdout = `${JSON.stringify(value)}\n`;
    expect(() => holdToShape(args, { exitCode: 0, stdout })).toThrow(fault);
  });
});
