import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { main } from '../../../../client/cli/main.js';
import { indexedInputs } from '../../../../client/maps/input-file.js';
import { mapInputsKey, sealInput } from '../../../../lib/contract/index.js';
import { aNodeInvocation } from '../../../contract/builders.js';
import { bucket, states } from '../../mocked-account.js';
import { endRun, MAP_ID, type MockedMap, mockMap, SEAL_KEY } from '../../maps/mocked-map.js';
import { aLiveTerminal, aTerminal, runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];

const WHY = `Run ${MAP_ID}-1 failed: exit status 3. See codeseeder runs show ${MAP_ID}-1`;

let mocked: MockedMap;
beforeEach(() => {
  mocked = mockMap(2);
  endRun(mocked, 0, { status: 'SUCCEEDED' });
  endRun(mocked, 1, { status: 'FAILED', failure: { code: 'CommandFailed', message: 'exit status 3' } });
  mocked.status = 'FAILED';
});

describe('Maps as JSON', () => {
  it('`maps show --json` has each input without a successful run as an object', async () => {
    const { exitCode, stdout } = await runMain(['maps', 'show', MAP_ID, ...KIT, '--json']);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      mapId: MAP_ID,
      record: { status: 'FAILED' },
      progress: { succeeded: 1, failed: 1 },
      failures: [{ index: 1, status: 'FAILED', runId: `${MAP_ID}-1`, input: 'input 1', message: WHY }],
    });
  });

  it('`maps show` without `--json` prints the same inputs as a table', async () => {
    const { stdout } = await runMain(['maps', 'show', MAP_ID, ...KIT]);

    expect(stdout).toMatch(/^RUN +# +STATUS +INPUT +WHY$/m);
    expect(stdout).toMatch(new RegExp(`^${MAP_ID}-1 +1 +FAILED +"input 1" +${WHY}$`, 'm'));
  });

  it('`maps cancel --json` says that a map had already ended, and exits with 1', async () => {
    const { exitCode, stdout } = await runMain(['maps', 'cancel', MAP_ID, ...KIT, '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ canceled: false, progress: { status: 'FAILED', failed: 1 } });
  });

  it('`maps again --detach --json` prints the id and the place of the new map', async () => {
    const { exitCode, stdout } = await runMain(['maps', 'again', MAP_ID, ...KIT, '--detach', '--json']);

    expect(exitCode).toBe(0);
    const [start] = states.commandCalls(StartExecutionCommand);
    expect(JSON.parse(stdout)).toMatchObject({ mapId: start?.args[0].input.name, total: 1 });
  });

  it('`maps wait --json` prints status, progress and all results as one document', async () => {
    const { exitCode, stdout } = await runMain(['maps', 'wait', MAP_ID, ...KIT, '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      mapId: MAP_ID,
      status: 'FAILED',
      progress: { total: 2, succeeded: 1, failed: 1 },
      results: [
        { index: 0, runId: `${MAP_ID}-0`, status: 'SUCCEEDED', value: null },
        { index: 1, status: 'FAILED', error: { code: 'CommandFailed', message: WHY } },
      ],
    });
  });

  it('`maps wait` prints each result as a line of JSON, also with the error of a run', async () => {
    const { exitCode, stdout, stderr } = await runMain(['maps', 'wait', MAP_ID, ...KIT]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `run changed code over the same inputs, add the map's options to this: codeseeder maps inputs ${MAP_ID} --failed --region eu-west-1 --seedkit demo | codeseeder map - --region eu-west-1 --seedkit demo -- COMMAND\n`,
    );
    expect(stderr).toContain(
      `  codeseeder maps again ${MAP_ID} --region eu-west-1 --seedkit demo  # the same inputs once more, with the same code`,
    );
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { index: 0, runId: `${MAP_ID}-0`, status: 'SUCCEEDED', value: null },
      expect.objectContaining({ index: 1, error: { code: 'CommandFailed', message: WHY } }),
    ]);
  });
});

