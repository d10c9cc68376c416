import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Build, BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { RunRecord } from '../../../../lib/contract/index.js';
import { aRecord, mockExecution, mockRecords, resetAccount } from '../../mocked-account.js';
import { runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];
const WITH_SESSION: Partial<RunRecord> = { status: 'BUILDING', buildId: 'p:1', debugSession: 'ENABLED' };
const TARGET = 'codebuild:0f1e';

const codebuild = mockClient(CodeBuildClient);
let folder: string;

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
  codebuild.reset();
  folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-shell-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function mockBuild(build: Partial<Build>): void {
  codebuild.on(BatchGetBuildsCommand, { ids: ['p:1'] }).resolves({ builds: [{ id: 'p:1', ...build }] });
}

/** Puts a program `aws` into the PATH that writes its arguments to a file. */
function fakeCli(exitCode: number): Record<string, string> {
  const file = path.join(folder, 'aws');
  writeFileSync(file, `#!/bin/sh\necho "$@" > '${folder}/arguments'\nexit ${exitCode}\n`);
  chmodSync(file, 0o700);
  return { PATH: `${folder}:${process.env['PATH']}` };
}

const shell = (environment: Record<string, string> = {}) =>
  runMain(['runs', 'shell', ...KIT, '--profile', 'dev', 'run-1'], { environment });

describe('runs shell', () => {
  it('`runs shell` starts the AWS CLI with the target of the session, the region and the profile', async () => {
    mockRecords(aRecord(WITH_SESSION));
    mockBuild({ buildComplete: false, debugSession: { sessionEnabled: true, sessionTarget: TARGET } });
    const { exitCode } = await shell(fakeCli(0));

    expect(exitCode).toBe(0);
    expect(readFileSync(`${folder}/arguments`, 'utf8').trim()).toBe(
      `ssm start-session --target ${TARGET} --region eu-west-1 --profile dev`,
    );
  });

  it('`runs shell` names plugin and right if the AWS CLI fails, and how to install it if there is none', async () => {
    mockRecords(aRecord(WITH_SESSION));
    mockBuild({ buildComplete: false, debugSession: { sessionEnabled: true, sessionTarget: TARGET } });
    const failed = await shell(fakeCli(254));
    rmSync(path.join(folder, 'aws'));
    const missing = await shell({ PATH: folder });

    expect(failed.exitCode).toBe(3);
    expect(failed.stderr).toMatch(
      /ended with 254\. It needs the Session Manager plugin .* DebuggerPolicyArn/,
    );
    expect(missing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('AWS CLI cannot be started'),
    });
  });

  it.each<[string, Partial<RunRecord>, Partial<Build>]>([
    ['it was started without a debug session', { ...WITH_SESSION, debugSession: undefined }, {}],
    ['it has ended: FAILED', { ...WITH_SESSION, status: 'FAILED' }, {}],
    ['its build has not started', { status: 'QUEUED', debugSession: 'ENABLED' }, {}],
    ['its build has ended', WITH_SESSION, { buildComplete: true }],
    [
      'its build is not ready for shells in PROVISIONING',
      WITH_SESSION,
      { buildComplete: false, currentPhase: 'PROVISIONING', debugSession: { sessionEnabled: true } },
    ],
  ])('`runs shell` refuses a run because %s', async (reason, record, build) => {
    mockRecords(aRecord(record));
    mockBuild(build);
    const refused = await shell(fakeCli(0));

    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain(`No shell can be opened in the run run-1: ${reason}. `);
  });
});
