import { Readable } from 'node:stream';

import { createCloudFormation } from '../../../lib/local/cloudformation/cloudformation.js';
import type { StackApplier } from '../../../lib/local/template/stack-applier.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import type { TestPlaceContext } from '../test-place-context.js';

/** Creates CloudFormation with an applier. @param templates objects in S3, by `bucket/key` */
export function aCloudFormation(
  context: TestPlaceContext,
  applier: StackApplier,
  templates: ReadonlyMap<string, string> = new Map(),
) {
  return createCloudFormation({
    context,
    applier,
    objects: {
      async read(bucket, key) {
        const template = templates.get(`${bucket}/${key}`);
        if (template === undefined) {
          throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
        }
        return { body: Readable.from([Buffer.from(template)]), sizeBytes: template.length };
      },
    },
  });
}
