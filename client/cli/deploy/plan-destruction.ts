import { definedOnly } from '../../../lib/contract/defined-only.js';
import { seedkitNames } from '../../../lib/contract/index.js';
import type { AwsOptions } from '../../aws-options.js';
import { describePlace } from '../../connection/missing-seedkit.js';
import { isLocalEndpoint } from '../../connection/local-endpoint.js';
import { createAwsClients } from '../../connection/aws-clients.js';
import {
  findRetainedData,
  KEY_DELETION_DAYS,
  type RetainedData,
  unlessDenied,
} from '../../deploy/retained-data.js';
import { findRetainedPackages } from '../../deploy/retained-packages.js';
import { refuseImported } from '../../deploy/refuse-imported.js';
import { deployedContext, findStack, refuseForeign, type StackState } from '../../deploy/stack-state.js';
import { isLocalArn } from '../../local-account.js';

/** What a destruction deletes and what it keeps, in words. */
export interface DestructionPlan {
  /** Where the seedkit is, such as `region eu-central-1 of account 123456789012`. */
  readonly place: string;
  /** Whether that is a local AWS. */
  readonly isLocal: boolean;
  readonly deletes: readonly string[];
  readonly keeps: readonly string[];
  /** The CodeArtifact domain that an earlier seedkit may have left: the caller may not describe it. @default none */
  readonly uncheckedDomain?: string | undefined;
}

/**
 * Finds what the destruction of a seedkit deletes, and what it keeps.
 *
 * @returns the plan; `deletes` is empty if there is nothing to delete
 * @throws CodeseederError `StackNotOurs`, or `StackImported` if other stacks import outputs of the seedkit's stack
 */
export async function planDestruction(
  name: string,
  deleteData: boolean,
  { aws, signal }: { readonly aws: AwsOptions; readonly signal: AbortSignal },
): Promise<DestructionPlan> {
  const clients = createAwsClients(aws);
  const client = await clients.cloudFormation();
  const stack = await findStack(client, seedkitNames.stack(name), signal);
  if (stack !== undefined) {
    refuseForeign(stack);
    await refuseImported(client, stack, signal);
    return planOfStack(name, stack, deleteData);
  }
  const place = describePlace(await client.config.region());
  const isLocal = isLocalEndpoint(process.env['AWS_ENDPOINT_URL']);
  const finding = findRetainedData(clients, name, signal);
  const retained = await (deleteData ? finding : finding.catch(unlessDenied));
  const { domain, state } = await findRetainedPackages(clients, name, signal);
  const data = [
    ...(retained === undefined ? [] : describeRetainedData(retained, deleteData)),
    ...(state === 'retained' ? [describeDomain(domain)] : []),
  ];
  const found = {
    place,
    isLocal,
    ...definedOnly({ uncheckedDomain: state === 'unchecked' ? domain : undefined }),
  };
  return deleteData ? { ...found, deletes: data, keeps: [] } : { ...found, deletes: [], keeps: data };
}

/** Returns the plan for a stack. Its bucket is always deleted, and the log group of builds never. */
export function planOfStack(name: string, stack: StackState, deleteData: boolean): DestructionPlan {
  const { stackId, stackName, outputs } = stack;
  const [, , , region = '', account] = stackId.split(':');
  const { Bucket, RunTable, KmsKeyArn, CodeArtifactDomain } = outputs;
  const isLocal = isLocalArn(stackId);
  const isDataDeleted = deleteData || deployedContext(stack)['removalPolicy'] === 'destroy';
  const data = [
    ...(RunTable === undefined ? [] : [`the table ${RunTable}, with the records of runs`]),
    // A local AWS has no KMS, so the key of its stack does not exist.
    ...(KmsKeyArn === undefined || isLocal ? [] : [describeKey(KmsKeyArn, isDataDeleted)]),
    ...(CodeArtifactDomain === undefined ? [] : [describeDomain(CodeArtifactDomain)]),
  ];
  return {
    place: isLocal ? describePlace(region) : `region ${region} of account ${account}`,
    isLocal,
    deletes: [
      `the stack ${stackName}, with state machines, build project, handlers, roles and schedules`,
      ...(Bucket === undefined
        ? []
        : [
            `the bucket ${Bucket}, with all objects: code, published targets, inputs, values and files of runs`,
          ]),
      ...(isDataDeleted ? data : []),
    ],
    keeps: [
      ...(isDataDeleted ? [] : data),
      `the log group ${seedkitNames.buildLogGroup(name)}, with the logs of builds`,
    ],
  };
}

function describeRetainedData({ table, keyArn }: RetainedData, isDeleted: boolean): string[] {
  return [
    `the table ${table}, with the records of runs`,
    ...(keyArn === undefined ? [] : [describeKey(keyArn, isDeleted)]),
  ];
}

function describeDomain(domain: string): string {
  return `the CodeArtifact domain ${domain}, with its packages`;
}

function describeKey(arn: string, isDeleted: boolean): string {
  return isDeleted
    ? `the KMS key ${arn}, ${KEY_DELETION_DAYS} days from now`
    : `the KMS key ${arn}, for 1 USD a month`;
}
