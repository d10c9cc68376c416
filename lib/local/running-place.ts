import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { writePrivately } from './place-identity.js';

const runningPlaceSchema = z.object({
  /** URL of the local AWS, `http://127.0.0.1:<port>`. */
  endpoint: z.string(),
  port: z.number(),
  pid: z.number(),
  region: z.string(),
  account: z.string(),
  /** Time in ISO 8601. */
  startedAt: z.string(),
  /** Start time of the process. Distinguishes it from a later process with the same id. */
  processStart: z.string().optional(),
});

/** A running local AWS and its endpoint. */
export type RunningPlace = z.infer<typeof runningPlaceSchema>;

/** Content of the file after the local AWS has ended. */
const lastPortSchema = z.object({ port: z.int().min(1).max(65_535) });

const FILE = 'place.json';

/**
 * Finds the local AWS that uses a data folder.
 *
 * @returns undefined if none is running, even if a killed process has left its file behind
 */
export async function findRunningPlace(dataFolder: string): Promise<RunningPlace | undefined> {
  const place = await readRunningPlace(dataFolder);
  return place !== undefined && (await isAlive(place)) ? place : undefined;
}

/** Reads the file of a data folder. The process that wrote it may have ended. */
export async function readRunningPlace(dataFolder: string): Promise<RunningPlace | undefined> {
  return readFileOf(dataFolder, runningPlaceSchema);
}

async function readFileOf<Content>(
  dataFolder: string,
  schema: z.ZodType<Content>,
): Promise<Content | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(join(dataFolder, FILE), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

export async function writeRunningPlace(
  dataFolder: string,
  place: Omit<RunningPlace, 'pid' | 'processStart'>,
): Promise<void> {
  const processStart = await processStartOf(process.pid);
  await writePrivately(join(dataFolder, FILE), {
    ...place,
    pid: process.pid,
    processStart,
  });
}

/** Removes the endpoint of the running local AWS from its file. Keeps the port for the next start. */
export async function removeRunningPlace(dataFolder: string): Promise<void> {
  const path = join(dataFolder, FILE);
  const port = await readLastPort(dataFolder);
  const kept = port === undefined ? rm(path, { force: true }) : writePrivately(path, { port });
  // If the port cannot be written, for example on a full disk, removes the file. The next start then uses another
  // port.
  await kept.catch(() => rm(path, { force: true }));
}

/** Reads the port that the last local AWS of a data folder listened on. @returns undefined when there was none */
export async function readLastPort(dataFolder: string): Promise<number | undefined> {
  return (await readFileOf(dataFolder, lastPortSchema))?.port;
}

async function isAlive({ pid, processStart }: RunningPlace): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const current = await processStartOf(pid);
  return processStart === undefined || current === undefined || processStart === current;
}

/**
 * Returns the start time of a process in clock ticks since boot, on systems with `/proc`.
 * @see proc_pid_stat(5)
 */
async function processStartOf(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
