import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BuildOptions,
  contentDigest,
  parseRunRecord,
  parseRunStateChange,
} from '../../../lib/contract/index.js';
import { A_SHA256, aLayer, anInput, aPrebuiltLayer } from '../../contract/builders.js';
import { objectWith, s3Error } from '../s3-answers.js';
import {
  s3,
  QUEUED_AT,
  COMMANDS,
  NODE,
  PLACE_LAYERS_PROGRAM,
  prepare,
  invocationIs,
  resetBucket,
} from './mocked-bucket.js';

beforeEach(resetBucket);

describe('a prepared run', () => {
  it('A label with the name of a property of every object is recorded', async () => {
    const { item } = await prepare({ labels: { constructor: 'acme' } });
    expect(item).toMatchObject({ labels: { M: { constructor: { S: 'acme' } } } });
  });

  it('A run is recorded and announced as queued, with its kind and target', async () => {
    const { item, event, queueDeadline } = await prepare({ labels: { team: 'a' } });
    const record = parseRunRecord(unmarshall(item as Parameters<typeof unmarshall>[0]));

    expect(record).toMatchObject({
      runId: 'run-1',
      status: 'QUEUED',
      kind: 'node',
      target: 'src/a.ts#f',
      trigger: 'CLIENT',
      bundle: { layers: [aLayer()] },
      queuedAt: QUEUED_AT,
      day: '2026-03-01',
      expiresAt: Date.parse(QUEUED_AT) / 1000 + 10 * 86_400,
      labels: { team: 'a' },
    });
    expect(parseRunStateChange(event)).toMatchObject({ runId: 'run-1', status: 'QUEUED' });
    expect(queueDeadline).toBe('2026-03-01T18:00:00.000Z');
  });

  it('A run waits for its build no longer than the request says', async () => {
    const { queueDeadline } = await prepare({ build: { queuedTimeoutMinutes: 5 } });

    expect(queueDeadline).toBe('2026-03-01T10:05:00.000Z');
  });

  it('A run builds the bundle with its input beside it and its output in a folder that only the build is allowed to write', async () => {
    const { startBuild } = await prepare();

    expect(startBuild).toMatchObject({
      projectName: 'codeseeder-demo',
      sourceTypeOverride: 'S3',
      sourceLocationOverride: `bucket/bundles/${A_SHA256}.zip`,
      secondarySourcesOverride: [
        { type: 'S3', location: 'bucket/runs/run-1/input/', sourceIdentifier: 'codeseeder_input' },
      ],
      artifactsOverride: {
        type: 'S3',
        location: 'bucket',
        path: 'outputs',
        namespaceType: 'NONE',
        packaging: 'NONE',
        overrideArtifactName: true,
      },
      timeoutInMinutesOverride: 30,
      environmentVariablesOverride: [
        { name: 'CODESEEDER_RUN_ID', value: 'run-1', type: 'PLAINTEXT' },
        { name: 'CODESEEDER_SEEDKIT', value: 'demo', type: 'PLAINTEXT' },
      ],
    });
    expect(startBuild).not.toHaveProperty('imageOverride');
    expect(startBuild).not.toHaveProperty('privilegedModeOverride');
  });

  it('A run builds the first layer, with the other layers and the input beside it', async () => {
    const others = ['b', 'c'].map((letter) => aLayer({ digest: letter.repeat(64) }));
    const { startBuild } = await prepare({ bundle: { layers: [aLayer(), ...others] } });

    expect(startBuild).toMatchObject({
      sourceLocationOverride: `bucket/bundles/${A_SHA256}.zip`,
      secondarySourcesOverride: [
        {
          type: 'S3',
          location: `bucket/bundles/${'b'.repeat(64)}.zip`,
          sourceIdentifier: 'codeseeder_layer_1',
        },
        {
          type: 'S3',
          location: `bucket/bundles/${'c'.repeat(64)}.zip`,
          sourceIdentifier: 'codeseeder_layer_2',
        },
        { type: 'S3', location: 'bucket/runs/run-1/input/', sourceIdentifier: 'codeseeder_input' },
      ],
    });
  });

  it('A run stores the program that places its layers beside its input, and calls it after its check', async () => {
    const { startBuild } = await prepare({
      bundle: { layers: [aLayer(), aLayer({ digest: 'b'.repeat(64) })] },
    });
    const { phases } = JSON.parse(String(startBuild['buildspecOverride'])) as {
      phases: { install: { commands: string[] } };
    };

    expect(s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => [input.Key, input.Body])).toEqual(
      [['runs/run-1/input/place-layers.sh', PLACE_LAYERS_PROGRAM]],
    );
    expect(phases.install.commands[1]).toBe(
      `bash "$CODEBUILD_SRC_DIR_codeseeder_input/place-layers.sh" "$CODEBUILD_SRC_DIR" ${A_SHA256} "$CODEBUILD_SRC_DIR_codeseeder_layer_1" ${'b'.repeat(64)} # codeseeder`,
    );
  });

  it('The first command of a build compares the invocation and the programs with the SHA-256 from prepare-run', async () => {
    const { startBuild } = await prepare();
    const { phases } = JSON.parse(String(startBuild['buildspecOverride'])) as {
      phases: { install: { commands: string[] } };
    };
    const sums = [JSON.stringify(NODE), PLACE_LAYERS_PROGRAM].map(
      (content) => contentDigest(Buffer.from(content)).sha256,
    );

    expect(phases.install.commands[0]).toContain(`${sums[0]} invocation.json ${sums[1]} place-layers.sh`);
    expect(JSON.stringify(phases)).toContain(`CODESEEDER_INVOCATION_SHA256=${sums[0]} node `);
  });

  it('An invocation that is not the one in the request ends the run as InputChanged', async () => {
    await expect(prepare({ input: anInput(COMMANDS) })).rejects.toMatchObject({
      code: 'InputChanged',
      message: expect.stringContaining('runs/run-1/input/invocation.json'),
    });
  });

  it.each([
    ['with the same content is kept', PLACE_LAYERS_PROGRAM.toString(), undefined],
    ['with another content ends the run as InputChanged', 'echo another', 'InputChanged'],
  ])('A program beside the input %s', async (_, existing, code) => {
    const Key = 'runs/run-1/input/place-layers.sh';
    s3.on(PutObjectCommand, { Key, IfNoneMatch: '*' }).rejects(s3Error('PreconditionFailed', 412));
    s3.on(GetObjectCommand, { Key }).resolves(objectWith(existing));
    const ended = await prepare().then(
      () => undefined,
      (error: { code?: string }) => error.code,
    );

    expect(ended).toBe(code);
  });

  it('A run of one prebuilt zip places no layers', async () => {
    const layer = aPrebuiltLayer();
    invocationIs(COMMANDS);
    const { startBuild } = await prepare({ bundle: { layers: [layer] } });

    expect(startBuild).toMatchObject({ sourceLocationOverride: `bucket/${layer.key}` });
    expect(startBuild).not.toHaveProperty('secondarySourcesOverride');
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(0);
  });

  it('A run of commands needs neither a bundle nor an input source', async () => {
    invocationIs(COMMANDS);
    const { startBuild } = await prepare({ bundle: undefined });

    expect(startBuild).toMatchObject({ sourceTypeOverride: 'NO_SOURCE' });
    expect(startBuild).not.toHaveProperty('secondarySourcesOverride');
    expect(s3.commandCalls(HeadObjectCommand)).toHaveLength(0);
  });

  it('A run passes every allowed option to CodeBuild', async () => {
    const role = 'arn:aws:iam::000000000000:role/builder';
    const fleet = 'arn:aws:codebuild:us-east-1:000000000000:fleet/f:1';
    const { startBuild } = await prepare(
      {
        build: {
          role,
          fleet,
          image: 'registry/image:1',
          project: 'other',
          privileged: true,
          environmentType: 'ARM_CONTAINER',
          computeType: 'BUILD_GENERAL1_LARGE',
          timeoutMinutes: 7,
        },
      },
      { roles: [role], fleets: [fleet], images: ['registry/*'], projects: ['other'], privileged: true },
    );

    expect(startBuild).toMatchObject({
      projectName: 'other',
      serviceRoleOverride: role,
      fleetOverride: { fleetArn: fleet },
      imageOverride: 'registry/image:1',
      imagePullCredentialsTypeOverride: 'SERVICE_ROLE',
      privilegedModeOverride: true,
      environmentTypeOverride: 'ARM_CONTAINER',
      computeTypeOverride: 'BUILD_GENERAL1_LARGE',
      timeoutInMinutesOverride: 7,
    });
  });

  it('A run on Lambda compute has the types and the image of Lambda compute, and no timeout', async () => {
    const { startBuild } = await prepare({ build: { computeType: 'BUILD_LAMBDA_2GB' } });

    expect(startBuild).toMatchObject({
      environmentTypeOverride: 'LINUX_LAMBDA_CONTAINER',
      computeTypeOverride: 'BUILD_LAMBDA_2GB',
      imageOverride: 'aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22',
      imagePullCredentialsTypeOverride: 'CODEBUILD',
    });
    expect(startBuild).not.toHaveProperty('timeoutInMinutesOverride');
  });

  it('A run on ARM has an ARM image when its request names none', async () => {
    const { startBuild } = await prepare({ build: { environmentType: 'ARM_CONTAINER' } });

    expect(startBuild).toMatchObject({
      environmentTypeOverride: 'ARM_CONTAINER',
      imageOverride: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
      imagePullCredentialsTypeOverride: 'CODEBUILD',
    });
  });

  it("CodeBuild's own images are pulled with CodeBuild's credentials", async () => {
    const image = 'aws/codebuild/standard:7.0';
    const { startBuild } = await prepare({ build: { image } }, { images: [image] });

    expect(startBuild).toMatchObject({ imagePullCredentialsTypeOverride: 'CODEBUILD' });
  });
});

