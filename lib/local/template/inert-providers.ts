import { randomUUID } from 'node:crypto';

import { arnOf, type PlaceContext } from '../place-context.js';
import { type InertType, inertProvider } from '../resources/inert-provider.js';
import { generatedName, randomIdentifier, resourceName } from '../resources/resource-name.js';
import type { ProvidedResource, ResourceProvider, ResourceRequest } from '../resources/resource-provider.js';

const NOT_ENFORCED = 'permissions are not enforced: the credentials of the local AWS allow everything';
const NOT_ENCRYPTED = 'data is not encrypted at rest: it is stored in a folder that only you can read';

/** Returns the providers of resources that have a name and an ARN, but no effect in a local AWS. */
export function inertProviders(context: PlaceContext): readonly ResourceProvider[] {
  return TYPES.map(({ describe, ...type }) =>
    inertProvider({ ...type, describe: (...request) => describe(context, ...request) }),
  );
}

interface InertRow extends Omit<InertType, 'describe'> {
  readonly describe: (
    context: PlaceContext,
    request: ResourceRequest,
    current: string | undefined,
  ) => ProvidedResource;
}

const TYPES: readonly InertRow[] = [
  {
    type: 'AWS::IAM::Role',
    reason: NOT_ENFORCED,
    properties: [
      'AssumeRolePolicyDocument',
      'Description',
      'ManagedPolicyArns',
      'MaxSessionDuration',
      'Path',
      'PermissionsBoundary',
      'Policies',
      'RoleName',
      'Tags',
    ],
    describe(context, request, current) {
      const physicalId = resourceName(request, 'RoleName', 64, current);
      const Arn = iamArn(context, 'role', request, physicalId);
      return { physicalId, attributes: { Arn, RoleId: `AROA${randomIdentifier(17)}` } };
    },
  },
  {
    type: 'AWS::IAM::Policy',
    reason: NOT_ENFORCED,
    properties: ['Groups', 'PolicyDocument', 'PolicyName', 'Roles', 'Users'],
    describe: (_context, request, current) => named(current ?? generatedName(request, 64)),
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    reason: NOT_ENFORCED,
    properties: ['Description', 'Groups', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
    describe(context, request, current) {
      const name = resourceName(request, 'ManagedPolicyName', 128, current?.split('/').at(-1));
      const PolicyArn = iamArn(context, 'policy', request, name);
      const PolicyId = `ANPA${randomIdentifier(17)}`;
      return {
        physicalId: PolicyArn,
        attributes: { PolicyArn, PolicyId, DefaultVersionId: 'v1', IsAttachable: true },
      };
    },
  },
  {
    type: 'AWS::KMS::Key',
    reason: NOT_ENCRYPTED,
    properties: [
      'BypassPolicyLockoutSafetyCheck',
      'Description',
      'EnableKeyRotation',
      'Enabled',
      'KeyPolicy',
      'KeySpec',
      'KeyUsage',
      'MultiRegion',
      'Origin',
      'PendingWindowInDays',
      'RotationPeriodInDays',
      'Tags',
    ],
    describe: (context, _request, KeyId = randomUUID()) => ({
      physicalId: KeyId,
      attributes: { Arn: arnOf(context, 'kms', `key/${KeyId}`), KeyId },
    }),
  },
  {
    type: 'AWS::KMS::Alias',
    reason: NOT_ENCRYPTED,
    properties: ['AliasName', 'TargetKeyId'],
    describe: (_context, request) => named(resourceName(request, 'AliasName', 256, '')),
  },
  {
    type: 'AWS::CloudWatch::Dashboard',
    reason: 'the local AWS keeps no metrics',
    properties: ['DashboardBody', 'DashboardName', 'Tags'],
    describe: (_context, request, current) => named(resourceName(request, 'DashboardName', 255, current)),
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    reason: 'the local AWS keeps no metrics, so no alarm changes its state',
    properties: [
      'ActionsEnabled',
      'AlarmActions',
      'AlarmDescription',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluateLowSampleCountPercentile',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'InsufficientDataActions',
      'MetricName',
      'Metrics',
      'Namespace',
      'OKActions',
      'Period',
      'Statistic',
      'Tags',
      'Threshold',
      'ThresholdMetricId',
      'TreatMissingData',
      'Unit',
    ],
    describe(context, request, current) {
      const name = resourceName(request, 'AlarmName', 255, current);
      return { physicalId: name, attributes: { Arn: arnOf(context, 'cloudwatch', `alarm:${name}`) } };
    },
  },
  {
    type: 'AWS::CDK::Metadata',
    reason: 'it only reports to AWS which constructs are in use',
    properties: ['Analytics'],
    describe: (_context, request, current) => named(current ?? generatedName(request, 128)),
  },
];

function named(physicalId: string): ProvidedResource {
  return { physicalId, attributes: {} };
}

function iamArn(
  { partition, account }: PlaceContext,
  kind: 'role' | 'policy',
  { properties }: ResourceRequest,
  name: string,
): string {
  const path = typeof properties.Path === 'string' && properties.Path !== '' ? properties.Path : '/';
  return `arn:${partition}:iam::${account}:${kind}${path}${name}`;
}
