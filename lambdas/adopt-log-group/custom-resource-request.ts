import { z } from 'zod';

import { parseWith } from '../../lib/contract/index.js';

/** CloudFormation passes every property as a string. */
const logGroupPropertiesSchema = z.object({
  LogGroupName: z.string().min(1),
  RetentionInDays: z.coerce.number().int().positive().optional(),
  KmsKeyId: z.string().min(1).optional(),
});
export type LogGroupProperties = z.infer<typeof logGroupPropertiesSchema>;
const oldLogGroupPropertiesSchema = logGroupPropertiesSchema.partial();
export type OldLogGroupProperties = z.infer<typeof oldLogGroupPropertiesSchema>;

/** The fields that a response needs. They are parsed first, so that an invalid request also gets a response. */
const envelopeSchema = z.object({
  RequestType: z.string(),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.looseObject({ LogGroupName: z.string().optional() }).optional().catch(undefined),
});
export type CustomResourceEnvelope = z.infer<typeof envelopeSchema>;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
const requestSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ResourceProperties: logGroupPropertiesSchema }),
  z.object({
    RequestType: z.literal('Update'),
    ResourceProperties: logGroupPropertiesSchema,
    OldResourceProperties: oldLogGroupPropertiesSchema.optional(),
  }),
  z.object({ RequestType: z.literal('Delete') }),
]);
export type CustomResourceRequest = z.infer<typeof requestSchema>;

/** Parses the fields that a response needs. @throws CodeseederError `InvalidRequest` */
export function parseEnvelope(value: unknown): CustomResourceEnvelope {
  return parseWith(envelopeSchema, value, 'custom resource request');
}

/** Parses a request of CloudFormation. @throws CodeseederError `InvalidRequest` */
export function parseCustomResourceRequest(value: unknown): CustomResourceRequest {
  return parseWith(requestSchema, value, 'custom resource request');
}
