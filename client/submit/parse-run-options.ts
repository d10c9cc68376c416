import { z } from 'zod';

import {
  buildOptionsSchema,
  environmentVariableNameSchema,
  environmentVariableSchema,
  lockFields,
  parseWith,
  refuseLostNames,
} from '../../lib/contract/index.js';
import { READY_CACHES } from './ready-caches.js';
import { assumedRoleSchema } from '../connection/parse-aws-options.js';
import type { CallOptions } from '../call-option-types.js';
import type { RemoteFunctionOptions } from '../remote-function-types.js';

/** Options of a run that JSON can express: all but listeners, signals and credentials. */
export type WrittenOptions = Omit<CallOptions, 'onProgress' | 'onLog' | 'signal'> &
  Pick<RemoteFunctionOptions, 'minify'>;

const texts = z.array(z.string());
const named = z.record(z.string().min(1), z.string());

/** AWS options without credentials, which belong in profiles and the environment, not in files of a project. */
const awsSchema = z.strictObject({
  region: z.string().min(1).optional(),
  endpoint: z.url().optional(),
  profile: z.string().min(1).optional(),
  assumeRole: assumedRoleSchema.optional(),
});

/** Every option of a run by its name in code. Unknown names are refused. */
export const writtenOptionsSchema = z.strictObject({
  build: buildOptionsSchema.optional(),
  packages: named.optional(),
  pythonModules: texts.optional(),
  pipxModules: texts.optional(),
  localModules: named.optional(),
  requirementsFiles: named.optional(),
  environment: z
    .record(environmentVariableNameSchema, z.union([z.string(), environmentVariableSchema]))
    .optional(),
  dirs: named.optional(),
  files: named.optional(),
  ignore: texts.optional(),
  gitignore: z.boolean().optional(),
  prebuiltBundle: z.string().min(1).optional(),
  nodeModules: texts.optional(),
  bundledPackages: texts.optional(),
  workingDirectory: z.string().min(1).optional(),
  verify: z.boolean().optional(),
  name: z.string().optional(),
  labels: named.optional(),
  ...lockFields,
  cache: z
    .union([
      z.literal(false),
      z.array(z.enum(READY_CACHES)),
      z.strictObject({ key: z.string(), fallbackKeys: texts.optional(), paths: texts }),
    ])
    .optional(),
  aws: awsSchema.optional(),
  runId: z.string().optional(),
  retryOf: z.string().optional(),
  minify: z.boolean().optional(),
} satisfies Record<keyof WrittenOptions, z.ZodType>);

/**
 * Checks options that come from outside, such as a file.
 * @param subject names the options in the error
 * @throws CodeseederError `InvalidRequest` naming each option that is unknown or wrong
 */
export function parseRunOptions(value: unknown, subject: string): WrittenOptions {
  refuseLostNames(value, subject);
  // JSON has no undefined values, so no member of the result is undefined.
  return parseWith(writtenOptionsSchema, value, subject) as WrittenOptions;
}
