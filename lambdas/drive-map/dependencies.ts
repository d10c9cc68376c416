import type { MapDescription, MapRequest } from '../../lib/contract/index.js';
import { readMapDescription } from '../../lib/run-store/maps.js';
import type { RunTable } from '../../lib/run-store/record.js';
import type { S3Bucket } from '../../lib/s3-objects.js';

/** Clients and cache that the steps of a map use. */
export interface DriveMapDependencies extends S3Bucket, RunTable {
  readonly seedkit: string;
  readonly recordExpirationDays: number;
  /** Descriptions that this instance of the handler has read, by their SHA-256. */
  readonly descriptions: Map<string, MapDescription>;
}

/** Maximum number of descriptions that an instance of the handler caches. */
const REMEMBERED = 10;

/** Reads the description of a map, or returns it from the cache. @throws CodeseederError */
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
