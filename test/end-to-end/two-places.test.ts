import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type AwsOptions } from '../../client/index.js';
import { sharedSeedkit, startLocalSeedkit, type LocalSeedkit, type SharedSeedkit } from './local-seedkit.js';

let own: LocalSeedkit;
let places: readonly (LocalSeedkit | SharedSeedkit)[] = [];

beforeAll(async () => {
  own = await startLocalSeedkit();
  places = [own, await sharedSeedkit()];
});

afterAll(() => own?.close());

const awsOf = ({ endpoint, environment }: SharedSeedkit | LocalSeedkit): AwsOptions => ({
  endpoint,
  region: environment['AWS_REGION'] ?? '',
  credentials: {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
  },
});

describe('Two local AWS at once', () => {
  it('One kit runs in two local AWS at once, each run in its own', async () => {
    const kit = seedkit('e2e');
    const ends = await Promise.all(
      [0, 1, 0, 1].map(async (index) => {
        const aws = awsOf(places[index] as SharedSeedkit);
        const build = { exportedVariables: ['PLACE'] };
        const commands = ['export PLACE="$AWS_ENDPOINT_URL"'];
        const { runId, status, exportedVariables } = await kit.commands(commands, { aws, build });
        const other = awsOf(places[1 - index] as SharedSeedkit);
        await expect(kit.runs.get(runId, { aws: other })).rejects.toMatchObject({ code: 'RunNotFound' });
        await expect(kit.runs.get(runId, { aws })).resolves.toMatchObject({ runId });
        return [index, status, exportedVariables['PLACE']];
      }),
    );

    expect(ends).toEqual([0, 1, 0, 1].map((index) => [index, 'SUCCEEDED', places[index]?.endpoint]));
  });
});
