import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { once } from 'node:events';

import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { subject } from '../../../../client/cli/doctor/check.js';
import type { Check, DoctorReport } from '../../../../client/cli/output-types.js';
import { PACKAGE_VERSION, SEEDKIT_OUTPUTS, SEEDKIT_VERSION_OUTPUT } from '../../../../lib/contract/index.js';
import { createProjects } from '../../bundle/project.js';
import { runMain } from '../a-terminal.js';

const cloudFormation = mockClient(CloudFormationClient);
const dynamoDb = mockClient(DynamoDBClient);
const iam = mockClient(IAMClient);
const logs = mockClient(CloudWatchLogsClient);
const quotas = mockClient(ServiceQuotasClient);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);
const states = mockClient(SFNClient);
const sts = mockClient(STSClient);
const CLIENTS = [cloudFormation, dynamoDb, iam, logs, quotas, s3, ssm, states, sts];

const projects = createProjects();
afterAll(() => projects.removeAll());

const SECRET = 'a-secret-access-key';
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_REGION: 'eu-west-1',
};
const NAMES = [
  ...Object.keys(CREDENTIALS),
  'AWS_ENDPOINT_URL',
  'AWS_CONFIG_FILE',
  'AWS_EC2_METADATA_DISABLED',
];

const denied = () => Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
const named = (name: string, message = name) => Object.assign(new Error(message), { name });
const quota = (QuotaName: string, Value: number) => ({ ServiceName: 'x', QuotaName, Value });

function aStack(
  outputs: Readonly<Record<string, string>>,
  StackStatus: StackStatus = 'CREATE_COMPLETE',
  RoleARN?: string,
) {
  const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'aws-codeseeder-demo',
        StackId: `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/aws-codeseeder-demo/0f1e`,
        StackStatus,
        ...(RoleARN === undefined ? {} : { RoleARN }),
        CreationTime: new Date(),
        Outputs,
      },
    ],
  });
}

