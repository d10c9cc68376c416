import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  S3Client,
} from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { prepareRun } from '../../../lambdas/prepare-run/prepare-run.js';
import {
  type AllowList,
  allowListSchema,
  type BuildOptions,
  INVOCATION_MAX_BYTES,
  parseRunRecord,
  parseRunStateChange,
  type RunRequest,
} from '../../../lib/contract/index.js';
import { A_SHA256, aRunRequest } from '../../contract/builders.js';
import { objectWith, s3Error } from '../s3-answers.js';

const s3 = mockClient(S3Client);
const QUEUED_AT = '2026-03-01T10:00:00.000Z';
const EXECUTION_ARN = 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo:run-1';
const NODE = { kind: 'node', target: { module: 'src/a.ts', exportName: 'f' }, args: [1] };
const COMMANDS = { kind: 'commands', target: ['npm test'] };

function prepare(overrides: Partial<RunRequest> = {}, allow: Partial<AllowList> = {}, name = 'run-1') {
  return prepareRun(
    {
      executionName: name,
      executionArn: EXECUTION_ARN,
      executionStartedAt: '2026-03-01T10:00:00Z',
      request: aRunRequest(overrides),
    },
    {
      s3: new S3Client({}),
      now: () => new Date(QUEUED_AT),
      seedkit: 'demo',
      bucket: 'bucket',
      project: 'codeseeder-demo',
      allow: allowListSchema.parse(allow),
      recordExpirationDays: 10,
      bundleExpirationDays: 30,
    },
  );
}

function bundleIs(overrides: object = {}) {
  s3.on(HeadObjectCommand).resolves({
    ContentLength: 1234,
    ChecksumSHA256: Buffer.from(A_SHA256, 'hex').toString('base64'),
    LastModified: new Date('2026-02-20T10:00:00Z'),
    ...overrides,
  });
}

function invocationIs(invocation: unknown) {
  s3.on(GetObjectCommand).resolves(objectWith(JSON.stringify(invocation)));
}

beforeEach(() => {
  s3.reset();
  bundleIs();
  invocationIs(NODE);
});

