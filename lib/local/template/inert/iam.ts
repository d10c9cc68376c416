import type { PlaceContext } from '../../place-context.js';
import type { Json, ResourceProvider, ResourceRequest } from '../../resources/resource-provider.js';
import {
  generatedName,
  declaredName,
  inertProvider,
  randomIdentifier,
} from '../../resources/inert-provider.js';

const REASON = 'permissions are not enforced: the credentials of the local AWS allow everything';

/** Roles and policies, with real names and ARNs but without effect. */
export function iamProviders(context: PlaceContext): readonly ResourceProvider[] {
  return [role(context), policy(), managedPolicy(context)];
}

function role(context: PlaceContext): ResourceProvider {
  return inertProvider({
    type: 'AWS::IAM::Role',
    reason: REASON,
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
    describe(request, physicalId) {
      const name = declaredName(request, 'RoleName') ?? physicalId ?? generatedName(request, 64);
      return {
        physicalId: name,
        attributes: { Arn: iamArn(context, 'role', request, name), RoleId: `AROA${randomIdentifier(17)}` },
      };
    },
  });
}

function policy(): ResourceProvider {
  return inertProvider({
    type: 'AWS::IAM::Policy',
    reason: REASON,
    properties: ['Groups', 'PolicyDocument', 'PolicyName', 'Roles', 'Users'],
    describe: (request, physicalId) => ({
      physicalId: physicalId ?? generatedName(request, 64),
      attributes: {},
    }),
  });
}

function managedPolicy(context: PlaceContext): ResourceProvider {
  return inertProvider({
    type: 'AWS::IAM::ManagedPolicy',
    reason: REASON,
    properties: ['Description', 'Groups', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
    describe(request, physicalId) {
      const former = physicalId?.split('/').at(-1);
      const name = declaredName(request, 'ManagedPolicyName') ?? former ?? generatedName(request, 128);
      const arn = iamArn(context, 'policy', request, name);
      const attributes: Record<string, Json> = {
        PolicyArn: arn,
        PolicyId: `ANPA${randomIdentifier(17)}`,
        DefaultVersionId: 'v1',
        IsAttachable: true,
      };
      return { physicalId: arn, attributes };
    },
  });
}

function iamArn(
  { partition, account }: PlaceContext,
  kind: 'role' | 'policy',
  request: ResourceRequest,
  name: string,
): string {
  return `arn:${partition}:iam::${account}:${kind}${declaredName(request, 'Path') ?? '/'}${name}`;
}
