import { BUNDLES_PREFIX, seedkitNames } from '../../../lib/contract/index.js';
import type { AwsOptions } from '../../aws-options.js';
import type { Connection } from '../../connection/connection.js';
import type { StackState } from '../../deploy/stack-state.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { commandWith } from '../upgrade/run-upgrade.js';
import type { Check } from '../output-types.js';
import { subject } from './check.js';
import { deniedOf, type Read } from './denied-reads.js';
import { rightsCheck } from './rights-check.js';
import { simulateRights } from './simulate-rights.js';
import { clientCalls } from './simulated-calls.js';

/** Id and key that do not exist. Looking them up needs the right to read. */
const NOTHING = 'codeseeder-doctor';

/** The seedkit whose rights are checked, and the identity that has them or not. */
export interface InspectedSeedkit {
  readonly name: string;
  readonly stack: StackState;
  readonly aws: AwsOptions;
  /** ARN of the identity. */
  readonly caller: string;
  readonly flags: SeedkitOption;
}

const reading = subject('read-rights', 'Rights to read runs');
const starting = subject('submit-rights', 'Rights to start runs');

/** Returns the rights in a local AWS. */
export function localRights(): Check[] {
  return [reading.ok('a local AWS checks no policies'), starting.ok('a local AWS checks no policies')];
}

/**
 * Checks the rights of a client: those to read by reads that find nothing, and those to write by a simulation of the
 * caller's policies, because each write would leave something behind.
 */
export async function clientChecks(connection: Connection, inspected: InspectedSeedkit): Promise<Check[]> {
  const [denied, start] = await Promise.all([readsOf(connection).then(deniedOf), startCheck(inspected)]);
  const read =
    denied.length === 0
      ? reading.ok('records, objects, logs and executions can be read')
      : reading.problem(
          `${denied.join(', ')} ${denied.length === 1 ? 'is' : 'are'} denied`,
          `Attach ${policyOf(inspected)} to your role or user.`,
        );
  return [read, start];
}

async function startCheck(inspected: InspectedSeedkit): Promise<Check> {
  const { name, stack, aws, caller, flags } = inspected;
  const simulation = await simulateRights(aws, caller, clientCalls(name, stack));
  const trial = `${commandWith(flags, 'run', '--seedkit', name)} -- true`;
  return rightsCheck(starting, simulation, {
    trial: `Run something: ${trial}`,
    remedy: `Attach ${policyOf(inspected)} to your role or user. To try without it: ${trial}`,
    notSeen: 'Policies of the bucket and the key are not part of it',
  });
}

/** Returns the managed policy for clients of the seedkit. */
function policyOf({ stack }: InspectedSeedkit): string {
  return `the policy ${stack.outputs['ClientPolicyArn'] ?? 'in the output ClientPolicyArn of the stack'}`;
}

async function readsOf(connection: Connection): Promise<Read[]> {
  const { GetItemCommand } = await import('@aws-sdk/client-dynamodb');
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { DescribeLogStreamsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const { ListExecutionsCommand } = await import('@aws-sdk/client-sfn');
  const { seedkit, clients } = connection;
  const { bucket, runTable, stateMachineArn } = await connection.deployed();
  const [dynamoDb, s3, logs, states] = await Promise.all([
    clients.dynamoDb(),
    clients.s3(),
    clients.logs(),
    clients.states(),
  ]);
  return [
    [
      'dynamodb:GetItem on the run table',
      (abortSignal) =>
        dynamoDb.send(new GetItemCommand({ TableName: runTable, Key: { runId: { S: NOTHING } } }), {
          abortSignal,
        }),
    ],
    [
      'dynamodb:GetItem on the table of locks',
      (abortSignal) =>
        dynamoDb.send(
          new GetItemCommand({ TableName: seedkitNames.lockTable(seedkit), Key: { lock: { S: NOTHING } } }),
          { abortSignal },
        ),
    ],
    [
      's3:GetObject and s3:ListBucket on the bucket',
      (abortSignal) =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${BUNDLES_PREFIX}${NOTHING}.json` }), {
          abortSignal,
        }),
    ],
    [
      'logs:DescribeLogStreams on the log group of builds',
      (abortSignal) =>
        logs.send(
          new DescribeLogStreamsCommand({ logGroupName: seedkitNames.buildLogGroup(seedkit), limit: 1 }),
          { abortSignal },
        ),
    ],
    [
      'states:ListExecutions on the state machine',
      (abortSignal) =>
        states.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }), { abortSignal }),
    ],
  ];
}
