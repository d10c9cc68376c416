import { Aws, type CfnCondition, Duration, Fn } from 'aws-cdk-lib';
import { EventBus, type CfnEventBus } from 'aws-cdk-lib/aws-events';
import { AnyPrincipal, Effect, PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { EVENT_SOURCE, REGIONS_WITHOUT, seedkitNames } from '../contract/index.js';
import { explain } from './access-statement.js';
import { definedOnly } from '../contract/defined-only.js';
import { BusDeadLetters } from './bus-dead-letters.js';
import { regionSupport, type RegionSupport } from './region-support.js';

/** Properties of {@link RunBus}. */
export interface RunBusProps {
  readonly seedkit: string;
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The seedkit's event bus and its dead-letter queues. In regions where buses do not support customer managed keys, an
 * AWS owned key encrypts the events. The bus has no description, because some regions do not support descriptions.
 */
export class RunBus extends Construct {
  readonly bus: EventBus;
  /** Queue of events that were not delivered. Message attributes name the rule, the target and the error. */
  readonly deadLetters: Queue;
  /** Queue of events that the bus could not encrypt or decrypt; undefined if the bus does not use the seedkit's key. */
  readonly busDeadLetters: IQueue | undefined;

  constructor(scope: Construct, id: string, { seedkit, encryptionKey }: RunBusProps) {
    super(scope, id);
    const supportsKey =
      encryptionKey !== undefined && regionSupport(this, 'TakesKey', REGIONS_WITHOUT.eventBusKey);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: seedkitNames.eventBus(seedkit),
      ...definedOnly({ kmsKey: supportsKey === false ? undefined : encryptionKey }),
    });
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: `${seedkitNames.prefix(seedkit)}-dead-letters`,
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: encryptionKey === undefined ? QueueEncryption.SQS_MANAGED : QueueEncryption.KMS,
      ...definedOnly({ encryptionMasterKey: encryptionKey }),
    });
    explain(
      this.deadLetters,
      'AwsSolutions-SQS3',
      'It is the dead-letter queue of rules and handlers itself.',
    );
    if (encryptionKey !== undefined && supportsKey !== false) {
      this.busDeadLetters = this.keepUndecrypted(seedkit, encryptionKey, supportsKey);
    }
  }

  /**
   * Refuses events with the seedkit's own source from all principals except for these roles, so that receivers can
   * trust such events. A request may have several events, so the condition key for the source has several values.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
   */
  letOnlyAnnounce(roles: readonly IRole[]): void {
    this.bus.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RefuseForgedAnnouncements',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['events:PutEvents'],
        resources: [this.bus.eventBusArn],
        conditions: {
          'ForAnyValue:StringEquals': { 'events:source': [EVENT_SOURCE] },
          ArnNotEquals: { 'aws:PrincipalArn': roles.map(({ roleArn }) => roleArn) },
        },
      }),
    );
  }

  private keepUndecrypted(seedkit: string, key: IKey, supportsKey: Exclude<RegionSupport, false>): IQueue {
    const condition = supportsKey === true ? undefined : supportsKey;
    const { queueArn, byName } = new BusDeadLetters(this, 'BusDeadLetters', { seedkit, condition });
    const bus = this.bus.node.defaultChild as CfnEventBus;
    bus.addPropertyOverride('DeadLetterConfig', ifTrue(condition, { Arn: queueArn }));
    bus.addPropertyOverride('KmsKeyIdentifier', ifTrue(condition, key.keyArn));
    return byName;
  }
}

/** Returns a value that the property has only if the condition is true; without a condition, the value itself. */
function ifTrue(condition: CfnCondition | undefined, value: unknown): unknown {
  return condition === undefined ? value : Fn.conditionIf(condition.logicalId, value, Aws.NO_VALUE);
}
