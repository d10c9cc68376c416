import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DurableStore } from '../durable/durable-store.js';
import { streamFileName, type GroupRecord, type StreamRecord } from '../logs/log-catalogue.js';
import { parseLine } from '../logs/stored-line.js';
import { EVENT_OVERHEAD_BYTES } from '../logs/stream-file.js';
import type { Repair } from './repair-report.js';

/** Removes unreadable lines of log streams. @returns the number of remaining lines */
export async function repairLogs(repair: Repair, store: DurableStore): Promise<number> {
  const groups = new Map<string, string>();
  for await (const [name, { id }] of store.collection<GroupRecord>('logs-groups').entries()) {
    groups.set(name, id);
  }
  await moveUnreferenced(repair, new Set(groups.values()));
  const streams = store.collection<StreamRecord>('logs-streams');
  let kept = 0;
  for await (const [key, record] of streams.entries()) {
    const group = groups.get(record.group);
    if (group === undefined) continue;
    const path = join('logs', group, streamFileName(record.name));
    const { lines, invalid, storedBytes } = await readLines(join(repair.dataFolder, path));
    kept += lines.length;
    const missing = Math.max(0, record.storedBytes - storedBytes);
    if (invalid === 0 && missing === 0) continue;
    repair.lose(
      `log stream ${record.name} of ${record.group}`,
      `${invalid} lines cannot be read, and ${missing} bytes of events are missing`,
    );
    await repair.moveAside(path);
    await mkdir(join(repair.dataFolder, 'logs', group), { recursive: true });
    await writeFile(join(repair.dataFolder, path), lines.map((line) => `${line}\n`).join(''));
    await streams.put(key, { ...record, storedBytes });
  }
  return kept;
}

/**
 * Moves the files of groups without a record aside. If records were lost, the files may belong to one of them, and
 * the next start would delete them.
 */
async function moveUnreferenced(repair: Repair, ids: ReadonlySet<string>): Promise<void> {
  if (!repair.hasLosses()) return;
  for (const id of await readdir(join(repair.dataFolder, 'logs'))) {
    if (ids.has(id)) continue;
    repair.lose(`logs/${id}`, 'the record of this log group is lost');
    await repair.moveAside(join('logs', id));
  }
}

async function readLines(path: string) {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines: string[] = [];
  let invalid = 0;
  let storedBytes = 0;
  // Leaves out the text after the last line feed: it is an incomplete line, whose write was never acknowledged.
  for (const line of content.split('\n').slice(0, -1)) {
    const event = parseLine(line);
    if (event === undefined) invalid += 1;
    else {
      lines.push(line);
      storedBytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    }
  }
  return { lines, invalid, storedBytes };
}
