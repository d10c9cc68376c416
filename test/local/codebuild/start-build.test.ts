import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { StartBuildInput } from '@aws-sdk/client-codebuild';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { buildspec, contextOf, openTestCodeBuild, PROJECT, type TestCodeBuild } from './test-codebuild.js';

let test: TestCodeBuild;
beforeAll(async () => {
  test = await openTestCodeBuild({
    secrets: {
      parameter: async (name) => {
        if (name === '/here') return 'parameter-value';
        throw new AwsError('ParameterNotFound', '');
      },
      secret: async (reference) => {
        if (reference === 'token:key') return 'hunter2';
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      },
    },
  });
});
afterAll(() => test.dispose());

const secondarySources = (number: number, name = 'source') =>
  Array.from({ length: number }, (_, index) => ({
    type: 'S3' as const,
    location: 'b/k/',
    sourceIdentifier: `${name}_${index}`,
  }));

describe('Secrets of `StartBuild`', () => {
  it('Secrets of a build are resolved from references, masked in the log, and not in any command line', async () => {
    const build = await test.run({
      environmentVariablesOverride: [
        { name: 'TOKEN', value: 'token:key', type: 'SECRETS_MANAGER' },
        { name: 'PARAMETER', value: '/here', type: 'PARAMETER_STORE' },
      ],
      buildspecOverride: buildspec(
        {
          build: [
            'echo "${#TOKEN} ${#PARAMETER} ${#OF_SPEC} and $TOKEN"',
            'for file in /proc/[0-9]*/cmdline; do [[ "$(tr "\\0" " " 2>/dev/null <$file)" != *"$TOKEN"* ]] || echo found; done 2>/dev/null; echo looked',
          ],
        },
        { env: { 'secrets-manager': { OF_SPEC: 'token:key' } } },
      ),
    });
    expect(await test.lines(build)).toEqual(['7 15 7 and ***', 'looked']);
    expect(JSON.stringify(build)).not.toContain('hunter2');
  });

  it.each([
    ['SECRETS_MANAGER', 'Secrets Manager Error', "can't find the specified secret"],
    ['PARAMETER_STORE', 'Decrypted Variables Error', 'parameter does not exist: gone'],
  ] as const)('A build fails if its %s reference does not exist', async (type, statusCode, message) => {
    const build = await test.run({ environmentVariablesOverride: [{ name: 'X', value: 'gone', type }] });
    expect(contextOf(build, 'DOWNLOAD_SOURCE')).toEqual({
      statusCode,
      message: expect.stringContaining(message),
    });
  });
});

