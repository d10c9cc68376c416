/** Declares how the request and the record of a run name the published version that it executes. */
import { z } from 'zod';

import { runIdSchema } from './run-id.js';

/**
 * Name of a target. It is one folder of a key, so that an IAM policy can allow starting only targets of certain names.
 */
export const targetNameSchema = z
  .string()
  .regex(
    /^[a-z0-9](-?[a-z0-9]){0,62}$/,
    'the name of a target has 1 to 63 lower-case letters, digits and single hyphens, and starts and ends with a letter or digit',
  );

/** Number of a version of a target. */
export const versionNumberSchema = z.int().positive().max(999_999_999);

/** The published version that a run executes, as its request and record name it. */
export const publishedRunSchema = z.strictObject({
  /** Name of the target. */
  name: targetNameSchema,
  /** Version of the target. */
  version: versionNumberSchema,
});
export type PublishedRun = z.infer<typeof publishedRunSchema>;

/** The published version in a request, with the id of the publication that stores its layers. */
export const requestedVersionSchema = publishedRunSchema.extend({ publication: runIdSchema });
export type RequestedVersion = z.infer<typeof requestedVersionSchema>;