describe('a prepared run', () => {
  it('is recorded and announced as queued, with its kind and target', async () => {
    const { item, event, queueDeadline } = await prepare({ labels: { team: 'a' }, trigger: 'EVENT' });
    const record = parseRunRecord(unmarshall(item as Parameters<typeof unmarshall>[0]));

    expect(record).toMatchObject({
      runId: 'run-1',
      status: 'QUEUED',
      kind: 'node',
      target: 'src/a.ts#f',
      trigger: 'EVENT',
      bundleSha256: A_SHA256,
      queuedAt: QUEUED_AT,
      day: '2026-03-01',
      expiresAt: Date.parse(QUEUED_AT) / 1000 + 10 * 86_400,
      labels: { team: 'a' },
    });
    expect(parseRunStateChange(event)).toMatchObject({ runId: 'run-1', status: 'QUEUED' });
    expect(queueDeadline).toBe('2026-03-01T18:00:00.000Z');
  });

  it('waits no longer for its build than the request says', async () => {
    const { queueDeadline } = await prepare({ build: { queuedTimeoutMinutes: 5 } });

    expect(queueDeadline).toBe('2026-03-01T10:05:00.000Z');
  });

  it('builds the bundle with its input beside it and its output in its own folder', async () => {
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
        path: 'runs/run-1',
        name: 'output',
        namespaceType: 'NONE',
        packaging: 'NONE',
        overrideArtifactName: false,
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

  it('needs neither bundle nor input source when it runs commands', async () => {
    invocationIs(COMMANDS);
    const { startBuild } = await prepare({ bundle: undefined });

    expect(startBuild).toMatchObject({ sourceTypeOverride: 'NO_SOURCE' });
    expect(startBuild).not.toHaveProperty('secondarySourcesOverride');
    expect(s3.commandCalls(HeadObjectCommand)).toHaveLength(0);
  });

  it('passes every allowed option on to CodeBuild', async () => {
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

  it("pulls CodeBuild's own images with CodeBuild's credentials", async () => {
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
  ])('is refused with its name: %s', async (name, build) => {
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
  ])('does not include the reference %j when %s is listed', async (build, allowed) => {
    await expect(prepare({ build }, { secrets: [allowed] })).resolves.toBeDefined();
  });

  it.each<[BuildOptions, string]>([
    [variable('SECRETS_MANAGER', 'db'), `${SECRETS}:database-AbCdEf`],
    [variable('SECRETS_MANAGER', 'db'), `${SECRETS}:db-replica-AbCdEf`],
    [variable('SECRETS_MANAGER', 'db'), 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:db-AbCdEf'],
    [variable('SECRETS_MANAGER', 'token'), `${PARAMETERS}/token`],
    [variable('PARAMETER_STORE', 'token'), `${PARAMETERS}/token2`],
  ])('includes the reference %j when only %s is listed', async (build, allowed) => {
    await expect(prepare({ build }, { secrets: [allowed] })).rejects.toThrow(/does not allow/);
  });

  it("leaves the seedkit's own project free to name", async () => {
    await expect(prepare({ build: { project: 'codeseeder-demo' } })).resolves.toBeDefined();
  });
});

describe('a bundle', () => {
  it.each<[string, object, RegExp]>([
    ['has another size', { ContentLength: 1235 }, /1235 bytes, the request says 1234/],
    ['has another checksum', { ChecksumSHA256: Buffer.alloc(32, 1).toString('base64') }, /SHA-256 0101/],
    ['has no checksum', { ChecksumSHA256: undefined }, /no SHA-256 checksum/],
  ])('that %s is refused', async (_, head, message) => {
    bundleIs(head);

    await expect(prepare()).rejects.toThrow(expect.objectContaining({ code: 'BundleChanged' }));
    await expect(prepare()).rejects.toThrow(message);
  });

  it('that is missing is refused', async () => {
    s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));

    await expect(prepare()).rejects.toThrow(expect.objectContaining({ code: 'BundleMissing' }));
  });

  it('is asked for its checksum', async () => {
    await prepare();

    expect(s3.commandCalls(HeadObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'bucket',
      Key: `bundles/${A_SHA256}.zip`,
      ChecksumMode: 'ENABLED',
    });
  });

  it('past half its life is copied onto itself, checksum and all', async () => {
    bundleIs({ LastModified: new Date('2026-02-14T09:59:59Z') });
    await prepare();

    expect(s3.commandCalls(CopyObjectCommand).map((call) => call.args[0].input)).toEqual([
      expect.objectContaining({
        Bucket: 'bucket',
        Key: `bundles/${A_SHA256}.zip`,
        CopySource: `bucket/bundles/${A_SHA256}.zip`,
        MetadataDirective: 'REPLACE',
        ChecksumAlgorithm: 'SHA256',
      }),
    ]);
  });

  it('in the first half of its life is left alone', async () => {
    bundleIs({ LastModified: new Date('2026-02-14T10:00:01Z') });
    await prepare();

    expect(s3.commandCalls(CopyObjectCommand)).toHaveLength(0);
  });
});

describe('a request', () => {
  const refusal = (code: string) => expect.objectContaining({ code });

  it('under another name than its run id is refused', async () => {
    await expect(prepare({}, {}, 'other')).rejects.toThrow(/run-1 is not the execution's name other/);
  });

  it('of another seedkit is refused', async () => {
    await expect(prepare({ seedkit: 'prod' })).rejects.toThrow(/prod was asked of the state machine of demo/);
  });

  it('whose invocation is missing is refused', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: 'no' }));

    await expect(prepare()).rejects.toThrow(refusal('InputMissing'));
  });

  it('whose invocation is too large is refused unread', async () => {
    s3.on(GetObjectCommand).resolves({ ContentLength: INVOCATION_MAX_BYTES + 1 });

    await expect(prepare()).rejects.toThrow(/67108865 bytes, at most 67108864/);
  });

  it('whose invocation breaks the contract is refused', async () => {
    invocationIs({ kind: 'cobol' });

    await expect(prepare()).rejects.toThrow(refusal('InvalidRequest'));
  });

  it('for a function without a bundle is refused', async () => {
    await expect(prepare({ bundle: undefined })).rejects.toThrow(/needs a bundle/);
  });

  it.each(['CODESEEDER_RUN_ID', 'CODESEEDER_OUTPUT_DIR', 'CODEBUILD_SRC_DIR'])(
    'that sets the variable %s of the build itself is refused',
    async (name) => {
      const environment = { [name]: { value: 'x', type: 'PLAINTEXT' as const } };

      await expect(prepare({ build: { environment } })).rejects.toThrow(name);
    },
  );

  it("whose variables are too many together with the run's own is refused", async () => {
    const environment = { A: { value: 'x'.repeat(4_990), type: 'PLAINTEXT' as const } };

    await expect(prepare({ build: { environment } })).rejects.toThrow(/characters with the run's own/);
  });

  it('that would not fit the state is refused with its size', async () => {
    // Both grow on the way: a quote is escaped in the buildspec and again in the state, and labels go in twice.
    const text = '\u0001'.repeat(250);
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}${text}`, text]));
    invocationIs({ kind: 'commands', target: ['"'.repeat(31_500)] });

    await expect(prepare()).resolves.toBeDefined();
    await expect(prepare({ labels })).rejects.toThrow(/\d{6} bytes, at most 245760 fit a state/);
  });
});
