import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Collection } from '../durable/durable-store.js';
import { KeyedLock } from '../durable/keyed-lock.js';
import type { PlaceContext } from '../place-context.js';
import type { LogLine } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import { OpenStreams } from './open-streams.js';
import type { StreamFile } from './stream-file.js';

export interface GroupRecord {
  readonly name: string;
  /** Name of the group's folder. If a group is deleted and created again, it has another id. */
  readonly id: string;
  readonly creationTime: number;
  readonly retentionInDays?: number | undefined;
  readonly kmsKeyId?: string | undefined;
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

/** Settings of a group that can be changed. */
export type GroupSettings = Pick<GroupRecord, 'retentionInDays' | 'kmsKeyId' | 'tags'>;

interface Group {
  record: GroupRecord;
  readonly streams: Map<string, StreamRecord>;
}

/** All log groups and streams, and the files with the events of each stream. */
export class LogCatalogue {
  readonly #dataFolder: string;
  readonly #folder: string;
  readonly #now: () => number;
  readonly #groupStore: Collection<GroupRecord>;
  readonly #streamStore: Collection<StreamRecord>;
  readonly #groups = new Map<string, Group>();
  readonly #files = new OpenStreams();
  /**
   * Serializes the changes of a group and its streams, by the group's name. Otherwise two simultaneous calls could
   * both create a stream, and a stream that is deleted while lines are added to it would be stored again.
   */
  readonly #changes = new KeyedLock();

  static async open(context: PlaceContext): Promise<LogCatalogue> {
    const catalogue = new LogCatalogue(context);
    await catalogue.#load();
    return catalogue;
  }

  private constructor({ dataFolder, store, clock }: PlaceContext) {
    this.#dataFolder = dataFolder;
    this.#folder = join(dataFolder, 'logs');
    this.#now = () => clock.now();
    this.#groupStore = store.collection('logs-groups');
    this.#streamStore = store.collection('logs-streams');
  }

