import { z } from 'zod';

import { isWellFormed } from '../bounded-text.js';
import { buildOptionsSchema } from '../build-options.js';
import { bundleReferenceSchema } from '../bundle-reference.js';
import { contentDigestSchema, sha256Schema } from '../content-digest.js';
import { invocationSchema } from '../invocation.js';
import { cacheFields } from '../run-cache.js';
import { lockFields } from '../lock.js';
import { parseJson, parseWith, refuseLostNames } from '../parse.js';
import { CONTRACT_VERSION } from '../run-request.js';
import { labelsSchema } from '../run-values.js';
import { seedkitNameSchema } from '../seedkit-names.js';
import { MAP_CONCURRENCY, MAP_INPUTS_MAX } from '../limits.js';
import { inputIndexSchema, mapIdSchema } from '../map-id.js';
import { mapDescriptionKey } from './map-keys.js';

/** What a map does after one of its runs failed: start the runs of further inputs, or no further run. */
export const ON_ERROR = ['continue', 'stop'] as const;
export type OnError = (typeof ON_ERROR)[number];

/** Longest name of a map. */
export const MAP_NAME_MAX_CHARACTERS = 100;

/** Largest `map.json`. */
export const MAP_DESCRIPTION_MAX_BYTES = 8 * 1024 ** 2;

/** First and last index of consecutive inputs. */
const rangeSchema = z
  .tuple([inputIndexSchema, inputIndexSchema])
  .refine(([first, last]) => first <= last, 'the first index must not be above the last');
export type IndexRange = z.infer<typeof rangeSchema>;

/** The content of `maps/<mapId>/map.json`: the data that all runs of a map have in common. */
export const mapDescriptionSchema = z.strictObject({
  version: z.literal(CONTRACT_VERSION),
  mapId: mapIdSchema,
  seedkit: seedkitNameSchema,
  name: z
    .string()
    .min(1)
    .max(MAP_NAME_MAX_CHARACTERS)
    .refine(isWellFormed, 'the text must not contain half of a surrogate pair')
    .optional(),
  /** The code of the runs. A map of commands can omit it. */
  bundle: bundleReferenceSchema.optional(),
  /** The code that each run calls. It has no positional arguments, because those come from the input. */
  invocation: invocationSchema.refine(
    (invocation) => invocation.kind === 'commands' || invocation.args.length === 0,
    'the arguments are in the file of inputs',
  ),
  build: buildOptionsSchema,
  labels: labelsSchema.optional(),
  ...lockFields,
  ...cacheFields,
  /** Number of inputs. */
  total: z.int().min(1).max(MAP_INPUTS_MAX),
  /** Ranges of the indexes of the inputs, in ascending order. */
  ranges: z.array(rangeSchema).min(1),
  concurrency: z.int().min(MAP_CONCURRENCY.min).max(MAP_CONCURRENCY.max),
  onError: z.enum(ON_ERROR),
  /** Id of the map whose missing and failed inputs this map runs. */
  againOf: mapIdSchema.optional(),
});
export type MapDescription = z.infer<typeof mapDescriptionSchema>;

/** Parses the content of `map.json`. @throws CodeseederError `InvalidRequest` */
export function parseMapDescription(content: Uint8Array): MapDescription {
  const value = parseJson(Buffer.from(content).toString(), 'description of the map');
  refuseLostNames(value, 'description of the map');
  return parseWith(mapDescriptionSchema, value, 'description of the map');
}

/** The input of the execution of a map. */
export const mapRequestSchema = z
  .strictObject({
    version: z.literal(CONTRACT_VERSION),
    mapId: mapIdSchema,
    seedkit: seedkitNameSchema,
    /** The description in the bucket, with the digest of its content. */
    description: z.strictObject({ key: z.string(), ...contentDigestSchema.shape }),
    /** The key of the seals (HMACs) of the inputs: 64 hexadecimal digits. */
    sealKey: sha256Schema,
  })
  .refine(({ mapId, description }) => description.key === mapDescriptionKey(mapId), {
    path: ['description', 'key'],
    message: 'the key must be maps/<mapId>/map.json',
  });
export type MapRequest = z.infer<typeof mapRequestSchema>;

/** Parses the input of the execution of a map. @throws CodeseederError `InvalidRequest` */
export function parseMapRequest(value: unknown): MapRequest {
  return parseWith(mapRequestSchema, value, 'map request');
}
