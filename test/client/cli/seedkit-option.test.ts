import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { cloudFormation, resetAccount } from '../mocked-account.js';
import { runMain } from './a-terminal.js';

let folder: string;

beforeEach(async () => {
  resetAccount();
  cloudFormation
    .on(DescribeStacksCommand)
    .rejects(new Error('Stack with id aws-codeseeder-demo does not exist'));
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-profile-'));
  process.env['AWS_CONFIG_FILE'] = path.join(folder, 'config');
  await writeFile(path.join(folder, 'config'), '[profile far]\nregion = ap-south-1\n');
});

afterEach(async () => {
  delete process.env['AWS_CONFIG_FILE'];
  await rm(folder, { recursive: true });
});

it('`--profile` selects the region of the profile', async () => {
  const { stderr } = await runMain(['runs', 'list', '-s', 'demo', '--profile', 'far']);

  expect(stderr).toContain('in region ap-south-1');
});

it('`--region` overrides the region of the profile', async () => {
  const { stderr } = await runMain([
    'runs',
    'list',
    '-s',
    'demo',
    '--profile',
    'far',
    '--region',
    'eu-west-1',
  ]);

  expect(stderr).toContain('in region eu-west-1');
});

it('`publish` of a marked function looks in the region of `--region`, not in that of its kit', async () => {
  const kit = new URL('../../fixtures/kits/kit.ts', import.meta.url).pathname;
  const { stderr } = await runMain(['publish', 'nightly', `${kit}#deploy`, '--region', 'ap-south-1']);

  expect(stderr).toContain('in region ap-south-1');
});
