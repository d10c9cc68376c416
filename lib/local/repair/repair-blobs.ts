import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { withoutVersions, type StoredPackage } from '../codeartifact/stored-package.js';
import { openBlobFile } from '../durable/blob-file.js';
import { blobPath, type Blob } from '../durable/blob-folder.js';
import type { DurableStore } from '../durable/durable-store.js';
import { LocalAwsError } from '../local-aws-error.js';
import type { ObjectRecord, PartRecord } from '../s3/object-record.js';
import type { Repair } from './repair-report.js';

/**
 * Removes objects and parts of uploads whose content cannot be read.
 * @returns the number of remaining objects
 */
export async function repairObjects(repair: Repair, store: DurableStore): Promise<number> {
  const named = new Set<string>();
  let kept = 0;
  const check = async (subject: string, blobs: readonly Blob[]) => {
    for (const { id } of blobs) named.add(id);
    const reason = await faultOf(repair, 's3', blobs);
    if (reason !== undefined) repair.lose(subject, reason);
    return reason === undefined;
  };
  const objects = store.collection<ObjectRecord>('s3-objects');
  for await (const [id, { blobs }] of objects.entries()) {
    if (await check(`s3://${id}`, blobs)) kept += 1;
    else await objects.delete(id);
  }
  const parts = store.collection<PartRecord>('s3-parts');
  for await (const [id, { blob }] of parts.entries()) {
    if (!(await check(`part ${id} of an upload to S3`, [blob]))) await parts.delete(id);
  }
  await moveUnreferenced(repair, 's3', named);
  return kept;
}

/** Removes package versions with an asset that cannot be read. @returns the number of remaining assets */
export async function repairPackages(repair: Repair, store: DurableStore): Promise<number> {
  const packages = store.collection<StoredPackage>('codeartifact-packages');
  const named = new Set<string>();
  let kept = 0;
  for await (const [id, stored] of packages.entries()) {
    const lost: string[] = [];
    for (const [version, { assets }] of Object.entries(stored.versions)) {
      const blobs = assets.map(({ blob }) => blob);
      for (const blob of blobs) named.add(blob.id);
      const reason = await faultOf(repair, 'codeartifact', blobs);
      if (reason === undefined) kept += blobs.length;
      else {
        lost.push(version);
        repair.lose(`version ${version} of the package ${id}`, reason);
      }
    }
    const changed = withoutVersions(stored, lost);
    if (Object.keys(changed.versions).length === 0) await packages.delete(id);
    else if (lost.length > 0) await packages.put(id, changed);
  }
  await moveUnreferenced(repair, 'codeartifact', named);
  return kept;
}

/**
 * Moves content aside that no record refers to. If records were lost, it may belong to one of them, and the next
 * start would delete it.
 */
async function moveUnreferenced(repair: Repair, folder: string, named: ReadonlySet<string>): Promise<void> {
  if (!repair.hasLosses()) return;
  const blobs = join(repair.dataFolder, folder, 'blobs');
  let count = 0;
  for (const part of await readdir(blobs)) {
    for (const id of await readdir(join(blobs, part))) {
      if (named.has(id)) continue;
      await repair.moveAside(join(folder, blobPath(id)));
      count += 1;
    }
  }
  if (count > 0) repair.lose(`${count} files of ${folder}`, 'the records that referred to them are lost');
}

/** Reads all content of blobs. If a blob cannot be read, moves it aside and returns the reason. */
async function faultOf(
  repair: Repair,
  folder: 's3' | 'codeartifact',
  blobs: readonly Blob[],
): Promise<string | undefined> {
  let reason: string | undefined;
  for (const { id, sizeBytes } of blobs) {
    const path = blobPath(id);
    const fault = await readAll(repair.dataFolder, join(repair.dataFolder, folder, path), sizeBytes);
    if (fault === undefined) continue;
    reason ??= fault;
    await repair.moveAside(join(folder, path));
  }
  return reason;
}

async function readAll(dataFolder: string, path: string, sizeBytes: number): Promise<string | undefined> {
  if (sizeBytes === 0) return undefined;
  try {
    const file = await openBlobFile(dataFolder, { path, sizeBytes });
    try {
      for await (const piece of file.read(0, sizeBytes - 1)) void piece;
    } finally {
      await file.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof LocalAwsError) return error.message.split('. ', 1)[0] ?? error.message;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `${path} is missing`;
    throw error;
  }
}
