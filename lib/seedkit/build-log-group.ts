import { ArnFormat, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { LogGroup, RetentionDays, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { allow } from '../control-plane/access-statement.js';
import { Handler, type HandlerSetting } from '../control-plane/handler.js';
import { seedkitNames } from '../contract/index.js';

/**
 * The log group of the seedkit's builds. CodeBuild creates the group if a build runs without it, so it may exist before
 * the stack. A custom resource therefore creates or adopts it, and keeps it when the stack is deleted.
 */
export class BuildLogGroup extends Construct {
  /** Reference to the group by its name. To depend on the group, depend on this construct instead. */
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, setting: HandlerSetting) {
    super(scope, id);
    const logGroupName = seedkitNames.buildLogGroup(setting.seedkit);
    const arn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const adopt = new Handler(this, 'AdoptLogGroup', {
      setting,
      handler: 'adopt-log-group',
      // Longer than the minute for which the handler repeats its calls while rights and key propagate.
      timeout: Duration.minutes(2),
      variables: {},
      access: [
        allow(
          'AdoptBuildLogGroup',
          [
            'logs:CreateLogGroup',
            'logs:PutRetentionPolicy',
            'logs:DeleteRetentionPolicy',
            'logs:AssociateKmsKey',
            'logs:DisassociateKmsKey',
          ],
          [arn, `${arn}:*`],
          'One log group, with and without the suffix: the actions differ in which one they are checked against.',
        ),
      ],
    });
    new CustomResource(this, 'Adopted', {
      resourceType: 'Custom::CodeseederLogGroup',
      serviceToken: adopt.function.functionArn,
      properties: {
        LogGroupName: logGroupName,
        // CloudWatch Logs keeps events forever if no retention is set. It does not accept the CDK's number for
        // "forever".
        RetentionInDays: setting.logRetention === RetentionDays.INFINITE ? undefined : setting.logRetention,
        KmsKeyId: setting.encryptionKey?.keyArn,
      },
    });
    this.logGroup = LogGroup.fromLogGroupName(this, 'LogGroup', logGroupName);
  }
}
