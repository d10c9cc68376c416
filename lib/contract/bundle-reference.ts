import { createHash } from 'node:crypto';

import { z } from 'zod';

import { sha256Schema } from './content-digest.js';
import { BUNDLE_LAYERS_MAX, LAYER_MAX_BYTES, SINGLE_PUT_MAX_BYTES } from './limits.js';
import { layerKey, prebuiltLayerKey } from './object-keys.js';
import { parseWith } from './parse.js';

/** One zip of a bundle, stored in the bucket. */
export const layerReferenceSchema = z
  .strictObject({
    /** Key of the zip in the seedkit's bucket. */
    key: z.string(),
    /** SHA-256 of the layer's manifest. Absent for a prebuilt zip, whose files are not checked one by one. */
    digest: sha256Schema.optional(),
    /**
     * `ChecksumSHA256` of the object as S3 reports it: base64, followed by `-N` for an object uploaded in N parts.
     * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
     */
    checksumSha256: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=(-[1-9]\d{0,4})?$/, 'not a ChecksumSHA256 as S3 reports it'),
    /** Size of the zip in bytes. */
    sizeBytes: z.int().positive().max(LAYER_MAX_BYTES),
  })
  .refine(isStoredByContent, {
    path: ['key'],
    message:
      'the key of a layer must be bundles/<digest>.zip, that of a prebuilt zip bundles/prebuilt/<sha256>.zip; only a prebuilt zip above 5 GiB may have a checksum of parts',
  });
export type LayerReference = z.infer<typeof layerReferenceSchema>;

interface StoredLayer {
  readonly key: string;
  readonly digest?: string | undefined;
  readonly checksumSha256: string;
  readonly sizeBytes: number;
}

function isStoredByContent({ key, digest, checksumSha256, sizeBytes }: StoredLayer): boolean {
  if (digest !== undefined) return key === layerKey(digest);
  if (!isComposite(checksumSha256)) return isNamedByChecksum(key, checksumSha256);
  // The files of a prebuilt zip are not checked one by one, and a checksum of parts does not prove that the name
  // matches the content. So a checksum of parts is accepted only for a zip that is too large for one request: a client
  // that uploads the same zip compares this checksum with that of its own file.
  if (sizeBytes <= SINGLE_PUT_MAX_BYTES) return false;
  const name = key.slice(key.lastIndexOf('/') + 1, -'.zip'.length);
  return sha256Schema.safeParse(name).success && key === prebuiltLayerKey(name);
}

/** Returns whether the key of a prebuilt zip contains this checksum of the whole object. */
export function isNamedByChecksum(key: string, checksumSha256: string): boolean {
  return !isComposite(checksumSha256) && key === prebuiltLayerKey(hexadecimal(checksumSha256));
}

/** Returns whether a checksum was computed from the checksums of an object's parts. */
export function isComposite(checksumSha256: string): boolean {
  return checksumSha256.includes('-');
}

function hexadecimal(checksumSha256: string): string {
  return Buffer.from(checksumSha256, 'base64').toString('hex');
}

const layersSchema = z
  .array(layerReferenceSchema)
  .min(1, 'a bundle must have at least one layer')
  .max(BUNDLE_LAYERS_MAX, `a bundle must not have more than ${BUNDLE_LAYERS_MAX} layers`)
  .refine(
    (layers) => new Set(layers.map(({ key }) => key)).size === layers.length,
    'a layer must not be listed twice',
  );

/** A bundle: layers in the bucket that a build unpacks into one folder. The first layer has the code of the run. */
export const bundleReferenceSchema = z.strictObject({
  /** Layers of the bundle, the one with the code of the run first. */
  layers: layersSchema,
});
export type BundleReference = z.infer<typeof bundleReferenceSchema>;

/** The content of `bundles/<bundle digest>.json`, which lists the layers of a bundle. */
export const layerListSchema = z.strictObject({ version: z.literal(1), layers: layersSchema });
export type LayerList = z.infer<typeof layerListSchema>;

/**
 * Parses a layer list.
 * @param subject names the list in the error
 * @throws CodeseederError `InvalidRequest`
 */
export function parseLayerList(value: unknown, subject: string): LayerList {
  return parseWith(layerListSchema, value, subject);
}

/**
 * Returns the digest that identifies a bundle: the SHA-256 of its layers' digests, in lower-case hexadecimal. It
 * depends on the files and the order of the layers, not on their compression.
 */
export function bundleDigest(layers: readonly { readonly digest: string }[]): string {
  const text = ['codeseeder bundle 1', ...layers.map(({ digest }) => digest), ''].join('\n');
  return createHash('sha256').update(text).digest('hex');
}
