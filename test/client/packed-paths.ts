import { readZip } from './bundle/read-zip.js';
import { bucket } from './mocked-account.js';

/** Returns the paths of all files in the layers in the mocked bucket. */
export async function packedPaths(): Promise<string[]> {
  const zips = [...bucket].flatMap(([key, zip]) => (/^bundles\/.*\.zip$/.test(key) ? [zip] : []));
  const entries = await Promise.all(zips.map((zip) => readZip(zip)));
  return [...new Set(entries.flatMap((found) => Object.keys(found)))].sort();
}
