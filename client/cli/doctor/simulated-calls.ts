import {
  BUNDLES_PREFIX,
  invocationKey,
  SEEDKIT_CONTEXT_OUTPUT,
  seedkitNames,
} from '../../../lib/contract/index.js';
import { deployedContext, type StackState } from '../../deploy/stack-state.js';

/** Calls that IAM simulates in one request: each action on each resource, with the same condition keys. */
export interface SimulatedCalls {
  readonly actions: readonly string[];
  /** ARNs. They need not exist. */
  readonly resources: readonly string[];
  /** Values of condition keys. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The end of an id or key that no run and no layer has. */
const NOTHING = 'codeseeder-doctor';

/** Qualifier of the roles of the CDK's bootstrap stack that seedkits use. */
const BOOTSTRAP = 'cdk-hnb659fds';

/** Returns the calls that start and cancel a run, by those that the policy `ClientPolicyArn` allows. */
export function clientCalls(seedkit: string, stack: StackState): SimulatedCalls[] {
  const { partition, region, arn } = arnsOf(stack);
  const { Bucket: bucket = '', KmsKeyArn: key } = stack.outputs;
  const object = (name: string) => `arn:${partition}:s3:::${bucket}/${name}`;
  const bundle = object(`${BUNDLES_PREFIX}${NOTHING}.zip`);
  const machine = seedkitNames.stateMachine(seedkit);
  return [
    {
      actions: ['s3:PutObject'],
      resources: [bundle, object(invocationKey(NOTHING))],
      context: { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' },
    },
    { actions: ['s3:PutObject'], resources: [bundle], context: { 's3:ObjectCreationOperation': 'false' } },
    { actions: ['s3:AbortMultipartUpload'], resources: [bundle] },
    { actions: ['states:StartExecution'], resources: [arn('states', `stateMachine:${machine}`)] },
    { actions: ['states:StopExecution'], resources: [arn('states', `execution:${machine}:${NOTHING}`)] },
    ...(key === undefined
      ? []
      : [
          {
            actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
            resources: [key],
            context: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
          },
        ]),
  ];
}

/**
 * Returns the calls of a deployment, as it was done last: through the roles of the CDK's bootstrap stack, with a role
 * of CloudFormation, or with the deployer's own rights.
 */
export function deployerCalls(seedkit: string, stack: StackState): SimulatedCalls[] {
  const { arn, global, account, region } = arnsOf(stack);
  const { roleArn } = stack;
  if (usesBootstrapRoles(stack)) {
    const roles = ['deploy', 'file-publishing'].map((name) =>
      global('iam', `role/${BOOTSTRAP}-${name}-role-${account}-${region}`),
    );
    return [
      { actions: ['sts:AssumeRole'], resources: roles },
      changeStack(arn, stack, ['DescribeStacks', 'DescribeStackEvents', 'ListChangeSets', 'DeleteChangeSet']),
    ];
  }
  return [
    changeStack(arn, stack, [
      ...['DescribeStacks', 'DescribeStackEvents', 'GetTemplate', 'ListChangeSets', 'CreateChangeSet'],
      ...['DescribeChangeSet', 'ExecuteChangeSet', 'DeleteChangeSet', 'DeleteStack'],
    ]),
    ...assetCalls(stack),
    ...(roleArn === undefined ? resourceCalls(seedkit, stack) : [passRole(roleArn, 'cloudformation')]),
  ];
}

/** Returns whether a deployment assumes the roles of the bootstrap stack, as those of CDK apps do by default. */
export function usesBootstrapRoles(stack: StackState): boolean {
  const isOfOwnApp = stack.outputs[SEEDKIT_CONTEXT_OUTPUT] === undefined;
  return isOfOwnApp || deployedContext(stack).synthesizer === 'default';
}

type Arn = (service: string, resource: string) => string;

/** Returns what makes ARNs in the stack's account: of its region, and of services without regions. */
function arnsOf({ stackId }: StackState) {
  const [, partition = 'aws', , region = '', account = ''] = stackId.split(':');
  const arn: Arn = (service, resource) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const global: Arn = (service, resource) => `arn:${partition}:${service}::${account}:${resource}`;
  return { partition, region, account, arn, global };
}

function changeStack(arn: Arn, { stackName }: StackState, names: readonly string[]): SimulatedCalls {
  return {
    actions: names.map((name) => `cloudformation:${name}`),
    resources: [arn('cloudformation', `stack/${stackName}/${NOTHING}`)],
  };
}

/** Returns the calls that upload assets to the bucket of the bootstrap stack. */
function assetCalls(stack: StackState): SimulatedCalls[] {
  const { partition, account, region } = arnsOf(stack);
  const bucket = `arn:${partition}:s3:::${BOOTSTRAP}-assets-${account}-${region}`;
  return [
    { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [bucket] },
    { actions: ['s3:GetObject', 's3:PutObject'], resources: [`${bucket}/${NOTHING}.json`] },
  ];
}

/** Returns one call, or a few, for each kind of resource in the stack. They are those that create it. */
function resourceCalls(seedkit: string, stack: StackState): SimulatedCalls[] {
  const { partition, region, arn, global } = arnsOf(stack);
  const { Bucket: bucket = '', KmsKeyArn: key, CodeBuildRoleArn: role = '', ClientPolicyArn } = stack.outputs;
  const { CodeArtifactDomain: domain, CodeArtifactRepository: repository } = stack.outputs;
  const prefix = seedkitNames.prefix(seedkit);
  const { permissionsBoundary } = deployedContext(stack);
  const boundary = permissionsBoundary && { context: { 'iam:PermissionsBoundary': permissionsBoundary } };
  const on = (resource: string, ...actions: string[]): SimulatedCalls => ({ actions, resources: [resource] });
  return [
    { ...on(role, 'iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy'), ...boundary },
    passRole(role, 'codebuild'),
    on(ClientPolicyArn ?? '', 'iam:CreatePolicy', 'iam:CreatePolicyVersion'),
    on(`arn:${partition}:s3:::${bucket}`, 's3:CreateBucket', 's3:PutBucketPolicy'),
    ...(key === undefined ? [] : [on('*', 'kms:CreateKey'), on(key, 'kms:PutKeyPolicy', 'kms:CreateAlias')]),
    on(arn('dynamodb', `table/${seedkitNames.runTable(seedkit)}`), 'dynamodb:CreateTable'),
    on(
      arn('lambda', `function:${seedkitNames.handler(seedkit, 'start-run')}`),
      ...['lambda:CreateFunction', 'lambda:UpdateFunctionCode', 'lambda:AddPermission'],
    ),
    on(arn('states', `stateMachine:${prefix}`), 'states:CreateStateMachine', 'states:UpdateStateMachine'),
    on(arn('codebuild', `project/${prefix}`), 'codebuild:CreateProject', 'codebuild:UpdateProject'),
    on(arn('events', `event-bus/${prefix}`), 'events:CreateEventBus'),
    on(arn('events', `rule/${prefix}/${NOTHING}`), 'events:PutRule', 'events:PutTargets'),
    on(arn('sqs', `${prefix}-dead-letters`), 'sqs:CreateQueue', 'sqs:SetQueueAttributes'),
    on(arn('logs', `log-group:${seedkitNames.machineLogGroup(seedkit)}`), 'logs:CreateLogGroup'),
    on(arn('cloudwatch', `alarm:${prefix}-${NOTHING}`), 'cloudwatch:PutMetricAlarm'),
    on(
      global('cloudwatch', `dashboard/${seedkitNames.dashboard(seedkit, region)}`),
      'cloudwatch:PutDashboard',
    ),
    on(arn('scheduler', `schedule-group/${prefix}`), 'scheduler:CreateScheduleGroup'),
    ...(domain === undefined
      ? []
      : [
          on(arn('codeartifact', `domain/${domain}`), 'codeartifact:CreateDomain'),
          on(arn('codeartifact', `repository/${domain}/${repository}`), 'codeartifact:CreateRepository'),
        ]),
  ].filter(({ resources }) => !resources.includes(''));
}

function passRole(roleArn: string, service: string): SimulatedCalls {
  const context = { 'iam:PassedToService': `${service}.amazonaws.com` };
  return { actions: ['iam:PassRole'], resources: [roleArn], context };
}
