import { HANDLERS, type HandlerName } from '../../lib/contract/index.js';
import { resolved } from '../seedkit/resolved-template.js';
import { statementsById, statementsOf, type Statement } from '../seedkit/statements.js';
import { BUS, BUILD_ARN } from './account.js';
import { isAllowed, matchingStatements, type Call, type Caller, type Context } from './policy-evaluator.js';
import { synthesizedVariant } from './seedkit-variants.js';

/** The principals in the access matrix. */
export type PrincipalName =
  | 'Client'
  | 'Reader'
  | 'Inbox'
  | 'Releaser'
  | 'Publisher'
  | 'Debugger'
  | 'Starter'
  | 'Planner'
  | 'Inbox of a target'
  | 'Bus'
  | 'Build'
  | HandlerName
  | 'state machine'
  | 'map machine'
  | 'schedule role'
  | 'EventBridge'
  | 'CloudWatch Logs'
  | 'client of another seedkit'
  | 'build of another seedkit'
  | 'nobody';

/** A principal: its policies, its ARN, and the condition keys that all its requests have. */
interface Principal {
  readonly identity: readonly Statement[];
  readonly caller: Caller;
  readonly context: Context;
}

const ACCOUNT = '123456789012';

/** The beginning of the logical id of each principal's policy. */
const POLICIES: Partial<Record<PrincipalName, string>> = {
  Client: 'ClientPolicy',
  Reader: 'ReaderDefaultPolicy',
  Inbox: 'SenderDefaultPolicy',
  Releaser: 'ReleaserDefaultPolicy',
  Publisher: 'PublisherPolicy',
  Debugger: 'DebuggerPolicy',
  Starter: 'TargetPolicy',
  Planner: 'SchedulerPolicy',
  'Inbox of a target': 'ButtonDefaultPolicy',
  Build: 'BuildResourcesPolicy',
  'state machine': 'ControlPlaneMachineStateMachineRoleDefaultPolicy',
  'map machine': 'ControlPlaneMapsRoleDefaultPolicy',
  'schedule role': 'ControlPlaneTargetSchedulesRoleDefaultPolicy',
  ...Object.fromEntries(HANDLERS.map((handler) => [handler, handlerPolicy(handler)])),
};

function handlerPolicy(handler: HandlerName): string {
  const name = handler.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
  const construct = handler === 'adopt-log-group' ? `BuildLog${name}` : `ControlPlaneHandlers${name}`;
  return `${construct}RoleDefaultPolicy`;
}

const { template } = synthesizedVariant('full');

/** Statements of the principals that have a policy in the template. */
export const policiesOfTemplate: ReadonlyMap<PrincipalName, readonly Statement[]> = new Map(
  Object.entries(POLICIES).map(([name, start]) => [
    name as PrincipalName,
    // The rights of a build to connect with Session Manager are in a policy of their own.
    name === 'Build'
      ? [...statementsOf(template, start), ...statementsOf(template, 'BuildDebugSessions')]
      : statementsOf(template, start),
  ]),
);

/** Statements of the resource policies: those of bucket, bus, key, queues and handlers. */
export const resourceStatements: readonly Statement[] = [
  ...Object.entries(statementsById(template)).flatMap(([logicalId, statements]) =>
    isResourcePolicy(template.Resources[logicalId]?.Type) ? statements : [],
  ),
  ...Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Lambda::Permission' ? [permission(resolved(template, Properties))] : [],
  ),
];

function isResourcePolicy(type: string | undefined): boolean {
  return /^AWS::(S3::BucketPolicy|SQS::QueuePolicy|Events::EventBusPolicy|KMS::Key)$/.test(type ?? '');
}

/** Returns the statement that Lambda adds to a function's policy for a permission. */
function permission(properties: unknown): Statement {
  const { Action, FunctionName, Principal, SourceArn } = properties as Record<string, string>;
  return {
    sid: undefined,
    effect: 'Allow',
    actions: [Action ?? ''],
    resources: [FunctionName ?? ''],
    principal: { Service: Principal },
    condition: { ArnLike: { 'aws:SourceArn': SourceArn } },
  };
}

/** Returns the statements of another seedkit, whose name begins with the name of this one. */
function ofAnotherSeedkit(statements: readonly Statement[]): readonly Statement[] {
  const text = JSON.stringify(statements);
  const renamed = text
    .replaceAll('the-bucket', 'the-bucket-2')
    .replaceAll('the-key', 'the-key-2')
    .replaceAll(/(?<=codeseeder[-/])demo/g, 'demo-2');
  return JSON.parse(renamed) as Statement[];
}