  async #load(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for await (const [, record] of this.#groupStore.entries()) {
      this.#groups.set(record.name, { record, streams: new Map() });
    }
    for await (const [key, record] of this.#streamStore.entries()) {
      const group = this.#groups.get(record.group);
      if (group === undefined) await this.#streamStore.delete(key);
      else group.streams.set(record.name, record);
    }
    // Removes the folders of groups that were being deleted when the process was killed.
    const known = new Set([...this.#groups.values()].map(({ record }) => record.id));
    for (const name of await readdir(this.#folder)) {
      if (!known.has(name)) await rm(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  /** Returns all groups in the order of their names. */
  groups(): GroupRecord[] {
    return [...this.#groups.values()].map(({ record }) => record).sort(byName);
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /** Returns a log group. @throws AwsError `ResourceNotFoundException` */
  group(name: string): GroupRecord {
    return this.#find(name).record;
  }

  /** Creates a log group. @throws AwsError `ResourceAlreadyExistsException` */
  createGroup(group: Pick<GroupRecord, 'name'> & GroupSettings): Promise<void> {
    return this.#changes.run(group.name, async () => {
      if (this.hasGroup(group.name)) {
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
      }
      const record = { ...group, id: randomUUID(), creationTime: this.#now() };
      await mkdir(join(this.#folder, record.id), { recursive: true });
      await this.#groupStore.put(record.name, record);
      this.#groups.set(record.name, { record, streams: new Map() });
    });
  }

  /**
   * Changes the settings of a log group.
   * @param changesOf returns the settings that change
   * @throws AwsError `ResourceNotFoundException`
   */
  changeGroup(name: string, changesOf: (group: GroupRecord) => Partial<GroupSettings>): Promise<void> {
    return this.#changes.run(name, async () => {
      const group = this.#find(name);
      const record = { ...group.record, ...changesOf(group.record) };
      await this.#groupStore.put(name, record);
      group.record = record;
    });
  }

  /** Deletes a log group with its streams. @throws AwsError `ResourceNotFoundException` */
  deleteGroup(name: string): Promise<void> {
    return this.#changes.run(name, async () => {
      const { record, streams } = this.#find(name);
      const folder = join(this.#folder, record.id);
      await this.#groupStore.delete(name);
      this.#groups.delete(name);
      await this.#streamStore.batch(
        [...streams.keys()].map((stream) => ({ delete: streamKey(name, stream) })),
      );
      this.#files.forgetBelow(folder);
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** Returns a group's streams in the order of their names. */
  streams(group: string): StreamRecord[] {
    return [...this.#find(group).streams.values()].sort(byName);
  }

  /** Returns a log stream. @throws AwsError `ResourceNotFoundException` */
  stream(group: string, name: string): StreamRecord {
    const stream = this.#find(group).streams.get(name);
    if (stream !== undefined) return stream;
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  }

  /** Creates a log stream. @throws AwsError `ResourceAlreadyExistsException` */
  createStream(group: string, name: string): Promise<void> {
    return this.#changes.run(group, async () => {
      const { streams } = this.#find(group);
      if (streams.has(name)) {
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
      }
      const record = { group, name, creationTime: this.#now(), storedBytes: 0 };
      await this.#streamStore.put(streamKey(group, name), record);
      streams.set(name, record);
    });
  }

  /** Deletes a log stream with its events. @throws AwsError `ResourceNotFoundException` */
  deleteStream(group: string, name: string): Promise<void> {
    return this.#changes.run(group, async () => {
      this.stream(group, name);
      const path = this.#pathOf(group, name);
      await this.#streamStore.delete(streamKey(group, name));
      this.#find(group).streams.delete(name);
      this.#files.forget(path);
      await rm(path, { force: true });
    });
  }

  async events(group: string, stream: string): Promise<StreamFile> {
    const { storedBytes } = this.stream(group, stream);
    return this.#files.open({
      dataFolder: this.#dataFolder,
      path: this.#pathOf(group, stream),
      storedBytes,
    });
  }

  /** Adds lines to a stream. @throws AwsError `ResourceNotFoundException` */
  async append(group: string, stream: string, lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return;
    await this.#changes.run(group, async () => {
      const file = await this.events(group, stream);
      const now = this.#now();
      await file.append(lines, now);
      // The size is that of the file: if the process was killed, the file may have lines that the record does not
      // count.
      const record = {
        ...withLines(this.stream(group, stream), lines, now),
        storedBytes: file.storedBytes(),
      };
      this.#find(group).streams.set(stream, record);
      await this.#streamStore.put(streamKey(group, stream), record);
    });
  }

  /** Creates the group and the stream if they are missing. */
  async ensure(group: string, stream: string): Promise<void> {
    if (!this.hasGroup(group)) await this.createGroup({ name: group, tags: {} }).catch(ignoreExisting);
    if (!this.#find(group).streams.has(stream)) await this.createStream(group, stream).catch(ignoreExisting);
  }

  #find(name: string): Group {
    const group = this.#groups.get(name);
    if (group !== undefined) return group;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }

  #pathOf(group: string, stream: string): string {
    return join(this.#folder, this.#find(group).record.id, streamFileName(stream));
  }
}

/** Returns the name of a stream's file in the folder of its group. */
export function streamFileName(stream: string): string {
  return `${createHash('sha256').update(stream).digest('hex')}.jsonl`;
}

/** Ignores the error if another caller has created the resource in the meantime. */
function ignoreExisting(error: unknown): void {
  if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
}

function streamKey(group: string, name: string): string {
  return `${group}:${name}`;
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function withLines(record: StreamRecord, lines: readonly LogLine[], now: number): StreamRecord {
  let { firstEventTimestamp = Infinity, lastEventTimestamp = -Infinity } = record;
  for (const { timestamp } of lines) {
    firstEventTimestamp = Math.min(firstEventTimestamp, timestamp);
    lastEventTimestamp = Math.max(lastEventTimestamp, timestamp);
  }
  return { ...record, firstEventTimestamp, lastEventTimestamp, lastIngestionTime: now };
}
