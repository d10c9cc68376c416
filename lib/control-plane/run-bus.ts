import { Duration } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';
import { explain } from './access-statement.js';

export interface RunBusProps {
  readonly seedkit: string;
  readonly encryptionKey?: IKey | undefined;
}

/** The seedkit's bus, and the queue for what could not be delivered. */
export class RunBus extends Construct {
  readonly bus: EventBus;
  /** Events that no target took; their attributes say which rule, target and error. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: RunBusProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: seedkitNames.eventBus(props.seedkit),
      description: `Run State Change, Run Requested and Run Refused events of the seedkit ${props.seedkit}`,
      ...(props.encryptionKey === undefined ? {} : { kmsKey: props.encryptionKey }),
    });
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: `${seedkitNames.prefix(props.seedkit)}-dead-letters`,
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      ...(props.encryptionKey === undefined
        ? { encryption: QueueEncryption.SQS_MANAGED }
        : { encryption: QueueEncryption.KMS, encryptionMasterKey: props.encryptionKey }),
    });
    explain(
      this.deadLetters,
      'AwsSolutions-SQS3',
      'It is the dead-letter queue of rules and handlers itself.',
    );
  }
}
