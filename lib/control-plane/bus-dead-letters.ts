import { Aws, CfnResource, Duration, Stack, type CfnCondition } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';
import { explain } from './access-statement.js';

/** Properties of {@link BusDeadLetters}. */
export interface BusDeadLettersProps {
  readonly seedkit: string;
  /** Condition of the queue; undefined if there is always one. */
  readonly condition?: CfnCondition | undefined;
}

/**
 * The dead-letter queue of an event bus with a customer managed key, for events that the bus could not encrypt or
 * decrypt. The queue is encrypted with the key of SQS: with the bus's key, it could not store an event whose encryption
 * with that key failed.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
 */
export class BusDeadLetters extends Construct {
  readonly queueArn: string;
  /** Reference to the queue by its name, so that metrics also work in a region without the queue. */
  readonly byName: IQueue;

  constructor(scope: Construct, id: string, { seedkit, condition }: BusDeadLettersProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const queueName = `${seedkitNames.prefix(seedkit)}-bus-dead-letters`;
    const queue = new Queue(this, 'Queue', {
      queueName,
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
    });
    explain(queue, 'AwsSolutions-SQS3', 'It is the dead-letter queue of the bus itself.');
    const bus = stack.formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: seedkitNames.eventBus(seedkit),
    });
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Bus',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnEquals: { 'aws:SourceArn': bus },
        },
      }),
    );
    if (condition !== undefined) {
      for (const child of this.node.findAll()) {
        if (CfnResource.isCfnResource(child)) child.cfnOptions.condition = condition;
      }
    }
    this.queueArn = queue.queueArn;
    this.byName = Queue.fromQueueArn(
      this,
      'ByName',
      stack.formatArn({ service: 'sqs', resource: queueName }),
    );
  }
}
