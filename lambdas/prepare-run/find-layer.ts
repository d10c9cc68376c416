import { isContentOf, keysOfLayer, type LayerReference } from '../../lib/contract/index.js';
import { findObject, type FoundObject, type S3Bucket } from '../../lib/s3-objects.js';

/** The objects of a layer. */
export interface FoundLayer {
  /** The object with the layer's content that expires last. */
  readonly stored: FoundObject | undefined;
  /** A key without an object, to which the layer can be copied. */
  readonly freeKey: string | undefined;
}

/** Looks for the objects of a layer: its own and its copies. */
export async function findLayer(layer: LayerReference, files: S3Bucket): Promise<FoundLayer> {
  const keys = keysOfLayer(layer.key);
  const found = await Promise.all(keys.map((key) => findObject(key, files)));
  const createdMs = ({ lastModified }: FoundObject) => lastModified?.getTime() ?? 0;
  const [stored] = found
    .flatMap((object) => (object !== undefined && isContentOf(layer, object) ? [object] : []))
    .sort((one, other) => createdMs(other) - createdMs(one));
  return { stored, freeKey: keys.find((_, index) => found[index] === undefined) };
}