describe('StartBuild', () => {
  it('`StartBuild` records the overrides', async () => {
    const build = await test.run({
      imageOverride: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
      computeTypeOverride: 'BUILD_GENERAL1_LARGE',
      environmentTypeOverride: 'ARM_CONTAINER',
      privilegedModeOverride: true,
      imagePullCredentialsTypeOverride: 'SERVICE_ROLE',
      fleetOverride: { fleetArn: 'arn:fleet' },
      serviceRoleOverride: 'arn:role',
      encryptionKeyOverride: 'arn:key',
      timeoutInMinutesOverride: 9,
      queuedTimeoutInMinutesOverride: 11,
    });
    expect(build).toMatchObject({
      environment: {
        image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
        computeType: 'BUILD_GENERAL1_LARGE',
        type: 'ARM_CONTAINER',
        privilegedMode: true,
        imagePullCredentialsType: 'SERVICE_ROLE',
        fleet: { fleetArn: 'arn:fleet' },
        environmentVariables: [{ name: 'OF_PROJECT', value: 'project', type: 'PLAINTEXT' }],
      },
      serviceRole: 'arn:role',
      encryptionKey: 'arn:key',
      timeoutInMinutes: 9,
      queuedTimeoutInMinutes: 11,
    });
  });

  it('`StartBuild` returns the same build for the same token, also to two concurrent calls', async () => {
    const input = { idempotencyToken: 'once', timeoutInMinutesOverride: 6 };
    const [first, second] = await Promise.all([test.start(input), test.start(input)]);
    expect(second.id).toBe(first.id);
    await test.until(first.id);
    expect((await test.start(input)).id).toBe(first.id);
    await expect(test.start({ ...input, timeoutInMinutesOverride: 7 })).rejects.toMatchObject({
      code: 'InvalidInputException',
    });
  });

  it('`StartBuild` ignores a token after five minutes', async () => {
    let now = Date.now();
    const later = await openTestCodeBuild({}, { clock: { ...test.context.clock, now: () => now } });
    const first = await later.run({ idempotencyToken: 'once' });
    now += 299_000;
    expect((await later.start({ idempotencyToken: 'once' })).id).toBe(first.id);
    now += 2_000;
    const next = await later.run({ idempotencyToken: 'once' });
    expect(next.id).not.toBe(first.id);
    await later.dispose();
  });

  it.each<[Partial<StartBuildInput>, string]>([
    [{ sourceTypeOverride: 'GITHUB' }, 'GITHUB'],
    [
      { registryCredentialOverride: { credential: 'x', credentialProvider: 'SECRETS_MANAGER' } },
      'registryCredentialOverride',
    ],
    [{ artifactsOverride: { type: 'S3', location: 'b', packaging: 'ZIP' } }, 'ZIP'],
    [{ cacheOverride: { type: 'LOCAL' } }, 'LOCAL'],
    [{ logsConfigOverride: { s3Logs: { status: 'ENABLED' } } }, 's3Logs'],
    [{ secondaryArtifactsOverride: [{ type: 'S3', location: 'b' }] }, 'artifact identifier'],
    [
      { secondaryArtifactsOverride: [{ type: 'NO_ARTIFACTS', artifactIdentifier: 'a' }] },
      'the type of a secondary artifact must be S3',
    ],
    [{ artifactsOverride: { type: 'S3', location: 'b', artifactIdentifier: 'a' } }, 'artifactIdentifier'],
    [
      { secondarySourcesVersionOverride: [{ sourceIdentifier: 'gone', sourceVersion: 'null' }] },
      'there is no secondary source gone',
    ],
    [{ timeoutInMinutesOverride: 4 }, 'timeoutInMinutes'],
    [{ queuedTimeoutInMinutesOverride: 481 }, 'queuedTimeoutInMinutes'],
    [{ environmentVariablesOverride: [{ name: '1X', value: '' }] }, '1X'],
    [{ secondarySourcesOverride: [{ type: 'S3', location: 'b/k' }] }, 'source identifier'],
    [{ secondarySourcesOverride: secondarySources(1, 'with-hyphen') }, 'source identifier'],
    [{ secondarySourcesOverride: secondarySources(13) }, 'Member must have length less than or equal to 12'],
  ])('`StartBuild` refuses %j by name', async (input, named) => {
    await expect(test.start(input)).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: expect.stringContaining(named),
    });
  });

  it('CodeBuild reports missing projects and builds', async () => {
    await expect(test.start({ projectName: 'gone' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Project cannot be found: arn:aws:codebuild:eu-central-1:123456789012:project/gone',
    });
    const { operations } = test.codeBuild;
    expect(await operations.BatchGetBuilds({ ids: ['demo:x'] })).toEqual({
      builds: [],
      buildsNotFound: ['demo:x'],
    });
    await expect(operations.BatchGetBuilds({ ids: Array.from({ length: 101 }, () => 'x') })).rejects.toThrow(
      '100',
    );
    await expect(operations.StopBuild({ id: 'demo:x' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('AWS::CodeBuild::Project', () => {
  it('A project of a template is created, described, updated in place and deleted', async () => {
    const { operations, resourceProviders } = test.codeBuild;
    const provider = resourceProviders[0];
    if (provider === undefined) throw new Error('no provider');
    const request = { stackName: 's', logicalId: 'Other' };
    const properties = { ...PROJECT, Name: 'other', TimeoutInMinutes: '30', Cache: { Type: 'NO_CACHE' } };
    const made = await provider.create({ ...request, properties });
    expect(made).toMatchObject({
      physicalId: 'other',
      attributes: { Arn: 'arn:aws:codebuild:eu-central-1:123456789012:project/other' },
    });
    await expect(provider.create({ ...request, properties })).rejects.toThrow('already exists');
    const VpcConfig = { VpcId: 'vpc-1', Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] };
    await provider.update(made, {
      ...request,
      properties: { ...properties, TimeoutInMinutes: 40, VpcConfig },
    });
    expect(await operations.BatchGetProjects({ names: ['other', 'gone'] })).toMatchObject({
      projects: [
        {
          name: 'other',
          timeoutInMinutes: 40,
          queuedTimeoutInMinutes: 480,
          source: { type: 'NO_SOURCE', buildspec: expect.stringContaining('0.2') },
          environment: { image: 'aws/codebuild/standard:7.0' },
          vpcConfig: { vpcId: 'vpc-1', subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
        },
      ],
      projectsNotFound: ['gone'],
    });
    expect(await operations.ListProjects({})).toMatchObject({ projects: ['demo', 'other'] });
    await provider.delete(made);
    expect(await operations.ListProjects({})).toMatchObject({ projects: ['demo'] });
    const github = { ...PROJECT, Source: { Type: 'GITHUB' } };
    expect(() => provider.check?.({ ...request, properties: github })).toThrow('GITHUB');
    const files = { ...PROJECT, Environment: { Type: 'LINUX_CONTAINER', Certificate: 'b/k' } };
    expect(() => provider.check?.({ ...request, properties: files })).toThrow('certificate');
  });

  it('A project of a template survives a restart', async () => {
    await test.codeBuild.close();
    await test.reopen();
    expect((await test.run({})).buildStatus).toBe('SUCCEEDED');
  });
});

const LAMBDA: Partial<StartBuildInput> = {
  environmentTypeOverride: 'LINUX_LAMBDA_CONTAINER',
  computeTypeOverride: 'BUILD_LAMBDA_1GB',
  imageOverride: 'aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22',
};

describe('Lambda compute', () => {
  it('A build of Lambda compute runs, and ends after fifteen minutes at most', async () => {
    const build = await test.run(LAMBDA);
    expect(build).toMatchObject({
      buildStatus: 'SUCCEEDED',
      timeoutInMinutes: 15,
      environment: { type: 'LINUX_LAMBDA_CONTAINER', computeType: 'BUILD_LAMBDA_1GB' },
    });
  });

  it.each<[Partial<StartBuildInput>, string]>([
    [{ timeoutInMinutesOverride: 10 }, 'timeoutInMinutes'],
    [{ queuedTimeoutInMinutesOverride: 10 }, 'queuedTimeoutInMinutes'],
    [{ privilegedModeOverride: true }, 'privilegedMode'],
    [{ fleetOverride: { fleetArn: 'arn:fleet' } }, 'fleet'],
    [{ computeTypeOverride: 'BUILD_GENERAL1_SMALL' }, 'BUILD_GENERAL1_SMALL'],
    [{ imageOverride: 'aws/codebuild/standard:8.0' }, 'aws/codebuild/standard:8.0'],
    [{ environmentTypeOverride: 'ARM_LAMBDA_CONTAINER' }, 'x86_64-lambda-standard'],
    [{ environmentTypeOverride: 'LINUX_CONTAINER' }, 'BUILD_LAMBDA_1GB'],
  ])('`StartBuild` refuses %j with Lambda compute', async (input, named) => {
    await expect(test.start({ ...LAMBDA, ...input })).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: expect.stringContaining(named),
    });
  });

  it('`StartBuild` refuses Lambda compute in a project with a VPC', async () => {
    const inVpc = await openTestCodeBuild({}, {}, { ...PROJECT, VpcConfig: { VpcId: 'vpc-11111111' } });
    await expect(inVpc.start(LAMBDA)).rejects.toMatchObject({
      message: expect.stringContaining('vpcConfig'),
    });
    await inVpc.dispose();
  });

  it.each<[string, Partial<StartBuildInput>]>([
    ['Lambda compute', LAMBDA],
    ['reserved capacity', { fleetOverride: { fleetArn: 'arn:fleet' } }],
  ])('A build of %s fails with `on-failure` in its buildspec', async (_name, input) => {
    const build = await test.run({
      ...input,
      buildspecOverride: 'version: 0.2\nphases: {install: {on-failure: ABORT, commands: [echo a]}}\n',
    });
    expect(build.buildStatus).toBe('FAILED');
    expect(contextOf(build, 'DOWNLOAD_SOURCE')).toEqual({
      statusCode: 'YAML_FILE_ERROR',
      message: expect.stringContaining('on-failure of the phase install is not supported'),
    });
  });
});
