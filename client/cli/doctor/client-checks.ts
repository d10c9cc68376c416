import type { Connection } from '../../connection/connection.js';
import { BUNDLES_PREFIX, seedkitNames } from '../../../lib/contract/index.js';
import { type Check, subject } from './check.js';
import { deniedOf } from './deployer-checks.js';

/** Id and key of nothing. To find out that it does not exist needs the right to read. */
const NOTHING = 'codeseeder-doctor';

/**
 * Checks the rights of a client by reads that find nothing. A right to write shows only when it is used, because each
 * write would leave something behind.
 */
export async function clientChecks(connection: Connection, isLocal: boolean): Promise<Check[]> {
  const reading = subject('read-rights', 'Rights to read runs');
  const starting = subject('submit-rights', 'Rights to start runs');
  if (isLocal) {
    return [reading.ok('a local AWS checks no policies'), starting.ok('a local AWS checks no policies')];
  }
  const denied = await deniedOf(await readsOf(connection));
  const policy = 'Attach the managed policy of the output ClientPolicyArn of the stack to your role or user.';
  return [
    denied.length === 0 ? reading.ok('records, objects, logs and executions can be read') : missing(denied),
    starting.unknown(
      'a right to write shows only when it is used',
      'To try it, run something: codeseeder run -- true',
    ),
  ];

  function missing(rights: readonly string[]): Check {
    return reading.problem(`${rights.join(', ')} ${rights.length === 1 ? 'is' : 'are'} denied`, policy);
  }
}

type Read = readonly [right: string, read: (abortSignal: AbortSignal) => Promise<unknown>];

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