describe('Maps on a terminal', () => {
  /** Runs a command of which a person reads both outputs on one terminal. */
  const onTerminal = async (...args: string[]) => {
    const terminal = aLiveTerminal(80);
    Object.assign(terminal.stdout, { isTTY: true, columns: 80 });
    await main([...args, ...KIT], terminal);
    return { stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  };

  it('A terminal shows each failure of a map once: in a line for people, and without its line of JSON', async () => {
    const { stdout, stderr } = await onTerminal('maps', 'wait', MAP_ID);

    expect(stdout).toBe(`{"index":0,"runId":"${MAP_ID}-0","status":"SUCCEEDED","value":null}\n`);
    expect(stderr).toContain('input 1 FAILED map-1-1: CommandFailed: exit status 3\n');
  });

  it('`maps show` of a map with failures ends with the commands that run the failed inputs again, for the same and for changed code', async () => {
    const { stderr } = await onTerminal('maps', 'show', MAP_ID);

    expect(stderr.split('\n')).toEqual([
      `  codeseeder maps again ${MAP_ID} --region eu-west-1 --seedkit demo`,
      'maps again runs the code of this map. To run changed code over the same inputs,',
      "add the map's options to this:",
      `codeseeder maps inputs ${MAP_ID} --failed --region eu-west-1 --seedkit demo |`,
      '  codeseeder map - --region eu-west-1 --seedkit demo -- COMMAND',
      '',
    ]);
  });

  it('`maps show` of a map whose inputs were deleted says so, and suggests no command that needs them', async () => {
    bucket.delete(mapInputsKey(MAP_ID));

    const { stdout, stderr } = await onTerminal('maps', 'show', MAP_ID);

    expect(stderr).toBe('');
    expect(stdout).toMatch(/ +missing +.*\n\nThe inputs of this map have expired or were deleted\.\n$/);
  });

  it('`maps show` of a map that runs ends with the commands that wait for it and stop it', async () => {
    mocked.status = 'RUNNING';
    const { stderr } = await onTerminal('maps', 'show', MAP_ID);

    expect(stderr).toMatch(/^ {2}codeseeder maps wait map-1 .*\n {2}codeseeder maps cancel map-1 .*\n$/);
  });

  it('`maps show --json`, and `maps show` off a terminal, suggest no commands', async () => {
    expect((await onTerminal('maps', 'show', MAP_ID, '--json')).stderr).toBe('');
    expect((await runMain(['maps', 'show', MAP_ID, ...KIT])).stderr).toBe('');
  });

  it('`maps wait --json` on a terminal has the failures in its document only', async () => {
    const { stdout, stderr } = await onTerminal('maps', 'wait', MAP_ID, '--json');

    expect(JSON.parse(stdout)).toMatchObject({ results: [{ index: 0 }, { index: 1, status: 'FAILED' }] });
    expect(stderr).not.toContain('input 1 FAILED');
  });

  it('A failure is a line of JSON and a line for people if only one of them goes to the terminal', async () => {
    const terminal = aLiveTerminal(80);
    await main(['maps', 'wait', MAP_ID, ...KIT], terminal);

    expect(terminal.stdout.text.split('\n').slice(1)).toEqual([expect.stringContaining('"FAILED"'), '']);
    expect(terminal.stderr.text).toContain('input 1 FAILED');
  });
});

const LONG = sealInput(1, JSON.stringify([{ account: '123456789012', region: 'eu-west-1' }]), {
  mapId: MAP_ID,
  sealKey: SEAL_KEY,
});

/** Replaces the stored inputs by one with a seal of a key. */
function putInputs(input: string, sealKey: string, index = 1): void {
  const sealed = sealInput(index, `[${input}]`, { mapId: MAP_ID, sealKey });
  bucket.set(mapInputsKey(MAP_ID), Buffer.from(JSON.stringify(sealed)));
}

describe('maps inputs', () => {
  const inputs = async (...flags: string[]) =>
    (await runMain(['maps', 'inputs', MAP_ID, ...KIT, ...flags])).stdout;

  it('`maps inputs` prints each input as a line of JSON, and with `--failed` those without a successful run', async () => {
    expect(await inputs()).toBe('"input 0"\n"input 1"\n');
    expect(await inputs('--failed')).toBe('"input 1"\n');
  });

  it('`maps inputs` prints what `map` reads as the same arguments again', async () => {
    const given = [[['a', 1], { b: null }], [[1, 2]], ['one'], []].map((args) => JSON.stringify(args));
    mockMap(given.length, { invocation: aNodeInvocation() });
    const sealing = { mapId: MAP_ID, sealKey: SEAL_KEY };
    const lines = given.map((args, index) => JSON.stringify(sealInput(index, args, sealing)));
    bucket.set(mapInputsKey(MAP_ID), Buffer.from(lines.join('\n')));

    const printed = (await inputs()).trimEnd().split('\n');
    expect(printed).toEqual(['[["a",1],{"b":null}]', '[[1,2]]', '"one"', '[]']);
    const again: string[] = [];
    const values = printed.map((line): unknown => JSON.parse(line));
    for await (const { args } of indexedInputs(values, 'node')) again.push(args);
    expect(again).toEqual(given);
  });

  it('`maps inputs --failed` refuses a map that has not ended', async () => {
    mocked.status = 'RUNNING';
    const { exitCode, stdout, stderr } = await runMain(['maps', 'inputs', MAP_ID, ...KIT, '--failed']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain(`MapNotOver: The map ${MAP_ID} has not ended.`);
  });

  it('`maps show` fits each failure into a line of a terminal, with the start of its input and what is wrong first', async () => {
    const message =
      'A command failed in the phase BUILD: COMMAND_EXECUTION_ERROR: Error while executing command: npm test. Reason: exit status 3';
    endRun(mocked, 1, { status: 'FAILED', failure: { code: 'CommandFailed', message, phase: 'BUILD' } });
    const terminal = aTerminal({ environment: { NO_COLOR: '1' } });
    Object.assign(terminal.stdout, { isTTY: true, columns: 76 });
    bucket.set(mapInputsKey(MAP_ID), Buffer.from(JSON.stringify(LONG)));
    await main(['maps', 'show', MAP_ID, ...KIT], terminal);

    expect(terminal.stdout.text.split('\n').slice(2, 4)).toEqual([
      'RUN      #  STATUS  INPUT             WHY',
      'map-1-1  1  FAILED  {"account":"123…  CommandFailed: exit status 3: npm test',
    ]);
  });

  it('`maps show` on a narrow terminal has the whole reason of each failure below its id', async () => {
    const message = 'Error while executing command: npm run check -- --all --strict. Reason: exit status 3';
    endRun(mocked, 1, { status: 'FAILED', failure: { code: 'CommandFailed', message, phase: 'BUILD' } });
    const terminal = aTerminal({ environment: { NO_COLOR: '1' } });
    Object.assign(terminal.stdout, { isTTY: true, columns: 40 });
    bucket.set(mapInputsKey(MAP_ID), Buffer.from(JSON.stringify(LONG)));
    await main(['maps', 'show', MAP_ID, ...KIT], terminal);

    expect(terminal.stdout.text.split('\n').slice(3)).toEqual([
      'map-1-1',
      '  input 1 FAILED {"account":"1234567890…',
      '  CommandFailed: exit status 3: npm run',
      '  check -- --all --strict',
      '',
    ]);
  });

  it.each([
    ['have expired', 'InputMissing', 'missing', () => bucket.delete(mapInputsKey(MAP_ID))],
    ['were changed', 'InputChanged', 'changed', () => putInputs('"other"', 'cd'.repeat(32))],
    ['have lost one', 'InputChanged', 'changed', () => putInputs('"input 0"', SEAL_KEY, 0)],
  ])('`maps show` says in place of the inputs that they %s', async (_, inputProblem, shown, change) => {
    change();
    const { exitCode, stdout } = await runMain(['maps', 'show', MAP_ID, ...KIT]);
    const json = await runMain(['maps', 'show', MAP_ID, ...KIT, '--json']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${MAP_ID}-1 +1 +FAILED +${shown} +${WHY}$`, 'm'));
    const { failures } = JSON.parse(json.stdout) as { failures: object[] };
    expect(failures).toEqual([expect.objectContaining({ index: 1, inputProblem })]);
    expect(failures[0]).not.toHaveProperty('input');
  });
});
