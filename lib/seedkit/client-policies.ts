import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import { explainPatterns } from '../control-plane/access-statement.js';
import { type AllowList, seedkitNames } from '../contract/index.js';
import type { ClientAccess } from './client-access.js';
import { checkPolicySize } from './policy-size.js';

/** The managed policies of those who use a seedkit, one for each task. */
export interface ClientPolicies {
  readonly client: ManagedPolicy;
  readonly publisher: ManagedPolicy;
  readonly target: ManagedPolicy;
  /** Undefined unless builds may have shells. */
  readonly debugger: ManagedPolicy | undefined;
  readonly scheduler: ManagedPolicy;
}

/**
 * Creates the managed policies of those who use a seedkit.
 * @throws CodeseederError `InvalidRequest` if the policy of clients exceeds IAM's size limit
 */
export function createClientPolicies(
  scope: Construct,
  seedkit: string,
  access: ClientAccess,
  { debugSessions }: Pick<AllowList, 'debugSessions'>,
): ClientPolicies {
  return {
    client: createClientPolicy(scope, seedkit, access),
    publisher: createPolicy(scope, 'PublisherPolicy', access.toPublish(), {
      name: seedkitNames.publisherPolicy(seedkit, Aws.REGION),
      description: `What publishes targets of the seedkit ${seedkit}`,
    }),
    target: createPolicy(scope, 'TargetPolicy', access.toStartTargets(), {
      name: seedkitNames.targetPolicy(seedkit, Aws.REGION),
      description: `What starts published targets of the seedkit ${seedkit}`,
    }),
    debugger: debugSessions
      ? createPolicy(scope, 'DebuggerPolicy', access.toDebug(), {
          name: seedkitNames.debuggerPolicy(seedkit, Aws.REGION),
          description: `What opens shells in builds of the seedkit ${seedkit}`,
        })
      : undefined,
    scheduler: createPolicy(scope, 'SchedulerPolicy', access.toSchedule(), {
      name: seedkitNames.schedulerPolicy(seedkit, Aws.REGION),
      description: `What adds and removes schedules of the seedkit ${seedkit}`,
    }),
  };
}

function createClientPolicy(scope: Construct, seedkit: string, access: ClientAccess): ManagedPolicy {
  const policy = createPolicy(scope, 'ClientPolicy', access.toSubmitAndRead(), {
    name: seedkitNames.clientPolicy(seedkit, Aws.REGION),
    description: `What a client of the seedkit ${seedkit} needs`,
  });
  checkPolicySize(
    policy,
    'policy of clients',
    'Replace allowed projects whose names start alike by one pattern that ends in *, such as team-*.',
  );
  return policy;
}

interface NamedPolicy {
  readonly name: string;
  readonly description: string;
}

function createPolicy(
  scope: Construct,
  id: string,
  statements: PolicyStatement[],
  { name, description }: NamedPolicy,
): ManagedPolicy {
  const policy = new ManagedPolicy(scope, id, { managedPolicyName: name, description, statements });
  explainPatterns(policy, statements);
  return policy;
}
