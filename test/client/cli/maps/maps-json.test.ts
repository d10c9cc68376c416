import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { states } from '../../mocked-account.js';
import { endRun, MAP_ID, type MockedMap, mockMap } from '../../maps/mocked-map.js';
import { runMain } from '../a-terminal.js';

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
      failures: [{ index: 1, status: 'FAILED', runId: `${MAP_ID}-1`, message: WHY }],
    });
  });

  it('`maps show` without `--json` prints the same inputs as a table', async () => {
    const { stdout } = await runMain(['maps', 'show', MAP_ID, ...KIT]);

    expect(stdout).toMatch(/^RUN +INPUT +STATUS +WHY$/m);
    expect(stdout).toMatch(new RegExp(`^${MAP_ID}-1 +1 +FAILED +${WHY}$`, 'm'));
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
    expect(stderr).toContain(`  codeseeder maps again ${MAP_ID} --seedkit demo  # its unsuccessful inputs`);
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
