/** Makes the page of IAM rights, from a synthesized seedkit. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { App, CliCredentialsStackSynthesizer, type IReusableStackSynthesizer } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';

import { SeedkitStack } from '../../lib/cdk.js';
import { HANDLERS } from '../../lib/contract/index.js';
import { code, page, table } from './markdown.js';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  /** Present only in policies of resources. */
  readonly Principal?: string | Readonly<Record<string, unknown>>;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const SEEDKIT = 'my-kit';

/** Policies of the template: the start of their logical id, their title and their purpose. */
const POLICIES: readonly (readonly [start: string, title: string, purpose: string])[] = [
  ['ClientPolicy', 'Submit and follow runs', 'The output `ClientPolicyArn`, and `grantSubmit()`.'],
  ['PublisherPolicy', 'Publish targets', 'The output `PublisherPolicyArn`, and `grantPublish()`.'],
  ['TargetPolicy', 'Start published targets', 'The output `TargetPolicyArn`, and `grantStartTargets()`.'],
  [
    'SchedulerPolicy',
    'Schedule published targets',
    'The output `SchedulerPolicyArn`, and `grantSchedule()`.',
  ],
  ['ReaderDefaultPolicy', 'Follow runs', '`grantReadRuns()`.'],
  ['FillerDefaultPolicy', 'Fill the inbox', '`grantInbox()`.'],
  ['ReleaserDefaultPolicy', 'Release locks', '`grantReleaseLocks()`.'],
  ['BuildResourcesPolicy', 'Builds', 'Rights of the build role in the seedkit; `policyArns` adds others.'],
  ...HANDLERS.map((handler) => [logicalId(handler), `Handler ${handler}`, ''] as const),
  ['ControlPlaneMachine', 'State machine', ''],
  ['ControlPlaneMaps', 'State machine of maps', ''],
  ['ControlPlaneTargetSchedules', 'Role that EventBridge Scheduler takes', ''],
];

/** Policies of resources: the resource's type, the title, and a function that returns the statements of a resource. */
const RESOURCE_POLICIES: readonly (readonly [
  type: string,
  title: string,
  statementsOf: (properties: Readonly<Record<string, unknown>>) => readonly Statement[],
])[] = [
  ['AWS::S3::BucketPolicy', 'Bucket', (properties) => documentOf(properties, 'PolicyDocument')],
  ['AWS::KMS::Key', 'KMS key', (properties) => documentOf(properties, 'KeyPolicy')],
  ['AWS::Events::EventBusPolicy', 'Event bus', ({ Statement }) => [Statement as Statement]],
  ['AWS::SQS::QueuePolicy', 'Dead-letter queues', (properties) => documentOf(properties, 'PolicyDocument')],
  ['AWS::Lambda::Permission', 'Handlers', (properties) => [statementOfPermission(properties)]],
];

/** Returns the page with every statement of a seedkit with default settings. */
export function iamPage(): string {
  const resources = synthesized();
  const policies = Object.entries(resources).filter(([, { Type }]) =>
    /^AWS::IAM::(Managed)?Policy$/.test(Type),
  );
  const unnamed = policies.filter(([id]) => !POLICIES.some(([start]) => id.startsWith(start)));
  if (unnamed.length > 0)
    throw new Error(`Policies without a title: ${unnamed.map(([id]) => id).join(', ')}`);
  const types = new Map<string, number>();
  for (const { Type } of Object.values(resources)) types.set(Type, (types.get(Type) ?? 0) + 1);
  return page(
    'IAM',
    `Every statement of a seedkit named \`${SEEDKIT}\` with its default settings. \`allow\`, a VPC, CodeArtifact and credentials secrets add statements. **A principal that may submit runs or fill the inbox gains the rights of the build role.**`,
    ...POLICIES.flatMap(([start, title, purpose]) => section(policies, start, title, purpose)),
    '## Policies of resources',
    'They apply to all principals beside the policies above. A denial here holds also for administrators of the account.',
    ...RESOURCE_POLICIES.flatMap(([type, title, statementsOf]) => [
      `### ${title}`,
      resourcePolicyTable(
        Object.values(resources).flatMap(({ Type, Properties = {} }) =>
          Type === type ? statementsOf(Properties) : [],
        ),
      ),
    ]),
    '## Resources of a seedkit',
    'A deployer needs the rights to create, change and delete these:',
    table(
      ['Type', 'Number'],
      [...types].sort(([a], [b]) => a.localeCompare(b)).map(([type, count]) => [code(type), String(count)]),
    ),
  );
}

