import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { compareTemplates, isUnchanged } from '../../../../client/cli/upgrade/template-changes.js';
import { upgradeOf } from '../../../../client/cli/upgrade/run-upgrade.js';
import { parseTemplate } from '../../../../client/parse-template.js';
import { PACKAGE_VERSION, SEEDKIT_OUTPUTS, SEEDKIT_VERSION_OUTPUT } from '../../../../lib/contract/index.js';
import { runMain } from '../a-terminal.js';

const cloudFormation = mockClient(CloudFormationClient);

beforeEach(() => {
  cloudFormation.reset();
  cloudFormation.on(GetTemplateCommand).rejects(Object.assign(new Error('denied'), { name: 'AccessDenied' }));
});

/** Mocks the stack of a seedkit that a CDK app of the user deploys. */
function aStack(outputs: Readonly<Record<string, string>>, StackStatus: StackStatus = 'UPDATE_COMPLETE') {
  const Outputs = Object.entries({ StateMachineArn: 'arn', ...outputs }).map(([OutputKey, OutputValue]) => ({
    OutputKey,
    OutputValue,
  }));
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [{ StackName: 'aws-codeseeder-demo', StackStatus, CreationTime: new Date(), Outputs }],
  });
}

const ALL = Object.fromEntries(Object.keys(SEEDKIT_OUTPUTS).map((name) => [name, 'value']));
const upgrade = (...words: readonly string[]) =>
  runMain(['upgrade', '-s', 'demo', '--region', 'eu-west-1', ...words]);

describe('codeseeder upgrade', () => {
  it('`upgrade` exits with 0 if the same version deployed the seedkit', async () => {
    aStack({ ...ALL, [SEEDKIT_VERSION_OUTPUT]: PACKAGE_VERSION });
    const { exitCode, stdout } = await upgrade();

    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `The seedkit demo was deployed by codeseeder ${PACKAGE_VERSION}. This is codeseeder ${PACKAGE_VERSION}.
The resources were not compared: a CDK app of your own deploys it
Its version and outputs need no deployment. Compare the resources: npx cdk diff
`,
    });
  });

  it('`upgrade NAME` takes the seedkit as an argument, which goes before a variable', async () => {
    aStack({ ...ALL, [SEEDKIT_VERSION_OUTPUT]: PACKAGE_VERSION });
    process.env['CODESEEDER_SEEDKIT'] = 'other';
    const { exitCode, stdout } = await runMain(['upgrade', 'demo', '--region', 'eu-west-1']);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('The seedkit demo was deployed');
    expect(cloudFormation.commandCalls(DescribeStacksCommand)[0]?.args[0].input).toEqual({
      StackName: 'aws-codeseeder-demo',
    });
  });

  it('`upgrade NAME` refuses another seedkit in --seedkit', async () => {
    expect(await upgrade('other')).toMatchObject({
      exitCode: 2,
      stderr: 'error: The seedkit is "other" and, in --seedkit, "demo". Give one of them.\n',
    });
  });

  it('`upgrade` does not say that there is nothing to do if the resources could not be compared', async () => {
    aStack({ ...ALL, [SEEDKIT_VERSION_OUTPUT]: PACKAGE_VERSION, SeedkitContext: '{}' });
    const { exitCode, stdout } = await upgrade();

    expect(exitCode).toBe(0);
    expect(stdout).toContain('The resources were not compared: denied\n');
    expect(stdout).toMatch(/repeat this command when the problem is solved\.\n$/);
    expect(stdout).not.toContain('nothing to do');
  });

  it('`upgrade` exits with 1 and prints the command if an earlier version deployed the seedkit', async () => {
    const { MapMachineArn: _, ...outputs } = ALL;
    aStack({ ...outputs, SeedkitContext: '{}' });
    const { exitCode, stdout } = await upgrade();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('was deployed by an earlier version of codeseeder, which left no version.');
    expect(stdout).toContain('It has no resources for: maps.\n');
    expect(stdout).toContain('The resources were not compared: denied\n');
    expect(stdout).toContain('\n  codeseeder deploy seedkit demo --region eu-west-1\n');
  });

  it('`upgrade --json` has the command as users start it', async () => {
    aStack({ ...ALL, SeedkitContext: '{}' });
    const { stdout } = await runMain(['upgrade', '-s', 'demo', '--region', 'eu-west-1', '--json'], {
      program: 'npx codeseeder',
    });

    expect(JSON.parse(stdout)).toMatchObject({
      command: 'npx codeseeder deploy seedkit demo --region eu-west-1',
    });
  });

  it('`upgrade --json` names the client to install if a later version deployed the seedkit', async () => {
    aStack({ ...ALL, [SEEDKIT_VERSION_OUTPUT]: '99.1.0' });
    const { exitCode, stdout } = await upgrade('--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      seedkit: 'demo',
      comparison: 'newer',
      action: 'updateClient',
      command: 'npm install codeseeder@99.1.0',
    });
  });

  it.each([
    [
      'a seedkit that is not deployed',
      () => cloudFormation.on(DescribeStacksCommand).rejects(new Error('does not exist')),
      'SeedkitNotFound',
    ],
    ['a deployment in progress', () => aStack(ALL, 'UPDATE_IN_PROGRESS'), 'StackBusy'],
  ])('`upgrade` exits with 3 for %s', async (_, mock, code) => {
    mock();
    const { exitCode, stderr } = await upgrade();

    expect(exitCode).toBe(3);
    expect(stderr).toMatch(new RegExp(`^${code}: `));
  });
});

describe('The comparison of templates', () => {
  const resource = (value: unknown) => ({ Type: 'AWS::S3::Bucket', Properties: { value } });

  it('Resources that are added, changed and deleted are named, whatever the order of members', () => {
    const deployed = {
      Outputs: { A: 1 },
      Resources: { Same: { b: 1, a: 2 }, Old: resource(1), Other: resource(1) },
    };
    const made = {
      Resources: { New: resource(1), Other: resource(2), Same: { a: 2, b: 1 } },
      Outputs: { A: 1 },
    };

    expect(compareTemplates(deployed, made)).toEqual({
      added: [{ name: 'New', type: 'AWS::S3::Bucket' }],
      changed: [{ name: 'Other', type: 'AWS::S3::Bucket' }],
      removed: [{ name: 'Old', type: 'AWS::S3::Bucket' }],
      others: false,
    });
  });

  it('A template in YAML equals the same one in JSON', () => {
    const yaml = 'Resources:\n  A:\n    Type: AWS::IAM::Role\n    Properties:\n      Version: "2012-10-17"\n';
    const json = '{"Resources":{"A":{"Type":"AWS::IAM::Role","Properties":{"Version":"2012-10-17"}}}}';

    expect(isUnchanged(compareTemplates(parseTemplate(yaml), parseTemplate(json)))).toBe(true);
  });

  it('A template that differs needs a deployment, also of the same version', () => {
    const compared = {
      comparison: 'same',
      clientVersion: '1.0.0',
      deployedVersion: '1.0.0',
      missing: [],
      isOfOwnApp: false,
    } as const;
    const changes = { added: [], changed: [], removed: [], others: true };

    expect(upgradeOf('demo', compared, { changes }, { environment: 'prod', profile: 'p' })).toMatchObject({
      action: 'deploySeedkit',
      command: 'codeseeder deploy seedkit demo --environment prod --profile p',
    });
    expect(upgradeOf('demo', compared, { changes: { ...changes, others: false } }, {})).toMatchObject({
      action: 'none',
    });
  });
});
