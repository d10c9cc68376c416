import { z } from 'zod';

import type { MemberTypes } from '../wire/member-types.js';

const text = z.string();
const texts = z.array(text);
const source = z.looseObject({
  type: text.optional(),
  location: text.optional(),
  buildspec: text.optional(),
  sourceIdentifier: text.optional(),
});

/** Members of CodeBuild's inputs. @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html */
export const CODEBUILD_MEMBERS: MemberTypes = {
  ids: texts,
  names: texts,
  id: text,
  nextToken: text,
  sortBy: text,
  sortOrder: text,
  projectName: text,
  idempotencyToken: text,
  sourceTypeOverride: text,
  sourceLocationOverride: text,
  secondarySourcesOverride: z.array(source),
  artifactsOverride: z.looseObject({
    type: text.optional(),
    location: text.optional(),
    path: text.optional(),
    name: text.optional(),
    namespaceType: text.optional(),
    packaging: text.optional(),
  }),
  buildspecOverride: text,
  environmentVariablesOverride: z.array(z.looseObject({ name: text, value: text, type: text.optional() })),
  environmentTypeOverride: text,
  imageOverride: text,
  imagePullCredentialsTypeOverride: text,
  computeTypeOverride: text,
  privilegedModeOverride: z.boolean(),
  fleetOverride: z.looseObject({ fleetArn: text.optional() }),
  serviceRoleOverride: text,
  timeoutInMinutesOverride: z.number(),
  queuedTimeoutInMinutesOverride: z.number(),
  encryptionKeyOverride: text,
  logsConfigOverride: z.looseObject({
    cloudWatchLogs: z
      .looseObject({ status: text.optional(), groupName: text.optional(), streamName: text.optional() })
      .optional(),
    s3Logs: z.looseObject({ status: text.optional() }).optional(),
  }),
  cacheOverride: z.looseObject({ type: text.optional() }),
};
