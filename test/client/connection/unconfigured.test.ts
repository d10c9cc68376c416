import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../../client/index.js';

const missing = path.join(tmpdir(), 'codeseeder-no-such-file');
const environment = { ...process.env };

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  process.env['AWS_CONFIG_FILE'] = missing;
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = missing;
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  // No process listens on this port, so a call that is sent fails with `AwsUnreachable`.
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
});
afterEach(() => {
  process.env = { ...environment };
});

describe('An environment without AWS settings', () => {
  it('A call without a region fails with `RegionMissing` and names the ways to set one', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'example';

    await expect(seedkit('demo').submitCommands(['ls'])).rejects.toMatchObject({
      code: 'RegionMissing',
      message: expect.stringMatching(
        /AWS_REGION.*--region.*profile\n.*codeseeder local up NAME --detach/,
      ) as unknown,
    });
  });

  it('A call without credentials fails with `CredentialsMissing` and names the ways to give them', async () => {
    process.env['AWS_REGION'] = 'eu-west-1';

    await expect(seedkit('demo').submitCommands(['ls'])).rejects.toMatchObject({
      code: 'CredentialsMissing',
      message: expect.stringMatching(
        /AWS_PROFILE.*AWS_ACCESS_KEY_ID.*\n.*codeseeder local up NAME --detach/,
      ) as unknown,
    });
  });

  it('A profile that does not exist fails with `CredentialsMissing` and names the profile', async () => {
    process.env['AWS_REGION'] = 'eu-west-1';

    await expect(
      seedkit('demo', { aws: { profile: 'nobody' } }).submitCommands(['ls']),
    ).rejects.toMatchObject({
      code: 'CredentialsMissing',
      message: expect.stringContaining('nobody') as unknown,
    });
  });

  it('A profile in AWS_PROFILE that does not exist is named by `CredentialsMissing`', async () => {
    process.env['AWS_REGION'] = 'eu-west-1';
    process.env['AWS_PROFILE'] = 'nobody';

    await expect(seedkit('demo').submitCommands(['ls'])).rejects.toMatchObject({
      code: 'CredentialsMissing',
      message: expect.stringContaining('no credentials for the profile "nobody" of AWS_PROFILE') as unknown,
    });
  });
});
