import { Aws } from 'aws-cdk-lib';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';
import { allow } from './access-statement.js';
import { handlerArn, scheduleGroupArn } from './resource-arns.js';

/**
 * The group of the schedules that clients add, and the role that EventBridge Scheduler assumes for them. The role may
 * call `start-target` and nothing else, so a schedule can start published targets only. The schedules are deleted with
 * the group.
 */
export class TargetSchedules extends Construct {
  /** Name of the group. */
  readonly groupName: string;
  readonly role: IRole;

  constructor(scope: Construct, id: string, { seedkit }: { readonly seedkit: string }) {
    super(scope, id);
    this.groupName = seedkitNames.scheduleGroup(seedkit);
    new CfnScheduleGroup(this, 'Group', { name: this.groupName });
    // The service names the group, never a schedule, in the condition key.
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    const principal = new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': Aws.ACCOUNT_ID,
          'aws:SourceArn': scheduleGroupArn(this, seedkit),
        },
      },
    });
    const role = new Role(this, 'Role', {
      roleName: seedkitNames.schedulerRole(seedkit, Aws.REGION),
      description: `Starts published targets of the seedkit ${seedkit} by schedules`,
      assumedBy: principal,
    });
    role.addToPolicy(
      allow('StartTargets', ['lambda:InvokeFunction'], [handlerArn(this, seedkit, 'start-target')]),
    );
    this.role = role;
  }
}
