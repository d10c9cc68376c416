import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { type LockState, seedkitNames } from '../contract/index.js';
import { definedOnly } from '../contract/defined-only.js';

/** Properties of {@link LockTable}. */
export interface LockTableProps {
  readonly seedkit: string;
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The table of locks: one item per lock, with its holder, its fencing number and its queue. It is deleted with the
 * stack, because locks have no use without runs. Fencing numbers of a new table are larger than those of a deleted one,
 * because they start from the current time.
 */
export class LockTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { seedkit, encryptionKey }: LockTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      tableName: seedkitNames.lockTable(seedkit),
      partitionKey: { name: 'lock' satisfies keyof LockState, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // Releasing a lock sets this attribute. Taking the lock or queuing for it removes the attribute.
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...definedOnly({
        encryption: encryptionKey && TableEncryption.CUSTOMER_MANAGED,
        encryptionKey,
      }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
