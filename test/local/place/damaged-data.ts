import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

import type { LocalAws } from '../../../lib/local/local-aws.js';
import { startLocalAws } from '../../../lib/local/start-local-aws.js';
import { createActiveTable } from '../dynamodb/create-active-table.js';
import { makeMemoryFolder } from './memory-folder.js';

const ENTRIES = 40;
const names = Array.from({ length: ENTRIES }, (_, number) => `entry-${number}`);
const valueOf = (name: string) => `${name} `.repeat(60);
const objectOf = (name: string) => valueOf(name).repeat(300);

/** What a read returned, by name: the value, or the error as text. */
export type Reading = Readonly<Record<string, string>>;

/** Creates a data folder with data of each type. */
export async function makeData(folder: string, beforeClose: () => void): Promise<void> {
  // Starts twice, so that LevelDB has both tables and logs.
  for (const part of [names.slice(0, ENTRIES / 2), names.slice(ENTRIES / 2)]) {
    const place = await startLocalAws({ dataFolder: folder });
    await writeData(place, part, part.includes('entry-0'));
    if (part.includes(`entry-${ENTRIES - 1}`)) beforeClose();
    await place.close();
  }
}

async function writeData(place: LocalAws, part: readonly string[], isFirst: boolean): Promise<void> {
  const { s3, dynamodb, ssm, logs } = clientsOf(place);
  const group = { logGroupName: 'group', logStreamName: 'stream' };
  if (isFirst) {
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    await createActiveTable(dynamodb, 'table', 'id');
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'group' }));
    await logs.send(new CreateLogStreamCommand(group));
  }
  for (const name of part) {
    const value = valueOf(name);
    await ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: 'String' }));
    await dynamodb.send(
      new PutItemCommand({ TableName: 'table', Item: { id: { S: name }, value: { S: value } } }),
    );
    const logEvents = [{ timestamp: Date.now(), message: value }];
    await logs.send(new PutLogEventsCommand({ ...group, logEvents }));
  }
  for (const name of part.slice(0, 3)) {
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: name, Body: objectOf(name) }));
  }
}

/** Reads all data of a running local AWS. */
export async function readData(place: LocalAws): Promise<Reading> {
  const { s3, dynamodb, ssm, logs } = clientsOf(place);
  const reading: Record<string, string> = { credentials: place.credentials.secretAccessKey };
  const read = async (what: string, work: () => Promise<unknown>) => {
    reading[what] = await work().then(
      (found) => JSON.stringify(found),
      (error: Error) => `error: ${error.name} ${error.message}`,
    );
  };
  await read('parameters', async () => {
    const values: [string, string][] = [];
    for (let from = 0; from < names.length; from += 10) {
      const { Parameters = [] } = await ssm.send(
        new GetParametersCommand({ Names: names.slice(from, from + 10) }),
      );
      values.push(...Parameters.map(({ Name = '', Value = '' }): [string, string] => [Name, Value]));
    }
    return values.sort();
  });
  await read('items', async () => {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'table' }));
    return Items.map(({ id, value }) => [id?.S, value?.S]).sort();
  });
  await read('events', async () => {
    const input = { logGroupName: 'group', logStreamName: 'stream', startFromHead: true };
    const { events = [] } = await logs.send(new GetLogEventsCommand(input));
    return events.map(({ timestamp, message }) => [timestamp, message]);
  });
  for (const name of [...names.slice(0, 3), ...names.slice(ENTRIES / 2, ENTRIES / 2 + 3)]) {
    await read(`object ${name}`, async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: name }));
      return Body?.transformToString();
    });
  }
  return reading;
}

function clientsOf({ endpoint, region, credentials }: LocalAws) {
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    s3: new S3Client({ ...configuration, forcePathStyle: true, responseChecksumValidation: 'WHEN_REQUIRED' }),
    dynamodb: new DynamoDBClient(configuration),
    ssm: new SSMClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
  };
}

/** Returns the largest file of each type, by type, such as `store .ldb`. */
export function filesByKind(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (
      !entry.isFile() ||
      /^(LOG|LOG\.old|LOCK|place\.json|package\.json|worker-program.*)$/.test(entry.name)
    )
      continue;
    const [top = ''] = relative(folder, path).split('/');
    if (top === 'lock' || statSync(path).size === 0) continue;
    const kind = `${top} ${extname(entry.name) || entry.name.replace(/-.*/, '')}`.replace(
      /^s3 .*/,
      's3 blob',
    );
    const known = found.get(kind);
    if (known === undefined || statSync(known).size < statSync(path).size) found.set(kind, path);
  }
  return new Map([...found].map(([kind, path]) => [kind, relative(folder, path)]));
}

export type Damaging = 'flip' | 'cut' | 'delete';

/** Damages a file at an offset that `random` determines. */
export function damage(path: string, how: Damaging, random: () => number): void {
  const content = readFileSync(path);
  const at = Math.floor(random() * content.length);
  if (how === 'delete') return rmSync(path);
  if (how === 'cut') return writeFileSync(path, content.subarray(0, at));
  content[at] = (content[at] ?? 0) ^ (1 + Math.floor(random() * 255));
  writeFileSync(path, content);
}

/** The result of a start on damaged data. */
export interface Outcome {
  /** The error of the start. */
  readonly refused?: { readonly code: string; readonly message: string };
  /** Names of data whose value was read without an error, but differs from the value before the damage. */
  readonly differs: readonly string[];
  /** Errors of the reads. */
  readonly errors: readonly string[];
}

/** Starts a local AWS with a data folder, and reads all data. */
export async function readFolder(dataFolder: string): Promise<Reading> {
  const place = await startLocalAws({ dataFolder, buildIsolation: 'none' });
  try {
    return await readData(place);
  } finally {
    await place.close();
  }
}

/** Changes a copy of a data folder, then starts a local AWS with the copy. */
export async function startOnCopy(
  folder: string,
  change: (copy: string) => void,
  expected: Reading,
): Promise<Outcome> {
  const copy = makeMemoryFolder('codeseeder-damaged-');
  try {
    cpSync(folder, copy, { recursive: true });
    change(copy);
    return compare(await readFolder(copy), expected);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { refused: { code, message }, differs: [], errors: [] };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function compare(reading: Reading, expected: Reading): Outcome {
  const unequal = Object.keys(expected).filter((what) => reading[what] !== expected[what]);
  const isError = (what: string) => reading[what]?.startsWith('error: ') === true;
  return {
    differs: unequal
      .filter((what) => !isError(what) || isDenial(reading[what]))
      .map((what) => `${what}: ${reading[what]?.slice(0, 200)}`),
    errors: unequal.filter(isError).map((what) => reading[what] ?? ''),
  };
}

/**
 * Returns whether an error means that something does not exist. All data in these tests exists, so such an error
 * would hide the damage.
 */
function isDenial(text: string | undefined): boolean {
  return /NotFound|NoSuch|does not exist/i.test(text ?? '');
}

/** Returns a function that returns numbers from 0 to 1. Equal seeds give equal numbers. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
