import { CodeseederError, parseJson } from '../../lib/contract/index.js';
import { type Bucket, readObject } from './read-object.js';

/** @throws CodeseederError `InputMissing`, or `InvalidRequest` when it is too large or not JSON */
export async function readInboxObject(place: Bucket, key: string): Promise<unknown> {
  const text = await readObject(place, key);
  if (text === undefined) {
    throw new CodeseederError('InputMissing', `The object s3://${place.bucket}/${key} is gone.`);
  }
  return parseJson(text, `request s3://${place.bucket}/${key}`);
}
