import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { statementsOf } from '../seedkit/statements.js';
import { isPermitted, type Call } from './policy-evaluator.js';
import { synthesizedVariant } from './seedkit-variants.js';

const at = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:123456789012:${resource}`;
const MACHINE = at('states', 'stateMachine:codeseeder-demo');
const EXECUTION = at('states', 'execution:codeseeder-demo:run');
const TABLE = at('dynamodb', 'table/codeseeder-demo-runs');
const PROJECT = at('codebuild', 'project/codeseeder-demo');
const LOG = at('logs', 'log-group:/aws/codebuild/codeseeder-demo:log-stream:build');
const KEY = at('kms', 'key/the-key');
const BUCKET = 'arn:aws:s3:::the-bucket';
const BUNDLE = `${BUCKET}/bundles/a.zip`;
const INPUT = `${BUCKET}/runs/run/input/invocation.json`;
const RESULT = `${BUCKET}/runs/run/output/result.json`;

const through = (service: string): Record<string, string> => ({
  'kms:ViaService': `${service}.eu-central-1.amazonaws.com`,
});
const on = (action: string, ...resources: string[]): Call[] =>
  resources.map((resource) => ({ action, resource }));
const key = (action: string, service: string): Call => ({
  action,
  resource: KEY,
  context: through(service),
});

/** What IAM is asked for each call that the client makes. */
const CALLS: Record<string, Call[]> = {
  DescribeStacksCommand: on(
    'cloudformation:DescribeStacks',
    at('cloudformation', 'stack/aws-codeseeder-demo/0f1e'),
  ),
  HeadObjectCommand: [
    ...on('s3:GetObject', BUNDLE),
    // Without it a bundle that is missing looks like one that is forbidden.
    ...on('s3:ListBucket', BUCKET),
    key('kms:Decrypt', 's3'),
  ],
  GetObjectCommand: [...on('s3:GetObject', RESULT), key('kms:Decrypt', 's3')],
  CopyObjectCommand: [
    ...on('s3:GetObject', INPUT),
    ...on('s3:PutObject', INPUT),
    ...on('s3:ListBucket', BUCKET),
    key('kms:Decrypt', 's3'),
    key('kms:GenerateDataKey', 's3'),
  ],
  PutObjectCommand: [...on('s3:PutObject', BUNDLE, INPUT), key('kms:GenerateDataKey', 's3')],
  CreateMultipartUploadCommand: [
    ...on('s3:PutObject', BUNDLE),
    key('kms:GenerateDataKey', 's3'),
    // S3 reads encrypted parts to make one object of them.
    key('kms:Decrypt', 's3'),
  ],
  UploadPartCommand: on('s3:PutObject', BUNDLE),
  CompleteMultipartUploadCommand: on('s3:PutObject', BUNDLE),
  AbortMultipartUploadCommand: on('s3:AbortMultipartUpload', BUNDLE),
  StartExecutionCommand: on('states:StartExecution', MACHINE),
  StopExecutionCommand: on('states:StopExecution', EXECUTION),
  DescribeExecutionCommand: on('states:DescribeExecution', EXECUTION),
  paginateGetExecutionHistory: on('states:GetExecutionHistory', EXECUTION),
  GetItemCommand: [...on('dynamodb:GetItem', TABLE), key('kms:Decrypt', 'dynamodb')],
  paginateQuery: [...on('dynamodb:Query', `${TABLE}/index/byDay`), key('kms:Decrypt', 'dynamodb')],
  BatchGetBuildsCommand: on('codebuild:BatchGetBuilds', PROJECT),
  GetLogEventsCommand: on('logs:GetLogEvents', LOG),
};

const WRITES = [
  'CopyObjectCommand',
  'PutObjectCommand',
  'CreateMultipartUploadCommand',
  'UploadPartCommand',
  'CompleteMultipartUploadCommand',
  'AbortMultipartUploadCommand',
  'StartExecutionCommand',
  'StopExecutionCommand',
];

/** What nobody may do who may submit and read. */
const FORBIDDEN: Call[] = [
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'Scan', 'DeleteTable'].flatMap((name) =>
    on(`dynamodb:${name}`, TABLE),
  ),
  ...['StartBuild', 'StopBuild', 'UpdateProject', 'DeleteProject'].flatMap((name) =>
    on(`codebuild:${name}`, PROJECT),
  ),
  ...on('s3:DeleteObject', BUNDLE, RESULT),
  ...on('s3:AbortMultipartUpload', RESULT, 'arn:aws:s3:::another/bundles/a.zip'),
  ...on(
    's3:PutObject',
    `${BUCKET}/inbox/a.request.json`,
    `${BUCKET}/elsewhere`,
    'arn:aws:s3:::another/bundles/a.zip',
  ),
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

/** Deploying needs rights of its own, the local place's commands speak to it alone, builds have their role. */
const NOT_THE_CLIENT = /^(deploy|cli\/local|cli\/deploy|runner|in-build|modules)/;

/** The commands and paginators of the SDK that the client uses. */
function usedCalls(): string[] {
  const folder = path.resolve(import.meta.dirname, '../../client');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !NOT_THE_CLIENT.test(file),
  );
  const uses = sources.flatMap((file) => {
    const source = readFileSync(path.join(folder, file), 'utf8');
    return source.includes('@aws-sdk/')
      ? [...source.matchAll(/\b(?:new (\w+Command)|(paginate\w+))\(/g)].map(
          ([, command, pages]) => command ?? pages!,
        )
      : [];
  });
  return [...new Set(uses)].sort();
}

function permitted(policy: string, call: Call): boolean {
  return isPermitted(statementsOf(synthesizedVariant('full').template, policy), call);
}

describe('the client', () => {
  it('makes the calls that are looked at here', () => {
    expect(usedCalls()).toEqual(Object.keys(CALLS).sort());
  });
});

describe('the client policy', () => {
  it.each(Object.entries(CALLS))('lets the client make its %s', (_name, calls) => {
    for (const call of calls) expect([call, permitted('ClientPolicy', call)]).toEqual([call, true]);
  });

  it.each(FORBIDDEN.map((call) => [call.action, call.resource, call] as const))(
    'does not let it call %s on %s',
    (_action, _resource, call) => {
      expect(permitted('ClientPolicy', call)).toBe(false);
    },
  );
});

describe('a principal that may read runs', () => {
  it('makes the calls that read, and none that write', () => {
    for (const [name, calls] of Object.entries(CALLS)) {
      const isAllowed = calls.every((call) => permitted('ReaderDefaultPolicy', call));
      expect([name, isAllowed]).toEqual([name, !WRITES.includes(name)]);
    }
  });
});

describe('a principal that may fill the inbox', () => {
  it('puts requests and what they name there, under the key, and does nothing else', () => {
    const [sent] = on('s3:PutObject', `${BUCKET}/inbox/a.request.json`);
    expect(permitted('SenderDefaultPolicy', sent!)).toBe(true);
    expect(permitted('SenderDefaultPolicy', key('kms:GenerateDataKey', 's3'))).toBe(true);
    const others = [...Object.values(CALLS).flat(), ...FORBIDDEN].filter(
      ({ action, resource }) => !action.startsWith('kms:') && resource !== sent?.resource,
    );
    expect(others.filter((call) => permitted('SenderDefaultPolicy', call))).toEqual([]);
  });
});
