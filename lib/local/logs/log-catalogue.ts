import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { PlaceContext } from '../place-context.js';
import type { LogLine } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import { EVENT_OVERHEAD_BYTES, openStreamFile, type StreamFile } from './stream-file.js';

export interface GroupRecord {
  readonly name: string;
  /** Names the folder; another group of the same name made later has another. */
  readonly id: string;
  readonly creationTime: number;
  readonly retentionInDays?: number;
  readonly kmsKeyId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface StreamRecord {
  readonly group: string;
  readonly name: string;
  readonly creationTime: number;
  readonly firstEventTimestamp?: number;
  readonly lastEventTimestamp?: number;
  readonly lastIngestionTime?: number;
  readonly storedBytes: number;
}

/** Which groups and streams there are, and where their events lie. */
export interface LogCatalogue {
  groups(): GroupRecord[];
  /** @throws AwsError `ResourceNotFoundException` */
  group(name: string): GroupRecord;
  createGroup(group: Pick<GroupRecord, 'name' | 'kmsKeyId' | 'tags'>): Promise<void>;
  putGroup(group: GroupRecord): Promise<void>;
  deleteGroup(name: string): Promise<void>;
  streams(group: string): StreamRecord[];
  /** @throws AwsError `ResourceNotFoundException` */
  stream(group: string, name: string): StreamRecord;
  createStream(group: string, name: string): Promise<void>;
  deleteStream(group: string, name: string): Promise<void>;
  events(group: string, stream: string): Promise<StreamFile>;
  append(group: string, stream: string, lines: readonly LogLine[]): Promise<void>;
  /** Makes group and stream where missing. */
  ensure(group: string, stream: string): Promise<void>;
}

/** Streams whose index stays in memory while nobody writes to them. */
const OPEN_STREAMS_MAX = 200;

interface Group {
  record: GroupRecord;
  readonly streams: Map<string, StreamRecord>;
}

export async function openLogCatalogue(context: PlaceContext): Promise<LogCatalogue> {
  const folder = join(context.dataFolder, 'logs');
  const groupStore = context.store.collection<GroupRecord>('logs-groups');
  const streamStore = context.store.collection<StreamRecord>('logs-streams');
  const groups = new Map<string, Group>();
  const files = new Map<string, Promise<StreamFile>>();
  const opened = new Map<string, StreamFile>();

  await mkdir(folder, { recursive: true });
  for await (const [, record] of groupStore.entries())
    groups.set(record.name, { record, streams: new Map() });
  for await (const [key, record] of streamStore.entries()) {
    const group = groups.get(record.group);
    if (group === undefined) await streamStore.delete(key);
    else group.streams.set(record.name, record);
  }
  await removeForgotten(folder, new Set([...groups.values()].map(({ record }) => record.id)));

  const streamKey = (group: string, name: string): string => `${group}:${name}`;
  const findGroup = (name: string): Group => {
    const group = groups.get(name);
    if (group === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    return group;
  };
  const findStream = (group: string, name: string): StreamRecord => {
    const stream = findGroup(group).streams.get(name);
    if (stream === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    return stream;
  };
  const pathOf = (group: string, name: string): string =>
    join(folder, findGroup(group).record.id, `${createHash('sha256').update(name).digest('hex')}.jsonl`);

  function openFile(group: string, name: string): Promise<StreamFile> {
    const path = pathOf(group, name);
    const open = files.get(path) ?? openStreamFile(path);
    files.delete(path);
    files.set(path, open);
    void open.then(
      (file) => opened.set(path, file),
      () => files.delete(path),
    );
    for (const old of files.keys()) {
      if (files.size <= OPEN_STREAMS_MAX) break;
      if (opened.get(old)?.isBusy() === false) forget(old);
    }
    return open;
  }
  function forget(path: string): void {
    files.delete(path);
    opened.delete(path);
  }

  const catalogue: LogCatalogue = {
    groups: () => [...groups.values()].map(({ record }) => record).sort(byName),
    group: (name) => findGroup(name).record,
    async createGroup({ name, tags, ...rest }) {
      if (groups.has(name)) {
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
      }
      const record = { name, tags, ...rest, id: randomUUID(), creationTime: context.clock.now() };
      // At once, so that whoever finds the group can write to it.
      mkdirSync(join(folder, record.id), { recursive: true });
      groups.set(name, { record, streams: new Map() });
      await groupStore.put(name, record);
    },
    async putGroup(record) {
      findGroup(record.name).record = record;
      await groupStore.put(record.name, record);
    },
    async deleteGroup(name) {
      const { record, streams } = findGroup(name);
      groups.delete(name);
      await streamStore.batch([...streams.keys()].map((stream) => ({ delete: streamKey(name, stream) })));
      await groupStore.delete(name);
      for (const path of [...files.keys()]) if (path.startsWith(join(folder, record.id))) forget(path);
      await rm(join(folder, record.id), { recursive: true, force: true });
    },
    streams: (group) => [...findGroup(group).streams.values()].sort(byName),
    stream: findStream,
    async createStream(group, name) {
      const { streams } = findGroup(group);
      if (streams.has(name)) {
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
      }
      const record = { group, name, creationTime: context.clock.now(), storedBytes: 0 };
      streams.set(name, record);
      await streamStore.put(streamKey(group, name), record);
    },
    async deleteStream(group, name) {
      findStream(group, name);
      const path = pathOf(group, name);
      findGroup(group).streams.delete(name);
      await streamStore.delete(streamKey(group, name));
      forget(path);
      await rm(path, { force: true });
    },
    async events(group, stream) {
      findStream(group, stream);
      return openFile(group, stream);
    },
    async append(group, stream, lines) {
      if (lines.length === 0) return;
      findStream(group, stream);
      const now = context.clock.now();
      const file = await openFile(group, stream);
      await file.append(lines, now);
      const current = groups.get(group)?.streams.get(stream);
      if (current === undefined) return;
      const record = withLines(current, lines, now);
      groups.get(group)?.streams.set(stream, record);
      await streamStore.put(streamKey(group, stream), record);
    },
    async ensure(group, stream) {
      if (!groups.has(group)) await catalogue.createGroup({ name: group, tags: {} });
      if (!findGroup(group).streams.has(stream)) await catalogue.createStream(group, stream);
    },
  };
  return catalogue;
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function withLines(record: StreamRecord, lines: readonly LogLine[], now: number): StreamRecord {
  let { firstEventTimestamp = Infinity, lastEventTimestamp = -Infinity, storedBytes } = record;
  for (const { timestamp, message } of lines) {
    firstEventTimestamp = Math.min(firstEventTimestamp, timestamp);
    lastEventTimestamp = Math.max(lastEventTimestamp, timestamp);
    storedBytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
  }
  return { ...record, firstEventTimestamp, lastEventTimestamp, storedBytes, lastIngestionTime: now };
}

/** Folders of groups whose deletion was cut short. */
async function removeForgotten(folder: string, known: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!known.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