function own(name: PrincipalName): readonly Statement[] {
  const putEvents = { sid: '', effect: 'Allow', actions: ['events:PutEvents'], resources: [BUS] };
  switch (name) {
    case 'Bus':
      return [{ ...putEvents, principal: undefined, condition: undefined }];
    case 'client of another seedkit':
      return ofAnotherSeedkit(own('Client'));
    case 'build of another seedkit':
      return ofAnotherSeedkit(own('Build'));
    default:
      return policiesOfTemplate.get(name) ?? [];
  }
}

const SERVICES: Partial<Record<PrincipalName, string>> = {
  EventBridge: 'events.amazonaws.com',
  'CloudWatch Logs': 'logs.eu-central-1.amazonaws.com',
};

/**
 * Returns the ARN of a principal's role in the form in which the template refers to it, so that policies that contain
 * this reference match.
 */
function roleOf(name: PrincipalName): string {
  const start = POLICIES[name]?.replace(/DefaultPolicy$/, '');
  const id = Object.keys(template.Resources).find(
    (logicalId) =>
      start !== undefined &&
      logicalId.startsWith(start) &&
      template.Resources[logicalId]?.Type === 'AWS::IAM::Role',
  );
  return id === undefined ? `arn:aws:iam::${ACCOUNT}:role/${name.replaceAll(' ', '-')}` : `\${${id}.Arn}`;
}

function principal(name: PrincipalName): Principal {
  const service = SERVICES[name];
  const common = { 'aws:SecureTransport': 'true' };
  if (service !== undefined) {
    return { identity: [], caller: { service }, context: { ...common, 'aws:SourceAccount': ACCOUNT } };
  }
  const arn = roleOf(name);
  const build: Context = name === 'Build' ? { 'codebuild:BuildArn': BUILD_ARN } : {};
  const other: Context =
    name === 'build of another seedkit'
      ? { 'codebuild:BuildArn': BUILD_ARN.replace('-demo:', '-demo-2:') }
      : {};
  const context = { ...common, 'aws:PrincipalArn': arn, ...build, ...other };
  return { identity: own(name), caller: { arn }, context };
}

export const PRINCIPALS: readonly PrincipalName[] = [
  'Client',
  'Reader',
  'Inbox',
  'Releaser',
  'Publisher',
  'Debugger',
  'Starter',
  'Planner',
  'Inbox of a target',
  'Bus',
  'Build',
  ...HANDLERS,
  'state machine',
  'map machine',
  'schedule role',
  'EventBridge',
  'CloudWatch Logs',
  'client of another seedkit',
  'build of another seedkit',
  'nobody',
];

const principals = new Map(PRINCIPALS.map((name) => [name, principal(name)]));

/**
 * Returns whether a principal may make a call. Condition keys of the request take precedence over those of the caller.
 */
export function may(name: PrincipalName, call: Call): boolean {
  const { policies, asked, caller } = question(name, call);
  return isAllowed(policies, asked, caller);
}

/** Results of {@link deciding}, because tests ask the same question for each part of a statement. */
const decided = new WeakMap<Call, Map<PrincipalName, readonly Statement[]>>();

/** Returns the statements that apply to a principal's call. */
export function deciding(name: PrincipalName, call: Call): readonly Statement[] {
  const byName = decided.get(call) ?? new Map<PrincipalName, readonly Statement[]>();
  decided.set(call, byName);
  const known = byName.get(name);
  if (known !== undefined) return known;
  const { policies, asked, caller } = question(name, call);
  const statements = matchingStatements(policies, asked, caller);
  byName.set(name, statements);
  return statements;
}

function question(name: PrincipalName, call: Call) {
  const found = principals.get(name);
  if (found === undefined) throw new Error(`no principal ${name}`);
  const asked = { ...call, context: { ...found.context, ...call.context } };
  // The policy of a key applies only to this key, although its resource is `*`.
  const isOfKey = (statement: Statement) => statement.actions.some((action) => action.startsWith('kms:'));
  const resource = resourceStatements.filter(
    (statement) => !isOfKey(statement) || call.resource.endsWith(':key/the-key'),
  );
  return { policies: { identity: found.identity, resource }, asked, caller: found.caller };
}
