import type { XmlValue } from '../wire/xml.js';
import { writeCondition } from './conditions.js';
import type { ObjectRecord } from './object-record.js';
import { childElements, childText, malformed, parseXml } from './parse-xml.js';
import { emptyResponse, ONLY_VERSION, readSmallBody, xmlResponse, type S3Operation } from './s3-call.js';
import type { S3Store } from './s3-store.js';
import { notImplemented } from './refusals.js';

const DELETE_MAX_KEYS = 1000;

export const deleteObject: S3Operation = async (call) => {
  refuseVersion(call.query.get('versionId'));
  await removeObject(call.store, call.bucket, call.key, writeCondition(call.request));
  return emptyResponse(call, 204);
};

export const deleteObjects: S3Operation = async (call) => {
  const { store, bucket } = call;
  await store.bucket(bucket);
  const root = parseXml(await readSmallBody(call), 'Delete');
  const objects = childElements(root, 'Object');
  if (objects.length === 0 || objects.length > DELETE_MAX_KEYS) throw malformed();
  const keys = objects.map((object) => {
    const key = childText(object, 'Key');
    if (key === undefined || key === '') throw malformed();
    refuseVersion(childText(object, 'VersionId'));
    return key;
  });
  const deleted: XmlValue[] = [];
  for (const key of keys) {
    await removeObject(store, bucket, key);
    deleted.push({ Key: key });
  }
  return xmlResponse(call, {
    DeleteResult: childText(root, 'Quiet') === 'true' ? {} : { Deleted: deleted },
  });
};

function refuseVersion(versionId: string | null | undefined): void {
  if (!versionId || versionId === ONLY_VERSION) return;
  throw notImplemented('The local AWS keeps no versions of objects.');
}

/** Deletes an object. Does nothing if it does not exist. */
export async function removeObject(
  store: S3Store,
  bucket: string,
  key: string,
  check?: (existing: ObjectRecord | undefined) => void,
): Promise<void> {
  await store.locked(bucket, async () => {
    await store.bucket(bucket);
    const existing = await store.objects.get(`${bucket}/${key}`);
    check?.(existing);
    if (existing === undefined) return;
    await store.objects.delete(`${bucket}/${key}`);
    await store.blobs.delete(existing.blobs);
  });
}