const variable = (type: 'SECRETS_MANAGER' | 'PARAMETER_STORE', value: string): BuildOptions => ({
  environment: { TOKEN: { type, value } },
});
const SECRETS = 'arn:aws:secretsmanager:us-east-1:000000000000:secret';
const PARAMETERS = 'arn:aws:ssm:us-east-1:000000000000:parameter';

describe('what the seedkit does not allow', () => {
  it.each<[string, BuildOptions]>([
    ['arn:aws:iam::000000000000:role/admin', { role: 'arn:aws:iam::000000000000:role/admin' }],
    ['other-project', { project: 'other-project' }],
    [
      'arn:aws:codebuild:us-east-1:000000000000:fleet/f:1',
      { fleet: 'arn:aws:codebuild:us-east-1:000000000000:fleet/f:1' },
    ],
    ['evil/image', { image: 'evil/image' }],
    ['privileged', { privileged: true }],
    ['db-password', variable('SECRETS_MANAGER', 'db-password:key')],
    ['/other/token', variable('PARAMETER_STORE', '/other/token')],
  ])('An option that the seedkit does not allow is refused with its name: %s', async (name, build) => {
    await expect(prepare({ build })).rejects.toThrow(expect.objectContaining({ code: 'NotAllowed' }));
    await expect(prepare({ build })).rejects.toThrow(name);
  });

  it.each<[BuildOptions, string]>([
    [variable('SECRETS_MANAGER', 'db'), `${SECRETS}:db-AbCdEf`],
    [variable('SECRETS_MANAGER', 'db:key:AWSCURRENT'), `${SECRETS}:db-*`],
    [variable('SECRETS_MANAGER', `${SECRETS}:db-AbCdEf:key`), `${SECRETS}:db-AbCdEf`],
    [variable('SECRETS_MANAGER', 'team/db'), `${SECRETS}:team/*`],
    [variable('PARAMETER_STORE', '/team/token'), `${PARAMETERS}/team/*`],
    [variable('PARAMETER_STORE', 'token'), `${PARAMETERS}/token`],
  ])('The reference %j is allowed when %s is listed', async (build, allowed) => {
    await expect(prepare({ build }, { secrets: [allowed] })).resolves.toBeDefined();
  });

  it.each<[BuildOptions, string]>([
    [variable('SECRETS_MANAGER', 'db'), `${SECRETS}:database-AbCdEf`],
    [variable('SECRETS_MANAGER', 'db'), `${SECRETS}:db-replica-AbCdEf`],
    [variable('SECRETS_MANAGER', 'db'), 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:db-AbCdEf'],
    [variable('SECRETS_MANAGER', 'token'), `${PARAMETERS}/token`],
    [variable('PARAMETER_STORE', 'token'), `${PARAMETERS}/token2`],
  ])('The reference %j is refused when only %s is listed', async (build, allowed) => {
    await expect(prepare({ build }, { secrets: [allowed] })).rejects.toThrow(/does not allow/);
  });

  it.each<[BuildOptions]>([
    [variable('SECRETS_MANAGER', 'codeseeder/demo/db')],
    [variable('SECRETS_MANAGER', 'codeseeder/demo/db:key:AWSCURRENT')],
    [variable('SECRETS_MANAGER', `${SECRETS}:codeseeder/demo/db-AbCdEf:key`)],
    [variable('PARAMETER_STORE', '/codeseeder/demo/db/token')],
    [variable('PARAMETER_STORE', `${PARAMETERS}/codeseeder/demo/token`)],
  ])("The seedkit's own %j is allowed without an entry in a list", async (build) => {
    await expect(prepare({ build })).resolves.toBeDefined();
  });

  it.each<[BuildOptions]>([
    [variable('SECRETS_MANAGER', 'codeseeder/demo-prod/db')],
    [variable('SECRETS_MANAGER', 'codeseeder/demo')],
    [variable('SECRETS_MANAGER', `${SECRETS.replace('us-east-1', 'eu-west-1')}:codeseeder/demo/db-AbCdEf`)],
    [variable('PARAMETER_STORE', '/codeseeder/demo-prod/token')],
    [variable('PARAMETER_STORE', '/codeseeder/demo')],
    [variable('PARAMETER_STORE', 'codeseeder/demo-prod/token')],
  ])("The reference %j is refused, because it is not below the seedkit's own names", async (build) => {
    await expect(prepare({ build })).rejects.toThrow(/does not allow/);
  });

  it("A request can name the seedkit's own project", async () => {
    await expect(prepare({ build: { project: 'codeseeder-demo' } })).resolves.toBeDefined();
  });
});
