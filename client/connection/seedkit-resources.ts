import type { S3Bucket } from '../../lib/s3-objects.js';
import type { RunMachine } from '../../lib/run-store/execution.js';
import type { RunTable } from '../../lib/run-store/record.js';
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

/** Returns the state machine of a connection's seedkit, with the client to use it. */
export async function machineOf(connection: Connection): Promise<RunMachine> {
  const { stateMachineArn } = await connection.deployed();
  return { sfn: await connection.clients.states(), stateMachineArn };
}
