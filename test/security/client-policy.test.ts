import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

import { clientCalls, deployerCalls } from '../../client/cli/doctor/simulated-calls.js';
import { statementsOf } from '../seedkit/statements.js';
import { isPermitted, type Call } from './policy-evaluator.js';
import { synthesizedVariant } from './seedkit-variants.js';

const at = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:123456789012:${resource}`;
const MACHINE = at('states', 'stateMachine:codeseeder-demo');
const EXECUTION = at('states', 'execution:codeseeder-demo:run');
const TABLE = at('dynamodb', 'table/codeseeder-demo-runs');
const LOCKS = at('dynamodb', 'table/codeseeder-demo-locks');
const PROJECT = at('codebuild', 'project/codeseeder-demo');
const LOG_GROUP = at('logs', 'log-group:/aws/codebuild/codeseeder-demo');
const STACK = at('cloudformation', 'stack/aws-codeseeder-demo/0f1e');
const LOG = at('logs', 'log-group:/aws/codebuild/codeseeder-demo:log-stream:build');
const KEY = at('kms', 'key/the-key');
const BUCKET = 'arn:aws:s3:::the-bucket';
const BUNDLE = `${BUCKET}/bundles/a.zip`;
const INPUT = `${BUCKET}/runs/run/input/invocation.json`;
const BUILD_ARN = at('codebuild', 'build/codeseeder-demo:0f1e');
const RESULT = `${BUCKET}/outputs/${BUILD_ARN}/result.json`;
const NEW = { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' };
const PART = { 's3:ObjectCreationOperation': 'false' };
const OVERWRITE = { 's3:ObjectCreationOperation': 'true' };

const through = (service: string): Record<string, string> => ({
  'kms:ViaService': `${service}.eu-central-1.amazonaws.com`,
});
const on = (action: string, ...resources: string[]): Call[] =>
  resources.map((resource) => ({ action, resource }));
const put = (context: Record<string, string>, ...resources: string[]): Call[] =>
  on('s3:PutObject', ...resources).map((call) => ({ ...call, context }));
const key = (action: string, service: string): Call => ({
  action,
  resource: KEY,
  context: through(service),
});

/** The IAM actions that each call of the client needs. */
const CALLS: Record<string, Call[]> = {
  DescribeStacksCommand: on(
    'cloudformation:DescribeStacks',
    at('cloudformation', 'stack/aws-codeseeder-demo/0f1e'),
  ),
  HeadObjectCommand: [
    ...on('s3:GetObject', BUNDLE),
    // Without this action, S3 returns status 403 instead of 404 for a missing bundle.
    ...on('s3:ListBucket', BUCKET),
    key('kms:Decrypt', 's3'),
  ],
  GetObjectCommand: [...on('s3:GetObject', RESULT), key('kms:Decrypt', 's3')],
  PutObjectCommand: [...put(NEW, BUNDLE, INPUT), key('kms:GenerateDataKey', 's3')],
  CreateMultipartUploadCommand: [
    ...put(PART, BUNDLE),
    key('kms:GenerateDataKey', 's3'),
    // S3 needs it to join the parts of an encrypted upload.
    key('kms:Decrypt', 's3'),
  ],
  UploadPartCommand: put(PART, BUNDLE),
  CompleteMultipartUploadCommand: put(NEW, BUNDLE),
  AbortMultipartUploadCommand: on('s3:AbortMultipartUpload', BUNDLE),
  StartExecutionCommand: on('states:StartExecution', MACHINE),
  StopExecutionCommand: on('states:StopExecution', EXECUTION),
  DescribeExecutionCommand: on('states:DescribeExecution', EXECUTION),
  DescribeStateMachineForExecutionCommand: on('states:DescribeStateMachineForExecution', EXECUTION),
  paginateGetExecutionHistory: on('states:GetExecutionHistory', EXECUTION),
  BatchGetItemCommand: [...on('dynamodb:BatchGetItem', TABLE), key('kms:Decrypt', 'dynamodb')],
  GetItemCommand: [...on('dynamodb:GetItem', TABLE, LOCKS), key('kms:Decrypt', 'dynamodb')],
  paginateQuery: [...on('dynamodb:Query', `${TABLE}/index/byDay`), key('kms:Decrypt', 'dynamodb')],
  paginateScan: [...on('dynamodb:Scan', LOCKS), key('kms:Decrypt', 'dynamodb')],
  QueryCommand: [...on('dynamodb:Query', `${TABLE}/index/byFacet`), key('kms:Decrypt', 'dynamodb')],
  GetLogEventsCommand: on('logs:GetLogEvents', LOG),
};

/** Calls by which `codeseeder doctor` tries the rights of a client. */
const DOCTOR_CALLS: Record<string, Call[]> = {
  DescribeLogStreamsCommand: on('logs:DescribeLogStreams', LOG_GROUP),
  ListExecutionsCommand: on('states:ListExecutions', MACHINE),
};

/** Calls by which `doctor`, `upgrade` and a deployment look at a stack. A client has no right to them. */
const DEPLOYER_CALLS: Record<string, Call[]> = {
  GetCallerIdentityCommand: [],
  GetParameterCommand: on('ssm:GetParameter', at('ssm', 'parameter/cdk-bootstrap/hnb659fds/version')),
  GetTemplateCommand: on('cloudformation:GetTemplate', STACK),
  ListChangeSetsCommand: on('cloudformation:ListChangeSets', STACK),
  paginateSimulatePrincipalPolicy: on('iam:SimulatePrincipalPolicy', 'arn:aws:iam::123456789012:role/dev'),
  GetRoleCommand: on('iam:GetRole', 'arn:aws:iam::123456789012:role/dev'),
};

/** The IAM actions for the calls that release a lock. A separate policy allows them. */
const RELEASE_CALLS: Record<string, Call[]> = {
  BatchGetBuildsCommand: on('codebuild:BatchGetBuilds', PROJECT),
  SendTaskSuccessCommand: on('states:SendTaskSuccess', MACHINE),
  UpdateItemCommand: [...on('dynamodb:UpdateItem', LOCKS), key('kms:GenerateDataKey', 'dynamodb')],
};

const TARGET = `${BUCKET}/published/targets/nightly-deploy.json`;
const PUBLISHED = `${BUCKET}/published/layers/nightly-deploy/0f1e/a.zip`;
const listTargets = on('s3:ListBucket', BUCKET).map((call) => ({
  ...call,
  context: { 's3:prefix': 'published/targets/' },
}));

/** The IAM actions for the calls that publish and remove targets. A separate policy allows them. */
const PUBLISH_CALLS: Record<string, Call[]> = {
  UploadPartCopyCommand: [...put(PART, PUBLISHED), ...on('s3:GetObject', BUNDLE)],
  DeleteObjectCommand: on('s3:DeleteObject', PUBLISHED),
  paginateListObjectsV2: on('s3:ListBucket', BUCKET),
};

/** The IAM actions for the calls that start a target and read its runs. A separate policy allows them. */
const START_CALLS: Record<string, Call[]> = {
  InvokeCommand: on('lambda:InvokeFunction', at('lambda', 'function:codeseeder-demo-start-target')),
  ListObjectsV2Command: listTargets,
};

const SCHEDULE = at('scheduler', 'schedule/codeseeder-demo/nightly');

/** The IAM actions of the calls that manage schedules, and of those that only read them. */
const SCHEDULE_CALLS: Record<string, Call[]> = {
  CreateScheduleCommand: on('scheduler:CreateSchedule', SCHEDULE),
  UpdateScheduleCommand: on('scheduler:UpdateSchedule', SCHEDULE),
  DeleteScheduleCommand: on('scheduler:DeleteSchedule', SCHEDULE),
};
const READ_SCHEDULE_CALLS: Record<string, Call[]> = {
  GetScheduleCommand: on('scheduler:GetSchedule', SCHEDULE),
  paginateListSchedules: on('scheduler:ListSchedules', at('scheduler', 'schedule/*/*')),
};

/** Calls of the console's page of the seedkit, which shows what the caller may read. */
const OPTIONAL_CALLS: Record<string, Call[]> = {
  DescribeAlarmsCommand: on('cloudwatch:DescribeAlarms', '*'),
  GetServiceQuotaCommand: on('servicequotas:GetServiceQuota', '*'),
  paginateListServiceQuotas: on('servicequotas:ListServiceQuotas', '*'),
  paginateListStackResources: on(
    'cloudformation:ListStackResources',
    at('cloudformation', 'stack/aws-codeseeder-demo/0f1e'),
  ),
};

const WRITES = [
  'PutObjectCommand',
  'CreateMultipartUploadCommand',
  'UploadPartCommand',
  'CompleteMultipartUploadCommand',
  'AbortMultipartUploadCommand',
  'StartExecutionCommand',
  'StopExecutionCommand',
];

/** Calls that the client policy must not allow. */
const FORBIDDEN: Call[] = [
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'Scan', 'DeleteTable'].flatMap((name) =>
    on(`dynamodb:${name}`, TABLE),
  ),
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'DeleteTable'].flatMap((name) => on(`dynamodb:${name}`, LOCKS)),
  ...on('states:SendTaskSuccess', MACHINE),
  ...['StartBuild', 'StopBuild', 'UpdateProject', 'DeleteProject'].flatMap((name) =>
    on(`codebuild:${name}`, PROJECT),
  ),
  ...on('s3:DeleteObject', BUNDLE, RESULT),
  ...on('s3:AbortMultipartUpload', RESULT, 'arn:aws:s3:::another/bundles/a.zip'),
  ...put(
    NEW,
    RESULT,
    `${BUCKET}/runs/run/trigger.json`,
    `${BUCKET}/inbox/a.request.json`,
    `${BUCKET}/elsewhere`,
    'arn:aws:s3:::another/bundles/a.zip',
  ),
  ...put(OVERWRITE, BUNDLE, INPUT),
  ...put(PART, INPUT),
  ...on('s3:GetObject', `${BUCKET}/inbox/a.request.json`, 'arn:aws:s3:::another/runs/run/output/result.json'),
  ...on('s3:PutBucketPolicy', BUCKET),
  ...on('s3:PutLifecycleConfiguration', BUCKET),
  ...['UpdateStateMachine', 'DeleteStateMachine'].flatMap((name) => on(`states:${name}`, MACHINE)),
  ...on('states:StartExecution', at('states', 'stateMachine:codeseeder-demo-2')),
  ...on('states:StopExecution', at('states', 'execution:codeseeder-demo-2:run')),
  ...on('events:PutEvents', at('events', 'event-bus/codeseeder-demo')),
  ...on('lambda:InvokeFunction', at('lambda', 'function:codeseeder-demo-start-build')),
  ...on('lambda:UpdateFunctionCode', at('lambda', 'function:codeseeder-demo-start-build')),
  ...on('secretsmanager:GetSecretValue', at('secretsmanager', 'secret:codeseeder/demo/token-AbCdEf')),
  ...on('ssm:GetParameters', at('ssm', 'parameter/codeseeder/demo/token')),
  ...on('sqs:ReceiveMessage', at('sqs', 'codeseeder-demo-dead-letters')),
  ...on('iam:PassRole', 'arn:aws:iam::123456789012:role/deployer'),
  ...on('sts:AssumeRole', 'arn:aws:iam::123456789012:role/codeseeder-demo-eu-central-1-codebuild'),
  ...on('logs:DeleteLogGroup', at('logs', 'log-group:/aws/codebuild/codeseeder-demo')),
  ...on('logs:GetLogEvents', at('logs', 'log-group:/aws/codebuild/codeseeder-demo-2:log-stream:build')),
  ...on('cloudformation:DeleteStack', at('cloudformation', 'stack/aws-codeseeder-demo/0f1e')),
  ...on('kms:Decrypt', KEY),
  key('kms:Decrypt', 'secretsmanager'),
  key('kms:PutKeyPolicy', 's3'),
];

/**
 * Folders whose calls need other rights than the client: deployments, the commands of the local AWS, and programs in
 * builds.
 */
const NOT_THE_CLIENT = /^(deploy|cli\/local|cli\/deploy|runner|in-build|modules)/;

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Returns the SDK commands and paginators in a source text. */
function callsIn(source: string): string[] {
  if (!source.includes('Command') && !source.includes('paginate')) return [];
  return [...source.matchAll(/\b(?:new (\w+Command)|(paginate\w+))\(/g)].map(
    ([, command, pages]) => command ?? pages ?? '',
  );
}

/** Returns the source of each function of lib/run-store and lib/s3-objects.ts, by name. */
function sharedFunctions(): Map<string, string> {
  const folder = path.join(ROOT, 'lib/run-store');
  const files = [...readdirSync(folder), '../s3-objects.ts'];
  const functions = files.flatMap((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    return ts
      .createSourceFile(file, text, ts.ScriptTarget.Latest)
      .statements.filter((statement) => ts.isFunctionDeclaration(statement))
      .map((statement) => [statement.name?.text ?? '', text.slice(statement.pos, statement.end)] as const);
  });
  return new Map(functions);
}

/** Returns the SDK commands and paginators that the client uses, directly and through functions of lib/run-store. */
function usedCalls(): string[] {
  const folder = path.join(ROOT, 'client');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !NOT_THE_CLIENT.test(file))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const functions = sharedFunctions();
  const used = sources.flatMap((source) =>
    [
      ...source.matchAll(/const \{([^}]+)\} = await import\('[./]+\/lib\/(?:run-store\/|s3-objects\.js)/g),
    ].flatMap(([, names = '']) => names.split(',').map((name) => name.trim())),
  );
  const reached = new Set(used);
  for (const name of reached) {
    const source = functions.get(name) ?? '';
    for (const other of functions.keys()) if (source.includes(`${other}(`)) reached.add(other);
  }
  const calls = [
    ...sources.filter((source) => source.includes('@aws-sdk/')).flatMap(callsIn),
    ...[...reached].flatMap((name) => callsIn(functions.get(name) ?? '')),
  ];
  return [...new Set(calls)].sort();
}

function permitted(policy: string, call: Call): boolean {
  return isPermitted(statementsOf(synthesizedVariant('full').template, policy), call);
}

describe('Calls of the client', () => {
  it('The client makes only the calls that this test checks', () => {
    expect(usedCalls()).toEqual(
      Object.keys({
        ...CALLS,
        ...DOCTOR_CALLS,
        ...DEPLOYER_CALLS,
        ...RELEASE_CALLS,
        ...PUBLISH_CALLS,
        ...START_CALLS,
        ...SCHEDULE_CALLS,
        ...READ_SCHEDULE_CALLS,
        ...OPTIONAL_CALLS,
      }).sort(),
    );
  });

  it('The console names each right that no policy of a seedkit includes', () => {
    const page = readFileSync(path.join(ROOT, 'docs/console.md'), 'utf8');
    for (const call of Object.values(OPTIONAL_CALLS).flat()) {
      expect(page).toContain(call.action);
      for (const policy of ['ClientPolicy', 'ReaderDefaultPolicy', 'PublisherPolicy', 'SchedulerPolicy'])
        expect([policy, call, permitted(policy, call)]).toEqual([policy, call, false]);
    }
  });
});

const STACK_STATE = {
  stackId: STACK,
  stackName: 'aws-codeseeder-demo',
  status: 'CREATE_COMPLETE',
  exportNames: [],
};

describe('The client policy', () => {
  it.each(Object.entries({ ...CALLS, ...DOCTOR_CALLS }))('The client policy allows %s', (_name, calls) => {
    for (const call of calls) expect([call, permitted('ClientPolicy', call)]).toEqual([call, true]);
  });

  it('`doctor` simulates the calls that write, each of which the client policy allows', () => {
    const outputs = { Bucket: 'the-bucket', KmsKeyArn: KEY };
    const stack = { ...STACK_STATE, outputs };
    const simulated = clientCalls('demo', stack).flatMap(({ actions, resources, context }) =>
      actions.flatMap((action) =>
        on(action, ...resources).map((call) => ({ ...call, ...(context && { context }) })),
      ),
    );
    for (const call of simulated) expect([call, permitted('ClientPolicy', call)]).toEqual([call, true]);
    const actions = new Set(simulated.map(({ action }) => action));
    const written = WRITES.flatMap((name) => CALLS[name] ?? []).map(({ action }) => action);
    expect(written.filter((action) => !actions.has(action))).toEqual([]);
  });

  it('`doctor` simulates calls for each service whose resources a deployer creates', () => {
    const outputs = {
      ...{ Bucket: 'the-bucket', KmsKeyArn: KEY, SeedkitContext: '{}' },
      ...{ CodeBuildRoleArn: 'arn:aws:iam::123456789012:role/build', ClientPolicyArn: 'policy' },
      ...{ CodeArtifactDomain: 'domain', CodeArtifactRepository: 'repository' },
    };
    const stack = { ...STACK_STATE, outputs };
    const services = new Set(
      deployerCalls('demo', stack).flatMap(({ actions }) => actions.map((action) => action.split(':')[0])),
    );
    const types = Object.values(synthesizedVariant('full').template.Resources);
    const created = types.flatMap(({ Type }) => /^AWS::(\w+)::/.exec(Type)?.[1]?.toLowerCase() ?? []);
    const names: Readonly<Record<string, string>> = { stepfunctions: 'states' };

    expect(created.map((name) => names[name] ?? name).filter((name) => !services.has(name))).toEqual([]);
  });

  it('The client policy does not allow what only a deployer needs', () => {
    const calls = Object.values(DEPLOYER_CALLS).flat();
    expect(calls.filter((call) => permitted('ClientPolicy', call))).toEqual([]);
  });

  it.each(FORBIDDEN.map((call) => [call.action, call.resource, call] as const))(
    'The client policy does not allow %s on %s',
    (_action, _resource, call) => {
      expect(permitted('ClientPolicy', call)).toBe(false);
    },
  );
});

describe('grantReadRuns', () => {
  it('`grantReadRuns` allows the calls that read and none that write', () => {
    for (const [name, calls] of Object.entries(CALLS)) {
      const isAllowed = calls.every((call) => permitted('ReaderDefaultPolicy', call));
      expect([name, isAllowed]).toEqual([name, !WRITES.includes(name)]);
    }
  });
});

describe('grantReleaseLocks', () => {
  it('`grantReleaseLocks` allows the calls that read and those that release a lock, and none that start or cancel runs', () => {
    for (const [name, calls] of Object.entries({ ...CALLS, ...RELEASE_CALLS })) {
      const isAllowed = calls.every((call) => permitted('ReleaserDefaultPolicy', call));
      expect([name, isAllowed]).toEqual([name, !WRITES.includes(name)]);
    }
  });
});

describe('The policy of targets', () => {
  it('The policy of targets allows starting them and reading their runs, and none of the calls of a client', () => {
    const allowed = [...Object.values(START_CALLS).flat(), ...on('s3:GetObject', TARGET)];
    for (const call of allowed) expect([call, permitted('TargetPolicy', call)]).toEqual([call, true]);
    const isShared = ({ action }: Call) => action.startsWith('kms:') || action.startsWith('cloudformation:');
    const others = [...Object.values({ ...CALLS, ...RELEASE_CALLS, ...PUBLISH_CALLS }).flat()];
    expect(others.filter((call) => !isShared(call) && permitted('TargetPolicy', call))).toEqual([]);
    const code = put(NEW, BUNDLE, INPUT, PUBLISHED, TARGET, `${BUCKET}/inbox/a.request.json`);
    expect(code.filter((call) => permitted('TargetPolicy', call))).toEqual([]);
  });
});

describe('The policy of schedulers', () => {
  it('The policy of schedulers allows what the policy of targets allows and to manage schedules, and no code', () => {
    const { template } = synthesizedVariant('full');
    const without = (names: readonly string[]) =>
      statementsOf(template, 'SchedulerPolicy').filter(({ sid }) => !names.includes(sid ?? ''));
    const own = ['ReadSchedules', 'ListSchedules', 'ChangeSchedules', 'PassSchedulerRole'];
    expect(without(own)).toEqual(statementsOf(template, 'TargetPolicy'));
    for (const call of Object.values({ ...SCHEDULE_CALLS, ...READ_SCHEDULE_CALLS }).flat())
      expect([call, permitted('SchedulerPolicy', call)]).toEqual([call, true]);
    const code = put(NEW, BUNDLE, INPUT, PUBLISHED, TARGET, `${BUCKET}/inbox/a.request.json`);
    expect(code.filter((call) => permitted('SchedulerPolicy', call))).toEqual([]);
    const changes = Object.values(SCHEDULE_CALLS).flat();
    for (const policy of ['ClientPolicy', 'TargetPolicy', 'PublisherPolicy'])
      expect(changes.filter((call) => permitted(policy, call))).toEqual([]);
  });
});

describe('The policy of publishers', () => {
  it('The policy of publishers allows the calls that publish and remove, and none that start runs', () => {
    for (const call of Object.values({ ...PUBLISH_CALLS, ...READ_SCHEDULE_CALLS }).flat())
      expect([call, permitted('PublisherPolicy', call)]).toEqual([call, true]);
    expect(permitted('PublisherPolicy', put(OVERWRITE, TARGET)[0]!)).toBe(true);
    expect(permitted('ClientPolicy', put(OVERWRITE, TARGET)[0]!)).toBe(false);
    const starts = [...(CALLS['StartExecutionCommand'] ?? []), ...(START_CALLS['InvokeCommand'] ?? [])];
    expect(starts.filter((call) => permitted('PublisherPolicy', call))).toEqual([]);
  });
});

describe('The grant to put into the inbox', () => {
  it('The grant to put into the inbox allows encrypted puts below the inbox and nothing else', () => {
    const [sent] = on('s3:PutObject', `${BUCKET}/inbox/a.request.json`);
    expect(permitted('SenderDefaultPolicy', sent!)).toBe(true);
    expect(permitted('SenderDefaultPolicy', key('kms:GenerateDataKey', 's3'))).toBe(true);
    const others = [...Object.values(CALLS).flat(), ...FORBIDDEN].filter(
      ({ action, resource }) => !action.startsWith('kms:') && resource !== sent?.resource,
    );
    expect(others.filter((call) => permitted('SenderDefaultPolicy', call))).toEqual([]);
  });
});
