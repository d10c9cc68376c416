import type { S3Bucket } from '../../lib/s3-objects.js';
import type { RunMachine } from '../../lib/run-store/execution.js';
import type { LockTable } from '../../lib/run-store/lock.js';
import type { RunTable } from '../../lib/run-store/record.js';
import { seedkitNames } from '../../lib/contract/seedkit-names.js';
import type { Connection } from './connection.js';

/** Returns the bucket of a connection's seedkit, with the client to use it. */
export async function filesOf(connection: Connection): Promise<S3Bucket> {
  const { bucket } = await connection.deployed();
  return { s3: await connection.clients.s3(), bucket };
}

/** Returns the run table of a connection's seedkit, with the client to use it. */
export async function tableOf(connection: Connection): Promise<RunTable> {
  const { runTable } = await connection.deployed();
  return { dynamodb: await connection.clients.dynamoDb(), runTable };
}

/** Returns the table of locks of a connection's seedkit, with the client to use it. */
export async function locksOf(connection: Connection): Promise<LockTable> {
  await connection.deployed();
  return {
    dynamodb: await connection.clients.dynamoDb(),
    lockTable: seedkitNames.lockTable(connection.seedkit),
  };
}

/** Returns the state machine of a connection's seedkit, with the client to use it. */
export async function machineOf(connection: Connection): Promise<RunMachine> {
  const { stateMachineArn } = await connection.deployed();
  return { sfn: await connection.clients.states(), stateMachineArn };
}