const ACCOUNT = '123456789012';
const USER = `arn:aws:iam::${ACCOUNT}:user/me`;
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/codeseeder-demo-eu-west-1-client`;

const OUTPUTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(SEEDKIT_OUTPUTS).map((name) => [name, 'value'])),
  ClientPolicyArn: POLICY,
  SeedkitContext: '{}',
  [SEEDKIT_VERSION_OUTPUT]: PACKAGE_VERSION,
};

beforeEach(() => {
  for (const client of CLIENTS) client.reset();
  // `npm --version` takes most of a second.
  process.env['PATH'] = '/nowhere';
  Object.assign(process.env, CREDENTIALS, { AWS_EC2_METADATA_DISABLED: 'true' });
  calledBy(USER);
  simulates();
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: '28' } });
  quotas
    .on(ListServiceQuotasCommand)
    .resolves({ Quotas: [quota('Concurrently running builds for Linux/Small environment', 60)] });
  quotas.on(GetServiceQuotaCommand).resolves({ Quota: quota('Concurrent executions', 1_000) });
  aStack(OUTPUTS);
});

const calledBy = (Arn: string) => sts.on(GetCallerIdentityCommand).resolves({ Arn, Account: ACCOUNT });

/** Lets IAM allow all actions except for these. @param MissingContextValues condition keys without a value */
function simulates(denied: readonly string[] = [], MissingContextValues: string[] = []): void {
  iam.on(SimulatePrincipalPolicyCommand).callsFake(({ ActionNames, ResourceArns }) => ({
    EvaluationResults: (ActionNames as string[]).map((EvalActionName) => ({
      EvalActionName,
      EvalDecision: 'allowed',
      ResourceSpecificResults: (ResourceArns as string[]).map((EvalResourceName) => ({
        EvalResourceName,
        EvalResourceDecision: denied.includes(EvalActionName) ? 'implicitDeny' : 'allowed',
        MissingContextValues,
      })),
    })),
    IsTruncated: false,
  }));
}

const { PATH } = process.env;

afterEach(() => {
  process.env['PATH'] = PATH;
  for (const name of NAMES) delete process.env[name];
});

/** Runs `doctor` in an empty repository. */
async function examine(words: readonly string[] = [], files: Readonly<Record<string, string>> = {}) {
  const project = await projects.make();
  await project.write({ '.git/HEAD': '', ...files });
  process.env['AWS_CONFIG_FILE'] = project.at('no-config');
  const environment = { ...process.env, XDG_STATE_HOME: project.at('state') };
  const { exitCode, stdout, stderr } = await runMain(['doctor', '--json', ...words], {
    program: 'npx codeseeder',
    workingFolder: project.at('.'),
    environment,
  });
  expect(stderr).toBe('');
  expect(stdout).not.toContain(SECRET);
  const { healthy, checks } = JSON.parse(stdout) as DoctorReport;
  expect(exitCode).toBe(healthy ? 0 : 1);
  expect(
    checks.filter(({ status, remedy }) => /warning|problem/.test(status) && remedy === undefined),
  ).toEqual([]);
  const found = (id: string): Partial<Check> => checks.find((check) => check.id === id) ?? {};
  return { exitCode, found, ids: checks.map(({ id }) => id) };
}

const KIT = ['--seedkit', 'demo'];

describe('codeseeder doctor in AWS', () => {
  it('`doctor` exits with 0 and says what a simulation of rights does not include if all is well', async () => {
    const { exitCode, found, ids } = await examine(KIT);

    expect(exitCode).toBe(0);
    expect(found('identity')).toMatchObject({
      status: 'ok',
      detail: 'arn:aws:iam::123456789012:user/me in account 123456789012',
    });
    expect(found('region')).toMatchObject({ status: 'ok', detail: 'eu-west-1, from AWS_REGION' });
    expect(found('bootstrap')).toMatchObject({ status: 'ok', detail: 'version 28' });
    expect(found('version')).toMatchObject({ status: 'ok' });
    expect(found('read-rights')).toMatchObject({ status: 'ok' });
    expect(found('submit-rights')).toMatchObject({
      status: 'ok',
      detail: `by IAM's simulation, the policies of ${USER} allow them. Policies of the bucket and the key are not part of it`,
    });
    expect(found('deployer-rights')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('no policies of resources'),
    });
    expect(found('quota-builds')).toMatchObject({ status: 'ok' });
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('The reads for the rights of a client leave nothing behind', async () => {
    await examine(KIT);
    const names = CLIENTS.flatMap((client) =>
      client.calls().map(({ args: [command] }) => command.constructor.name),
    );

    expect(names.filter((name) => !/^(Get|List|Describe|Simulate)/.test(name))).toEqual([]);
  });

  it.each([
    ['ExpiredToken', 'the credentials have expired', 'aws sso login'],
    ['InvalidClientTokenId', 'AWS does not accept the credentials', 'AWS_ENDPOINT_URL'],
    ['RequestTimeTooSkewed', 'RequestTimeTooSkewed', 'Set the clock'],
  ])(
    'Credentials that AWS refuses as %s are a problem, and nothing else is asked',
    async (name, detail, remedy) => {
      sts.on(GetCallerIdentityCommand).rejects(named(name));
      const { found } = await examine(KIT);

      expect(found('identity')).toMatchObject({
        status: 'problem',
        detail: expect.stringContaining(detail),
        remedy: expect.stringContaining(remedy),
      });
      expect(found('aws')).toMatchObject({ status: 'unknown' });
      expect(cloudFormation.calls()).toEqual([]);
    },
  );

  it('Missing credentials and a missing region are problems', async () => {
    for (const name of Object.keys(CREDENTIALS)) delete process.env[name];
    const { found } = await examine(KIT);

    expect(found('credentials')).toMatchObject({
      status: 'problem',
      remedy: expect.stringMatching(
        /AWS_PROFILE.* To use a local AWS: eval "\$\(npx codeseeder local up demo --detach\)"$/,
      ),
    });
    expect(found('region')).toMatchObject({
      status: 'problem',
      detail: 'none is set',
      remedy: expect.stringMatching(
        /AWS_REGION.* To use a local AWS: eval "\$\(npx codeseeder local up demo --detach\)"$/,
      ),
    });
  });

  it('A command for credentials that fails is not shown, because it may have secrets', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    process.env['PATH'] = PATH;
    const project = await projects.make();
    await project.write({ config: `[profile broken]\ncredential_process = false ${SECRET}\n` });
    process.env['AWS_CONFIG_FILE'] = project.at('config');
    const { stdout } = await runMain(['doctor', '--profile', 'broken'], {
      workingFolder: '/',
      environment: { ...process.env },
    });

    expect(stdout).toContain('credential_process of the profile failed');
    expect(stdout).not.toContain(SECRET);
  });

  it.each([
    [
      'no seedkit',
      () => cloudFormation.on(DescribeStacksCommand).rejects(new Error('does not exist')),
      'npx codeseeder deploy seedkit demo',
    ],
    ['a stack of the Python tool', () => aStack({ Bucket: 'b' }), 'under another name'],
    ['a failed deployment', () => aStack({}, 'ROLLBACK_COMPLETE'), 'npx codeseeder deploy seedkit demo'],
    ['no right to look', () => cloudFormation.on(DescribeStacksCommand).rejects(denied()), 'ClientPolicyArn'],
  ])('%s is a problem with a remedy', async (_, mock, remedy) => {
    mock();
    const { found, exitCode } = await examine(KIT);

    expect(exitCode).toBe(1);
    expect(found('seedkit')).toMatchObject({ status: 'problem', remedy: expect.stringContaining(remedy) });
  });

  it('A seedkit of an earlier version is a warning that names what it lacks', async () => {
    const { [SEEDKIT_VERSION_OUTPUT]: _, MapMachineArn: __, ...outputs } = OUTPUTS;
    aStack(outputs);
    const { found, exitCode } = await examine(KIT);

    expect(exitCode).toBe(0);
    expect(found('version')).toMatchObject({
      status: 'warning',
      detail: `an earlier version, and this client is ${PACKAGE_VERSION}. It has no resources for maps`,
    });
  });

  it('Rights that are denied are named, those of a deployer as a warning', async () => {
    dynamoDb.on(GetItemCommand).rejects(denied());
    s3.on(GetObjectCommand).rejects(named('NoSuchKey'));
    cloudFormation.on(ListChangeSetsCommand).rejects(denied());
    cloudFormation.on(GetTemplateCommand).resolves({});
    const { found } = await examine(KIT);

    expect(found('read-rights')).toMatchObject({
      status: 'problem',
      detail: 'dynamodb:GetItem on the run table, dynamodb:GetItem on the table of locks are denied',
    });
    expect(found('deployer-rights')).toMatchObject({
      status: 'warning',
      detail: 'you cannot deploy: cloudformation:ListChangeSets is denied',
    });
  });

  const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/dev/me@example.com`;
  const ROLE = `arn:aws:iam::${ACCOUNT}:role/dev`;

  it('Rights that a simulation denies are a warning with the policy to attach, because resources may allow them', async () => {
    simulates(['states:StartExecution', 's3:PutObject', 'iam:CreateRole']);
    const { found, exitCode } = await examine(KIT);

    expect(exitCode).toBe(0);
    expect(found('submit-rights')).toMatchObject({
      status: 'warning',
      detail: `by IAM's simulation, the policies of ${USER} do not allow s3:PutObject, states:StartExecution. Policies of the bucket and the key are not part of it`,
      remedy: `Attach the policy ${POLICY} to your role or user. To try without it: npx codeseeder run --seedkit demo -- true`,
    });
    expect(found('deployer-rights')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('do not allow iam:CreateRole, s3:PutObject.'),
    });
  });

  it('Rights that may depend on condition keys without a value are not known', async () => {
    simulates(['states:StartExecution'], ['aws:SourceIp']);
    const { found } = await examine(KIT);

    expect(found('submit-rights')).toMatchObject({
      status: 'unknown',
      detail: `by IAM's simulation, the policies of ${USER} do not allow states:StartExecution without values for aws:SourceIp`,
    });
    expect(found('deployer-rights').detail).toContain('whatever their conditions on aws:SourceIp are');
  });

  it.each([
    ['a root user', `arn:aws:iam::${ACCOUNT}:root`],
    ['a federated user', `arn:aws:sts::${ACCOUNT}:federated-user/me`],
  ])('The rights of %s are not known, and the remedy is a command to try', async (_, arn) => {
    calledBy(arn);
    const { found } = await examine([...KIT, '--region', 'eu-west-1']);

    expect(found('submit-rights')).toMatchObject({
      status: 'unknown',
      detail: `a right to write shows only when it is used, and IAM cannot simulate the policies of ${arn}`,
      remedy: expect.stringContaining('codeseeder run --seedkit demo --region eu-west-1 -- true.'),
    });
    expect(found('deployer-rights')).toMatchObject({
      status: 'unknown',
      remedy: expect.stringContaining('codeseeder upgrade --seedkit demo --region eu-west-1'),
    });
    expect(iam.calls()).toEqual([]);
  });

  it('Rights are not known without the right to simulate, which the check names', async () => {
    calledBy(SESSION);
    iam.on(SimulatePrincipalPolicyCommand).rejects(denied());
    const { found } = await examine(KIT);

    expect(found('submit-rights')).toMatchObject({
      status: 'unknown',
      detail: expect.stringContaining(`you may not use iam:SimulatePrincipalPolicy on ${ROLE}`),
      remedy: expect.stringContaining('with iam:SimulatePrincipalPolicy on itself'),
    });
  });

  it('The simulation of a role with a path uses the ARN that IAM has for it', async () => {
    calledBy(SESSION);
    const withPath = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/dev`;
    iam.on(SimulatePrincipalPolicyCommand, { PolicySourceArn: ROLE }).rejects(named('NoSuchEntityException'));
    iam.on(GetRoleCommand, { RoleName: 'dev' }).resolves({ Role: { Arn: withPath } as never });
    const { found } = await examine(KIT);

    expect(found('submit-rights')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(`the policies of ${withPath} allow them`),
    });
  });

  it('All pages of a simulation count', async () => {
    const page = (EvalActionName: string, EvalDecision: 'allowed' | 'explicitDeny') => ({
      EvaluationResults: [{ EvalActionName, EvalDecision }],
    });
    iam
      .on(SimulatePrincipalPolicyCommand)
      .resolves({ ...page('a:First', 'allowed'), IsTruncated: true, Marker: 'next' });
    iam
      .on(SimulatePrincipalPolicyCommand, { Marker: 'next' })
      .resolves({ ...page('a:Second', 'explicitDeny'), IsTruncated: false });
    const { found } = await examine(KIT);

    expect(found('submit-rights').detail).toContain('do not allow a:Second.');
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined, string, string]>([
    [
      'assumes the roles of the bootstrap stack',
      { SeedkitContext: '{"synthesizer":"default"}' },
      undefined,
      'sts:AssumeRole',
      'iam:CreateRole',
    ],
    [
      'passes the role of the stack',
      {},
      `arn:aws:iam::${ACCOUNT}:role/cfn`,
      'iam:PassRole',
      'iam:CreateRole',
    ],
    ['creates resources itself', {}, undefined, 'iam:CreateRole', 'sts:AssumeRole'],
  ])('The simulated rights of a deployer who %s are those that this needs', async (...deployer) => {
    const [, outputs, RoleARN, action, other] = deployer;
    aStack({ ...OUTPUTS, ...outputs }, 'CREATE_COMPLETE', RoleARN);
    await examine(KIT);
    const simulated = iam
      .commandCalls(SimulatePrincipalPolicyCommand)
      .flatMap(({ args: [{ input }] }) => input.ActionNames ?? []);

    expect(simulated).toContain(action);
    expect(simulated).not.toContain(other);
  });

  it.each([
    ['version 4', () => ssm.on(GetParameterCommand).resolves({ Parameter: { Value: '4' } }), 'problem'],
    ['none', () => ssm.on(GetParameterCommand).rejects(named('ParameterNotFound')), 'warning'],
    ['no right to read it', () => ssm.on(GetParameterCommand).rejects(denied()), 'unknown'],
  ])('A bootstrap stack: %s', async (_, mock, status) => {
    mock();

    expect((await examine()).found('bootstrap')).toMatchObject({ status });
  });

  it('The quotas of a new account are a warning, and none at all is a problem', async () => {
    const builds = (value: number) =>
      quotas
        .on(ListServiceQuotasCommand)
        .resolves({ Quotas: [quota('Concurrently running builds for Linux/Small environment', value)] });
    quotas.on(GetServiceQuotaCommand).resolves({ Quota: quota('Concurrent executions', 10) });
    builds(1);
    const { found } = await examine();
    expect(found('quota-builds')).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('https://'),
    });
    expect(found('quota-invocations')).toMatchObject({ status: 'warning' });

    builds(0);
    expect((await examine()).found('quota-builds')).toMatchObject({ status: 'problem' });
    quotas.on(ListServiceQuotasCommand).rejects(denied());
    expect((await examine()).found('quota-builds')).toMatchObject({ status: 'unknown' });
  });

  it('The quota is that of the compute type of the config', async () => {
    const config = {
      options: { build: { environmentType: 'ARM_CONTAINER', computeType: 'BUILD_GENERAL1_LARGE' } },
    };
    quotas
      .on(ListServiceQuotasCommand)
      .resolves({ Quotas: [quota('Concurrently running builds for ARM/Large environment', 3)] });
    const { found } = await examine([], { 'codeseeder.config.json': JSON.stringify(config) });

    expect(found('quota-builds')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('3 ARM/Large builds'),
    });
  });

  it('Seedkit and region of the config are used, and a mistake in it is a problem', async () => {
    delete process.env['AWS_REGION'];
    const config = { environments: { prod: { seedkit: 'demo', region: 'eu-central-1' } } };
    const files = { 'codeseeder.config.json': JSON.stringify(config) };
    const { found } = await examine(['--environment', 'prod'], files);
    expect(found('config')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('environment prod'),
    });
    expect(found('region')).toMatchObject({ detail: 'eu-central-1, from the config' });
    expect(found('seedkit')).toMatchObject({ status: 'ok' });

    const { found: wrong } = await examine(['--environment', 'prd'], files);
    expect(wrong('config')).toMatchObject({ status: 'problem', detail: expect.stringContaining('"prd"') });
  });

  it('A name that no seedkit can have is a problem', async () => {
    const { found } = await examine(['--seedkit', 'Demo_1']);

    expect(found('seedkit-name')).toMatchObject({ status: 'problem' });
    expect(found('seedkit')).toEqual({});
  });
});

describe('codeseeder doctor against an endpoint', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** Serves the answer to every request, and sends the SDK's requests there. */
  async function serve(answer: Parameters<typeof createServer>[1]): Promise<void> {
    sts.restore();
    const server = createServer(answer as never);
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('A clock that is off is found out by the answer, also by a refusal', async () => {
    await serve((_request, response) => {
      response.sendDate = false;
      response.setHeader('date', new Date(Date.now() - 20 * 60_000).toUTCString());
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(
        '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>',
      );
    });
    const { found } = await examine(KIT);

    expect(found('clock')).toMatchObject({
      status: 'problem',
      detail: expect.stringMatching(/^1[12]\d\d seconds ahead of/),
    });
    expect(found('identity')).toMatchObject({ status: 'problem' });
  });

  it('An endpoint that is not up is a problem, without the password in its URL', async () => {
    sts.restore();
    process.env['AWS_ENDPOINT_URL'] = `http://user:${SECRET}@127.0.0.1:1`;
    const { found, ids } = await examine(KIT);

    expect(found('local-aws')).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining('codeseeder local up'),
    });
    expect(ids).not.toContain('connection');
  });
});

describe('The texts of a check', () => {
  it('The items of a list in a text become sentences', () => {
    const { problem } = subject('credentials', 'Credentials');
    const check = problem(
      'There are none.\n- To use AWS: sign in',
      'Choose.\n- To use AWS: sign in\n- Else: wait',
    );

    expect(check.detail).toBe('There are none. To use AWS: sign in');
    expect(check.remedy).toBe('Choose. To use AWS: sign in. Else: wait');
  });
});
