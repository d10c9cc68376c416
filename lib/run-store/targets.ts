/**
 * Reads and changes published targets in a seedkit's bucket. `published/targets/<name>.json` lists the versions of a
 * target, with the digest of each version's definition. Each change of the list is one conditional write.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { ListObjectsV2Command, PutObjectCommand, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';

import {
  CodeseederError,
  contentDigest,
  definitionKey,
  httpStatusOf,
  isSameContent,
  newTarget,
  parseJson,
  parseTargetDefinition,
  parseTargetState,
  type TargetDefinition,
  targetKey,
  targetNameOfKey,
  targetNotFound,
  TARGETS_PREFIX,
  type TargetState,
  type TargetVersion,
} from '../contract/index.js';
import { readObject, type S3Bucket } from '../s3-objects.js';

/** Largest list of versions of a target: some ten thousand versions. */
const TARGET_MAX_BYTES = 4 * 1024 ** 2;
const DEFINITION_MAX_BYTES = 1024 ** 2;
const CHANGE_ATTEMPTS = 10;
const CHANGE_RETRY_MS = 50;

/** Reads a target. @returns undefined when there is none, or all of its versions were removed */
export async function findTarget(name: string, files: S3Bucket): Promise<TargetState | undefined> {
  const { state } = await readState(name, files);
  return state.versions.length === 0 ? undefined : state;
}

/**
 * Reads a target.
 * @throws CodeseederError `PublishedTargetNotFound` with the nearest names; `InputChanged` or `InvalidRequest` if the
 *   stored list of versions is not valid
 */
export async function readTarget(name: string, seedkit: string, files: S3Bucket): Promise<TargetState> {
  const found = await findTarget(name, files);
  if (found !== undefined) return found;
  const all = await listTargets(files);
  throw targetNotFound(
    name,
    seedkit,
    all.map((target) => target.name),
  );
}

/** Returns all targets, sorted by name. */
export async function listTargets(files: S3Bucket): Promise<TargetState[]> {
  const names: string[] = [];
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await files.s3.send(
      new ListObjectsV2Command({ Bucket: files.bucket, Prefix: TARGETS_PREFIX, ContinuationToken: token }),
    );
    names.push(...(page.Contents ?? []).map(({ Key = '' }) => targetNameOfKey(Key)));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  // S3 lists `a-b.json` before `a.json`.
  names.sort();
  const targets: TargetState[] = [];
  for (let at = 0; at < names.length; at += PARALLEL_READS) {
    const read = names.slice(at, at + PARALLEL_READS).map((name) => findTarget(name, files));
    for (const target of await Promise.all(read)) if (target !== undefined) targets.push(target);
  }
  return targets;
}

const PARALLEL_READS = 20;

/**
 * Reads the definition of a version, and compares it with the digest in the list of versions.
 * @throws CodeseederError `InputChanged`, or `InvalidRequest` if the definition is not valid
 */
export async function readDefinition(
  name: string,
  { publication, definition, version }: TargetVersion,
  files: S3Bucket,
): Promise<TargetDefinition> {
  const key = definitionKey(name, publication);
  const { content } = (await readObject(key, files, DEFINITION_MAX_BYTES)) ?? {};
  const location = `s3://${files.bucket}/${key}`;
  if (content === undefined || !isSameContent(contentDigest(content), definition)) {
    throw new CodeseederError(
      'InputChanged',
      `The object ${location} is not what version ${version} of the target ${name} was published with. Check which principals can write to it, and publish the target again.`,
    );
  }
  const subject = `definition ${location}`;
  const parsed = parseTargetDefinition(parseJson(Buffer.from(content).toString(), subject), subject);
  if (parsed.name === name && parsed.publication === publication) return parsed;
  throw new CodeseederError(
    'InputChanged',
    `The object ${location} is of another target or publication: ${parsed.name}, ${parsed.publication}. Publish the target again.`,
  );
}

/**
 * Changes a target by a conditional write. If another writer has changed the target in the meantime, reads it again and
 * repeats the change, up to ten times in all.
 * @throws the errors that `change` throws; CodeseederError `InputChanged` or `InvalidRequest` if the stored list of
 *   versions is not valid; Error of S3
 */
export async function changeTarget(
  name: string,
  change: (target: TargetState) => TargetState,
  files: S3Bucket,
): Promise<TargetState> {
  for (let attempt = 1; ; attempt += 1) {
    const { state, etag } = await readState(name, files);
    const changed = change(state);
    try {
      await files.s3.send(
        new PutObjectCommand({
          Bucket: files.bucket,
          Key: targetKey(name),
          Body: JSON.stringify(changed),
          ContentType: 'application/json',
          IfMatch: etag,
          IfNoneMatch: etag === undefined ? '*' : undefined,
        }),
      );
      return changed;
    } catch (error) {
      if (![404, 409, 412].includes(httpStatusOf(error) ?? 0) || attempt >= CHANGE_ATTEMPTS) throw error;
      await sleep(CHANGE_RETRY_MS * attempt * (1 + Math.random()));
    }
  }
}

async function readState(
  name: string,
  files: S3Bucket,
): Promise<{ readonly state: TargetState; readonly etag: string | undefined }> {
  const key = targetKey(name);
  const found = await readObject(key, files, TARGET_MAX_BYTES);
  if (found === undefined) return { state: newTarget(name), etag: undefined };
  if (found.content === undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The object s3://${files.bucket}/${key} has ${found.sizeBytes} bytes; the limit is ${TARGET_MAX_BYTES}. Remove old versions of the target.`,
    );
  }
  const json = parseJson(
    Buffer.from(found.content).toString(),
    `list of versions s3://${files.bucket}/${key}`,
  );
  const state = parseTargetState(json, name);
  if (state.name !== name) {
    throw new CodeseederError(
      'InputChanged',
      `The object s3://${files.bucket}/${key} is of the target ${state.name}. Publish ${name} again.`,
    );
  }
  return { state, etag: found.etag };
}
