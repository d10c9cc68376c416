import type { MapDescription, MapRequest } from '../../lib/contract/index.js';
import { readMapDescription } from '../../lib/run-store/maps.js';
import type { RunTable } from '../../lib/run-store/record.js';
import type { S3Bucket } from '../../lib/s3-objects.js';

/** What the steps of a map need. */
export interface DriveMapDependencies extends S3Bucket, RunTable {
  readonly seedkit: string;
  readonly recordExpirationDays: number;
  /** Descriptions that this instance of the handler has read, by their SHA-256. */
  readonly descriptions: Map<string, MapDescription>;
}

/** Descriptions that one instance of the handler remembers. */
const REMEMBERED = 10;

/** Reads the description of a map once. @throws CodeseederError */
export async function descriptionOf(
  request: MapRequest,
  dependencies: DriveMapDependencies,
): Promise<MapDescription> {
  const { descriptions } = dependencies;
  const { sha256 } = request.description;
  const known = descriptions.get(sha256);
  if (known !== undefined) return known;
  const description = await readMapDescription(request, dependencies);
  const [oldest] = descriptions.keys();
  if (oldest !== undefined && descriptions.size >= REMEMBERED) descriptions.delete(oldest);
  descriptions.set(sha256, description);
  return description;
}
