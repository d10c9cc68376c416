import { z } from 'zod';

import { parseWith } from '../../lib/contract/index.js';
import type { AwsCredentials, AwsOptions } from '../aws-options.js';

const credentialsSchema = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().optional(),
  expiration: z.date().optional(),
});

const providerSchema = z.custom<() => Promise<AwsCredentials>>((value) => typeof value === 'function', {
  error: 'must be credentials, or a function that returns them',
});

/** Schema of `assumeRole`. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const assumedRoleSchema = z.strictObject({
  roleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of an IAM role'),
  sessionName: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/, 'must be 2 to 64 letters, digits and _ + = , . @ -')
    .optional(),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits and _ + = , . @ : / -')
    .optional(),
  durationSeconds: z.int().min(900).max(43_200).optional(),
});

const awsOptionsSchema = z
  .strictObject({
    region: z.string().min(1).optional(),
    endpoint: z.url('must be a URL such as http://127.0.0.1:4566').optional(),
    credentials: z.union([credentialsSchema, providerSchema]).optional(),
    profile: z.string().min(1).optional(),
    assumeRole: assumedRoleSchema.optional(),
  })
  .refine((options) => options.credentials === undefined || options.profile === undefined, {
    path: ['profile'],
    message: 'cannot be combined with credentials',
  });

/** Checks AWS options. @throws CodeseederError `InvalidRequest` with the option and the broken rule, but no secret */
export function parseAwsOptions(options: AwsOptions): AwsOptions {
  parseWith(awsOptionsSchema, options, 'aws option');
  return options;
}
