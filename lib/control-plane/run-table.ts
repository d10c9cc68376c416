import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import {
  RUNS_BY_BUILD_INDEX,
  RUNS_BY_DAY_INDEX,
  RUNS_BY_FACET_INDEX,
  seedkitNames,
  type FacetEntry,
  type RunRecord,
} from '../contract/index.js';
import { definedOnly } from '../contract/defined-only.js';

/** Properties of {@link RunTable}. */
export interface RunTableProps {
  readonly seedkit: string;
  readonly encryptionKey?: IKey | undefined;
  /** Whether DynamoDB refuses to delete the table. */
  readonly deletionProtection: boolean;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The table of records: one item per run, an index that lists the runs of a day, one that finds the run of a build, and
 * one that finds runs by facets, such as labels. The index by facets needs additional small items in the table.
 *
 * CloudFormation can add or remove one index in an update: add at most one between two releases.
 */
export class RunTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: RunTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      tableName: seedkitNames.runTable(props.seedkit),
      partitionKey: text('runId'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt' satisfies keyof RunRecord,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...definedOnly({
        encryption: props.encryptionKey && TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: props.encryptionKey,
      }),
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: RUNS_BY_DAY_INDEX,
      partitionKey: text('day'),
      sortKey: text('queuedAt'),
      projectionType: ProjectionType.ALL,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: RUNS_BY_BUILD_INDEX,
      partitionKey: text('buildId'),
      projectionType: ProjectionType.KEYS_ONLY,
    });
    // The index has only the keys, because with more attributes each change of a record would also write to the index.
    this.table.addGlobalSecondaryIndex({
      indexName: RUNS_BY_FACET_INDEX,
      partitionKey: text('facet'),
      sortKey: text('position'),
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}

function text(name: keyof RunRecord | keyof FacetEntry) {
  return { name, type: AttributeType.STRING };
}
