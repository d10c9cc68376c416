import { Duration } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';
import { explain } from './access-statement.js';
import { definedOnly } from '../contract/defined-only.js';

/** Properties of {@link RunBus}. */
export interface RunBusProps {
  readonly seedkit: string;
  readonly encryptionKey?: IKey | undefined;
}

/** The seedkit's event bus and its dead-letter queue. */
export class RunBus extends Construct {
  readonly bus: EventBus;
  /** Queue of events that were not delivered. Message attributes name the rule, the target and the error. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: RunBusProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: seedkitNames.eventBus(props.seedkit),
      description: `Run State Change, Run Requested and Run Refused events of the seedkit ${props.seedkit}`,
      ...definedOnly({ kmsKey: props.encryptionKey }),
    });
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: `${seedkitNames.prefix(props.seedkit)}-dead-letters`,
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: props.encryptionKey === undefined ? QueueEncryption.SQS_MANAGED : QueueEncryption.KMS,
      ...definedOnly({ encryptionMasterKey: props.encryptionKey }),
    });
    explain(
      this.deadLetters,
      'AwsSolutions-SQS3',
      'It is the dead-letter queue of rules and handlers itself.',
    );
  }
}
