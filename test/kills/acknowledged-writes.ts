import { randomBytes } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  paginateFilterLogEvents,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

import { allReceived } from '../end-to-end/received-events.js';
import { createActiveTable } from '../local/dynamodb/create-active-table.js';

const TABLE = 'acknowledged';
const SECRET = 'acknowledged';
const LOG = { logGroupName: '/acknowledged', logStreamName: 'acknowledged' };
/**
 * Options of clients that do not retry. After a retry, it would not be known which write was acknowledged.
 */
const ONCE = { maxAttempts: 1 };

/** The last acknowledged value of one key, and values whose write may have happened after it. */
interface Register {
  /** Value of the last acknowledged write. */
  acknowledged?: string;
  /** Values of later writes that received no response. */
  attempted: string[];
}

/** Writes to one service of the local AWS, and reads the values back. */
export interface Writer {
  readonly name: string;
  /** Writes a value once. @throws any error when the local AWS does not respond */
  write(): Promise<void>;
  /** Returns a sentence for each acknowledged write that is missing or incomplete. */
  breaches(): Promise<string[]>;
}

/** Returns a writer that overwrites one value. */
function replacing(
  name: string,
  { write, read }: { write: (value: string) => Promise<unknown>; read: () => Promise<string | undefined> },
  aValue: () => string = () => randomBytes(8).toString('hex'),
): Writer {
  const register: Register = { attempted: [] };
  let acknowledged = 0;
  return {
    name,
    async write() {
      const value = aValue();
      register.attempted.push(value);
      await write(value);
      acknowledged += 1;
      Object.assign(register, { acknowledged: value, attempted: [] });
    },
    async breaches() {
      const value = await read();
      const allowed = [register.acknowledged, ...register.attempted];
      if (allowed.includes(value)) return [];
      return [
        `${name}: after ${acknowledged} acknowledged writes it holds ${summary(value)}, which is neither the last of them nor one that followed without an answer`,
      ];
    },
  };
}

/** Returns a writer that adds values under new names. */
function adding(
  name: string,
  { write, read }: { write: (value: string) => Promise<unknown>; read: () => Promise<ReadonlySet<string>> },
): Writer {
  const acknowledged: string[] = [];
  return {
    name,
    async write() {
      const value = randomBytes(8).toString('hex');
      await write(value);
      acknowledged.push(value);
    },
    async breaches() {
      const there = await read();
      return acknowledged.filter((value) => !there.has(value)).map((value) => `${name}: ${value} is missing`);
    },
  };
}

const summary = (value: string | undefined) =>
  value === undefined ? 'nothing' : `${value.slice(0, 16)} (${value.length} characters)`;

/** Opens writers to every service of the local AWS that stores data. */
export async function openWriters(bucket: string, eventBus: string): Promise<readonly Writer[]> {
  await createPlaces();
  return [objects(bucket), items(), secrets(), logEvents(), events(eventBus)];
}

async function createPlaces(): Promise<void> {
  await createActiveTable(new DynamoDBClient({}), TABLE, 'id');
  await new SecretsManagerClient({}).send(new CreateSecretCommand({ Name: SECRET }));
  const logs = new CloudWatchLogsClient({});
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG.logGroupName }));
  await logs.send(new CreateLogStreamCommand(LOG));
}

/** Overwrites one object with up to 400 KB. An incomplete object has a wrong length or content. */
function objects(bucket: string): Writer {
  const client = new S3Client({ ...ONCE, forcePathStyle: true });
  const place = { Bucket: bucket, Key: 'acknowledged' };
  return replacing(
    'S3',
    {
      write: (value) => client.send(new PutObjectCommand({ ...place, Body: value })),
      read: async () => {
        try {
          const { Body } = await client.send(new GetObjectCommand(place));
          return await Body?.transformToString();
        } catch (error) {
          if (error instanceof NoSuchKey) return undefined;
          throw error;
        }
      },
    },
    () => randomBytes(Math.floor(Math.random() * 200_000) + 1).toString('hex'),
  );
}

function items(): Writer {
  const client = new DynamoDBClient(ONCE);
  return replacing('DynamoDB', {
    write: (value) =>
      client.send(new PutItemCommand({ TableName: TABLE, Item: { id: { S: 'one' }, value: { S: value } } })),
    read: async () => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: TABLE, Key: { id: { S: 'one' } }, ConsistentRead: true }),
      );
      return Item?.['value']?.S;
    },
  });
}

function secrets(): Writer {
  const client = new SecretsManagerClient(ONCE);
  return replacing('Secrets Manager', {
    write: (value) => client.send(new PutSecretValueCommand({ SecretId: SECRET, SecretString: value })),
    read: async () => {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId: SECRET }))).SecretString;
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
  });
}

function logEvents(): Writer {
  const client = new CloudWatchLogsClient(ONCE);
  return adding('CloudWatch Logs', {
    write: (message) =>
      client.send(
        new PutLogEventsCommand({
          ...LOG,
          logEvents: [{ message, timestamp: Date.now() }],
        }),
      ),
    read: async () => {
      const messages = new Set<string>();
      const { logGroupName } = LOG;
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        for (const { message = '' } of events) messages.add(message);
      }
      return messages;
    },
  });
}

/** Source of the events that {@link events} puts. */
export const EVENTS_OF_WRITER = 'kills';

/** Puts events for a rule. An accepted event must be delivered at least once. */
function events(eventBus: string): Writer {
  const client = new EventBridgeClient(ONCE);
  return adding('EventBridge', {
    write: async (id) => {
      const entry = {
        EventBusName: eventBus,
        Source: EVENTS_OF_WRITER,
        DetailType: 'Test',
        Detail: JSON.stringify({ id }),
      };
      const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries: [entry] }));
      if (FailedEntryCount !== 0) throw new Error('the event was not taken');
    },
    read: async () =>
      new Set((await allReceived()).map(({ detail }) => (detail as { id?: string }).id ?? '')),
  });
}