function section(
  policies: readonly (readonly [string, Resource])[],
  start: string,
  title: string,
  purpose: string,
): string[] {
  const found = policies.filter(([id]) => id.startsWith(start));
  if (found.length === 0) throw new Error(`No policy starts with ${start}`);
  const statements = found.flatMap(([, { Properties = {} }]) => documentOf(Properties, 'PolicyDocument'));
  return [
    `## ${title}`,
    ...(purpose === '' ? [] : [purpose]),
    table(['Actions', 'Resources', 'Conditions', 'Statement'], statements.map(cells)),
  ];
}

function documentOf(properties: Readonly<Record<string, unknown>>, name: string): readonly Statement[] {
  return (properties[name] as { Statement: Statement[] }).Statement;
}

function cells({ Sid, Effect, Action, Resource, Condition }: Statement): string[] {
  return [
    `${Effect === 'Deny' ? '**Deny** ' : ''}${lines(typeof Action === 'string' ? [Action] : Action)}`,
    lines([Resource].flat().map(readable)),
    lines(conditions(Condition)),
    code(Sid),
  ];
}

function resourcePolicyTable(statements: readonly Statement[]): string {
  if (statements.length === 0) throw new Error('A policy of a resource has no statement');
  return table(
    ['Principals', 'Actions', 'Resources', 'Conditions', 'Statement'],
    statements.map((statement) => [principals(statement), ...cells(statement)]),
  );
}

/** Returns the statement that CloudFormation creates from a function's permission. */
function statementOfPermission(permission: Readonly<Record<string, unknown>>): Statement {
  return {
    Effect: 'Allow',
    Principal: { Service: permission['Principal'] },
    Action: String(permission['Action']),
    Resource: permission['FunctionName'],
    Condition: { ArnLike: { 'aws:SourceArn': permission['SourceArn'] } },
  };
}

function principals({ Principal = {} }: Statement): string {
  const named = typeof Principal === 'string' ? [Principal] : Object.values(Principal).flat().map(readable);
  return named.map((name) => (name === '*' ? 'everyone' : code(name))).join('\n');
}

function lines(texts: readonly string[]): string {
  return texts.map(code).join('\n');
}

function conditions(condition: Statement['Condition'] = {}): string[] {
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(
      ([key, value]) => `${operator} ${key}: ${[value].flat().map(readable).join(', ')}`,
    ),
  );
}

/** Writes an intrinsic function as the text that it returns, with `<...>` for values that are known at deployment. */
function readable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Fn::Join') {
    const [separator, items] = argument as [string, unknown[]];
    return items.map(readable).join(separator);
  }
  if (name === 'Fn::GetAtt') return `<${withoutHash((argument as string[])[0] ?? '')}>`;
  if (name === 'Fn::ImportValue') return `<${String(argument)}>`;
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': '<region>',
    'AWS::AccountId': '<account>',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return pseudo[String(argument)] ?? `<${withoutHash(String(argument))}>`;
}

function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

function logicalId(handler: string): string {
  const name = handler.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
  return handler === 'adopt-log-group' ? 'BuildLog' : `ControlPlaneHandlers${name}`;
}

function synthesized(): Readonly<Record<string, Resource>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-docs-'));
  try {
    for (const handler of HANDLERS) {
      mkdirSync(path.join(folder, handler));
      writeFileSync(path.join(folder, handler, 'index.mjs'), '');
    }
    const app = new App({
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
      outdir: path.join(folder, 'cdk.out'),
      defaultStackSynthesizer: new CliCredentialsStackSynthesizer() as IReusableStackSynthesizer,
    });
    const stack = new SeedkitStack(app, 'Seedkit', { seedkitName: SEEDKIT, handlersFolder: folder });
    stack.grantReadRuns(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
    stack.grantInbox(new Role(stack, 'Filler', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
    const releaser = new Role(stack, 'Releaser', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    stack.grantReleaseLocks(releaser);
    const { Resources } = app.synth().getStackArtifact('Seedkit').template as {
      Resources: Record<string, Resource>;
    };
    // Leaves out the roles that only demonstrate grants: the seedkit does not have them.
    return Object.fromEntries(
      Object.entries(Resources).filter(
        ([id, { Type }]) => !(Type === 'AWS::IAM::Role' && /^(Reader|Filler)/.test(id)),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
