import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

import type { LocalAws } from '../../lib/local/local-aws.js';
import { startLocalAws } from '../../lib/local/start-local-aws.js';
import { createActiveTable } from '../local/dynamodb/create-active-table.js';
import { mountSmallDisk } from '../local/durable/small-disk.js';
import { randomFrom } from '../local/place/damaged-data.js';
import { readAcknowledged, type Acknowledged } from './read-acknowledged.js';

export interface FullDiskReport {
  readonly acknowledged: number;
  readonly refused: number;
  readonly restarts: number;
  readonly faults: readonly string[];
}

/** Number of writers of each service that write at the same time. */
const WRITERS = 3;
/**
 * Size of the small disk. The local AWS starts again with a new folder after some instants, so that old data does not
 * fill the disk.
 */
const DISK_MEGABYTES = 48;
const INSTANTS_PER_FOLDER = 10;

interface Load {
  readonly acknowledged: Acknowledged;
  refused: number;
  /** Number of writes that were acknowledged since the disk had space again. */
  sinceSpace: number;
}

/** Fills the disk repeatedly while clients write. Returns the acknowledged writes that are missing. */
export async function fillAtRandom(options: {
  readonly instants: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}): Promise<FullDiskReport> {
  const { instants, seed, say = () => undefined } = options;
  const random = randomFrom(seed);
  const total = { acknowledged: 0, refused: 0, restarts: 0, faults: [] as string[] };
  for (let done = 0; done < instants; done += INSTANTS_PER_FOLDER) {
    const disk = mountSmallDisk(DISK_MEGABYTES);
    try {
      const round = { disk, random, from: done, instants: Math.min(INSTANTS_PER_FOLDER, instants - done) };
      const { load, faults } = await fillOneFolder(round);
      const count = [...Object.values(load.acknowledged)].reduce((sum, each) => sum + each.size, 0);
      total.acknowledged += count;
      total.refused += load.refused;
      total.restarts += 2;
      total.faults.push(...faults);
      say(
        `instants ${done + 1}-${done + round.instants}: acknowledged ${count}, refused ${load.refused}, faults ${faults.length}`,
      );
    } finally {
      disk.dispose();
    }
  }
  return total;
}

async function fillOneFolder(round: {
  readonly disk: ReturnType<typeof mountSmallDisk>;
  readonly random: () => number;
  readonly from: number;
  readonly instants: number;
}): Promise<{ load: Load; faults: string[] }> {
  const { disk, random } = round;
  const dataFolder = join(disk.folder, 'data');
  const empty = () => new Map<string, string>();
  const load: Load = {
    acknowledged: { parameters: empty(), items: empty(), objects: empty(), events: empty() },
    refused: 0,
    sinceSpace: 0,
  };
  const faults: string[] = [];
  const place = await startLocalAws({ dataFolder });
  await createContainers(place);
  for (let number = 1; number <= round.instants; number += 1) {
    const instant = `instant-${round.from + number}`;
    await writeThrough(place, disk, random, load, instant);
    if (load.sinceSpace === 0) faults.push(`${instant}: no write was accepted after there was space again`);
  }
  // Copies the files in the state in which `kill -9` would leave them.
  const killed = mkdtempSync(join(tmpdir(), 'codeseeder-killed-'));
  cpSync(dataFolder, killed, { recursive: true });
  await place.close();
  for (const folder of [killed, dataFolder]) faults.push(...(await missingAfterStart(folder, load)));
  rmSync(killed, { recursive: true, force: true });
  return { load, faults };
}

/** Writes while the disk is filled and emptied at random times. */
async function writeThrough(
  place: LocalAws,
  disk: ReturnType<typeof mountSmallDisk>,
  random: () => number,
  load: Load,
  instant: string,
): Promise<void> {
  const until = new AbortController();
  const writing = writeUntil(place, load, instant, until.signal);
  await pause(30 + random() * 200);
  disk.fill();
  await pause(20 + random() * 200);
  disk.free();
  load.sinceSpace = 0;
  await pause(400);
  until.abort();
  await writing;
}

async function writeUntil(place: LocalAws, load: Load, instant: string, signal: AbortSignal): Promise<void> {
  const write = writersOf(place);
  const run = async (kind: keyof Acknowledged, writer: number) => {
    for (let number = 0; !signal.aborted; number += 1) {
      const name = `${instant}-${writer}-${number}`;
      const value = `${name} `.repeat(20 + ((number * 37) % 150));
      try {
        await write[kind](name, value);
        load.acknowledged[kind].set(name, value);
        load.sinceSpace += 1;
      } catch {
        load.refused += 1;
        await pause(5);
      }
    }
  };
  const kinds = Object.keys(load.acknowledged) as (keyof Acknowledged)[];
  await Promise.all(
    kinds.flatMap((kind) => Array.from({ length: WRITERS }, (_, writer) => run(kind, writer))),
  );
}

function clientsOf({ endpoint, region, credentials }: LocalAws) {
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(configuration),
    ssm: new SSMClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
  };
}

async function createContainers(place: LocalAws): Promise<void> {
  const { s3, dynamodb, logs } = clientsOf(place);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await createActiveTable(dynamodb, 'table', 'id');
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'group' }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: 'group', logStreamName: 'stream' }));
}

function writersOf(place: LocalAws) {
  const { s3, dynamodb, ssm, logs } = clientsOf(place);
  const stream = { logGroupName: 'group', logStreamName: 'stream' };
  return {
    parameters: (Name: string, Value: string) =>
      ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' })),
    items: (id: string, value: string) =>
      dynamodb.send(new PutItemCommand({ TableName: 'table', Item: { id: { S: id }, value: { S: value } } })),
    objects: (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body })),
    events: (name: string, value: string) =>
      logs.send(
        new PutLogEventsCommand({
          ...stream,
          logEvents: [{ timestamp: Date.now(), message: `${name}\n${value}` }],
        }),
      ),
  };
}

async function missingAfterStart(dataFolder: string, { acknowledged }: Load): Promise<string[]> {
  const place = await startLocalAws({ dataFolder });
  try {
    const missing: string[] = [];
    const found = await readAcknowledged(place, acknowledged);
    for (const [kind, values] of Object.entries(acknowledged) as [
      keyof Acknowledged,
      Map<string, string>,
    ][]) {
      for (const [name, value] of values) {
        if (found[kind].get(name) !== value) missing.push(`${kind} ${name} is missing in ${dataFolder}`);
      }
    }
    return missing;
  } finally {
    await place.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
