import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { ProjectArtifacts, StartBuildInput } from '@aws-sdk/client-codebuild';
import { ZipFile } from 'yazl';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
import {
  buildspec,
  contextOf,
  openTestCodeBuild,
  phaseStatuses,
  PROJECT,
  type TestCodeBuild,
} from './test-codebuild.js';

async function zip(entries: Record<string, { text: string; mode?: number }>): Promise<Buffer> {
  const file = new ZipFile();
  for (const [name, { text, mode = 0o100644 }] of Object.entries(entries)) {
    file.addBuffer(Buffer.from(text), name, { mode });
  }
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Renames an entry to one that yazl would not write, of the same length. */
function renamed(archive: Buffer, from: string, to: string): Buffer {
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1');
}

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

describe('sources', () => {
  it('unpacks a zip with its modes and puts secondary sources beside it', async () => {
    test.objects.all.set(
      'b/bundles/code.zip',
      await zip({
        'bin/run.sh': { text: '#!/bin/sh\necho ran', mode: 0o100755 },
        'data.txt': { text: 'data' },
      }),
    );
    test.objects.all.set('b/runs/1/input/invocation.json', Buffer.from('{"kind":"node"}'));
    test.objects.all.set('b/runs/1/input/deep/x', Buffer.from('deep'));
    const build = await test.run({
      sourceTypeOverride: 'S3',
      sourceLocationOverride: 'b/bundles/code.zip',
      secondarySourcesOverride: [
        { type: 'S3', location: 'arn:aws:s3:::b/runs/1/input/', sourceIdentifier: 'input' },
      ],
      buildspecOverride: buildspec({
        build: [
          './bin/run.sh',
          'cat "$CODEBUILD_SRC_DIR/data.txt"; echo',
          'cat "$CODEBUILD_SRC_DIR_input/invocation.json" "$CODEBUILD_SRC_DIR_input/deep/x"; echo',
          'echo $CODEBUILD_SOURCE_VERSION; stat -c %a bin/run.sh data.txt',
        ],
      }),
    });
    expect(await test.lines(build)).toEqual([
      'ran',
      'data',
      '{"kind":"node"}deep',
      'arn:aws:s3:::b/bundles/code.zip',
      '755',
      '644',
    ]);
  });

  it('takes the buildspec from the source', async () => {
    test.objects.all.set(
      'b/spec/ci.yml',
      Buffer.from('version: 0.2\nphases: {build: {commands: [echo from file]}}'),
    );
    const given = { sourceTypeOverride: 'S3', sourceLocationOverride: 'b/spec/' } as const;
    expect(await test.lines(await test.run({ ...given, buildspecOverride: 'ci.yml' }))).toEqual([
      'from file',
    ]);
    const missing = await test.run({ ...given, buildspecOverride: 'other.yml' });
    expect(contextOf(missing, 'DOWNLOAD_SOURCE')).toMatchObject({ statusCode: 'YAML_FILE_ERROR' });
  });

  it('fails in the words of the service when there is nothing', async () => {
    const build = await test.run({ sourceTypeOverride: 'S3', sourceLocationOverride: 'b/no.zip' });
    expect(contextOf(build, 'DOWNLOAD_SOURCE')).toEqual({
      statusCode: 'CLIENT_ERROR',
      message: 'NoSuchKey: The specified key does not exist. for primary source',
    });
    expect(phaseStatuses(build)).not.toHaveProperty('BUILD');
  });

  it('refuses zip entries that lead out of the folder', async () => {
    const climbing = renamed(await zip({ 'aa/aa/x': { text: '' } }), 'aa/aa/x', '../../x');
    const link = await zip({ link: { text: '/etc', mode: 0o120777 }, 'fine.txt': { text: '' } });
    for (const archive of [climbing, link, Buffer.from('no zip')]) {
      test.objects.all.set('b/bad.zip', archive);
      const build = await test.run({ sourceTypeOverride: 'S3', sourceLocationOverride: 'b/bad.zip' });
      expect(contextOf(build, 'DOWNLOAD_SOURCE')).toMatchObject({ statusCode: 'CLIENT_ERROR' });
    }
  });
});

describe('artifacts', () => {
  const artifactsOverride: ProjectArtifacts = {
    type: 'S3',
    location: 'b',
    path: 'runs/7',
    name: 'output',
    namespaceType: 'NONE',
    packaging: 'NONE',
    overrideArtifactName: false,
  };
  const written = (prefix: string): string[] =>
    [...test.objects.all.keys()].filter((key) => key.startsWith(prefix)).sort();

  it('go up after a failed BUILD too, from a folder that a variable names', async () => {
    const build = await test.run({
      artifactsOverride,
      buildspecOverride: buildspec(
        {
          pre_build: [
            'export OUT=$PWD/out; mkdir -p $OUT/deep; echo 1 >$OUT/result.json; echo 2 >$OUT/deep/.two',
          ],
          build: ['exit 1'],
        },
        { artifacts: { 'base-directory': '$OUT', files: ['**/*'] } },
      ),
    });
    expect(build.buildStatus).toBe('FAILED');
    expect(phaseStatuses(build)).toMatchObject({ BUILD: 'FAILED', UPLOAD_ARTIFACTS: 'SUCCEEDED' });
    expect(build.artifacts?.location).toBe('arn:aws:s3:::b/runs/7/output');
    expect(written('b/runs/7/')).toEqual(['b/runs/7/output/deep/.two', 'b/runs/7/output/result.json']);
    expect(test.objects.all.get('b/runs/7/output/result.json')?.toString()).toBe('1\n');
  });

  it('are chosen by their patterns', async () => {
    await test.run({
      artifactsOverride: { ...artifactsOverride, path: 'chosen' },
      buildspecOverride: buildspec(
        { build: ['mkdir -p a/b; touch top.txt a/one.txt a/b/two.txt a/b/three.md a/b/skip.txt'] },
        { artifacts: { files: ['*.txt', 'a/**/*.txt', 'a/b/three.md'], 'exclude-paths': '**/skip*' } },
      ),
    });
    expect(written('b/chosen/').map((key) => key.slice('b/chosen/output/'.length))).toEqual([
      'a/b/three.md',
      'a/b/two.txt',
      'a/one.txt',
      'top.txt',
    ]);
  });

  it.each([
    [{ files: ['**/*'], 'base-directory': 'nowhere' }, 'no matching base directory path found for nowhere'],
    [{ files: ['*.none'] }, 'no matching artifact paths found'],
  ])('fail the build when %j finds nothing', async (artifacts, message) => {
    const build = await test.run({
      artifactsOverride,
      buildspecOverride: buildspec({ build: ['true'] }, { artifacts }),
    });
    expect(build.buildStatus).toBe('FAILED');
    expect(contextOf(build, 'UPLOAD_ARTIFACTS')).toEqual({ statusCode: 'CLIENT_ERROR', message });
  });
});

describe('secrets', () => {
  it('come by reference, are masked in the log, and stand in no command line', async () => {
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
  ] as const)('fail the build when a %s reference leads nowhere', async (type, statusCode, message) => {
    const build = await test.run({ environmentVariablesOverride: [{ name: 'X', value: 'gone', type }] });
    expect(contextOf(build, 'DOWNLOAD_SOURCE')).toEqual({
      statusCode,
      message: expect.stringContaining(message),
    });
  });
});

describe('StartBuild', () => {
  it('records the overrides', async () => {
    const build = await test.run({
      imageOverride: 'aws/codebuild/standard:8.0',
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
        image: 'aws/codebuild/standard:8.0',
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

  it('answers the same build for the same token, also to two calls at once', async () => {
    const input = { idempotencyToken: 'once', timeoutInMinutesOverride: 6 };
    const [first, second] = await Promise.all([test.start(input), test.start(input)]);
    expect(second.id).toBe(first.id);
    await test.until(first.id);
    expect((await test.start(input)).id).toBe(first.id);
    await expect(test.start({ ...input, timeoutInMinutesOverride: 7 })).rejects.toMatchObject({
      code: 'InvalidInputException',
    });
  });

  it('forgets a token after five minutes', async () => {
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
    [{ debugSessionEnabled: true }, 'debugSessionEnabled'],
    [
      { registryCredentialOverride: { credential: 'x', credentialProvider: 'SECRETS_MANAGER' } },
      'registryCredentialOverride',
    ],
    [{ artifactsOverride: { type: 'S3', location: 'b', packaging: 'ZIP' } }, 'ZIP'],
    [
      { artifactsOverride: { type: 'S3', location: 'b', overrideArtifactName: true } },
      'overrideArtifactName',
    ],
    [{ cacheOverride: { type: 'LOCAL' } }, 'LOCAL'],
    [{ logsConfigOverride: { s3Logs: { status: 'ENABLED' } } }, 's3Logs'],
    [{ timeoutInMinutesOverride: 4 }, 'timeoutInMinutes'],
    [{ queuedTimeoutInMinutesOverride: 481 }, 'queuedTimeoutInMinutes'],
    [{ environmentVariablesOverride: [{ name: '1X', value: '' }] }, '1X'],
    [{ secondarySourcesOverride: [{ type: 'S3', location: 'b/k' }] }, 'source identifier'],
  ])('refuses %j by name', async (input, named) => {
    await expect(test.start(input)).rejects.toMatchObject({
      code: 'InvalidInputException',
      message: expect.stringContaining(named),
    });
  });

  it('tells of projects and builds that are not there', async () => {
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
  it('is described as made, changed in place and deleted', async () => {
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
    await provider.delete(made, properties);
    expect(await operations.ListProjects({})).toMatchObject({ projects: ['demo'] });
    const github = { ...PROJECT, Source: { Type: 'GITHUB' } };
    expect(() => provider.check?.({ ...request, properties: github })).toThrow('GITHUB');
    const files = { ...PROJECT, Environment: { Type: 'LINUX_CONTAINER', Certificate: 'b/k' } };
    expect(() => provider.check?.({ ...request, properties: files })).toThrow('certificate');
  });

  it('is there after a restart', async () => {
    await test.codeBuild.close();
    await test.reopen();
    expect((await test.run({})).buildStatus).toBe('SUCCEEDED');
  });
});
