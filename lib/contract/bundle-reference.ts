import { createHash } from 'node:crypto';

import { z } from 'zod';

import { BUNDLE_LAYERS_MAX, LAYER_MAX_BYTES } from './limits.js';
import { layerKey, prebuiltLayerKey } from './object-keys.js';
import { parseWith } from './parse.js';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hexadecimal digits');

/** One zip in the bucket, a part of a bundle. */
export const layerReferenceSchema = z
  .strictObject({
    key: z.string(),
    /** SHA-256 of the layer's manifest. Missing for a prebuilt zip, whose files are not checked one by one. */
    digest: sha256Schema.optional(),
    /**
     * `ChecksumSHA256` of the object as S3 reports it: base64, of an object uploaded in N parts followed by `-N`.
     * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
     */
    checksumSha256: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=(-[1-9]\d{0,4})?$/, 'not a ChecksumSHA256 as S3 reports it'),
    sizeBytes: z.int().positive().max(LAYER_MAX_BYTES),
  })
  .refine(isStoredByContent, {
    path: ['key'],
    message: 'a layer is stored at bundles/<digest>.zip, a prebuilt zip at bundles/prebuilt/<sha256>.zip',
  });
export type LayerReference = z.infer<typeof layerReferenceSchema>;

interface StoredLayer {
  readonly key: string;
  readonly digest?: string | undefined;
  readonly checksumSha256: string;
}

function isStoredByContent({ key, digest, checksumSha256 }: StoredLayer): boolean {
  if (digest !== undefined) return key === layerKey(digest);
  if (!isComposite(checksumSha256)) return key === prebuiltLayerKey(hexadecimal(checksumSha256));
  const name = key.slice(key.lastIndexOf('/') + 1, -'.zip'.length);
  return sha256Schema.safeParse(name).success && key === prebuiltLayerKey(name);
}

/** Whether a checksum is one over the checksums of an object's parts. */
export function isComposite(checksumSha256: string): boolean {
  return checksumSha256.includes('-');
}

function hexadecimal(checksumSha256: string): string {
  return Buffer.from(checksumSha256, 'base64').toString('hex');
}

const layersSchema = z
  .array(layerReferenceSchema)
  .min(1, 'a bundle has at least one layer')
  .max(BUNDLE_LAYERS_MAX, `a bundle has at most ${BUNDLE_LAYERS_MAX} layers`)
  .refine((layers) => new Set(layers.map(({ key }) => key)).size === layers.length, 'a layer is there twice');

/** A bundle: layers in the bucket, unpacked into one folder. The first one has the code of the run. */
export const bundleReferenceSchema = z.strictObject({ layers: layersSchema });
export type BundleReference = z.infer<typeof bundleReferenceSchema>;

/** A bundle as an object of its own, `bundles/<bundle digest>.json`, by which all of it can be named. */
export const layerListSchema = z.strictObject({ version: z.literal(1), layers: layersSchema });
export type LayerList = z.infer<typeof layerListSchema>;

/** @throws CodeseederError `InvalidRequest` */
export function parseLayerList(value: unknown, what: string): LayerList {
  return parseWith(layerListSchema, value, what);
}

/**
 * A bundle's address: SHA-256 over the digests of its layers, in lower-case hexadecimal. It depends on what the
 * layers contain and on their order, not on how they are compressed.
 */
export function bundleDigest(layers: readonly { readonly digest: string }[]): string {
  const text = ['codeseeder bundle 1', ...layers.map(({ digest }) => digest), ''].join('\n');
  return createHash('sha256').update(text).digest('hex');
}
