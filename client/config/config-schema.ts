import { z } from 'zod';

import { seedkitNameSchema } from '../../lib/contract/index.js';
import { writtenOptionsSchema } from '../submit/parse-run-options.js';
import type { CodeseederConfig, ConfigEnvironment, ConfigOptions } from './config-types.js';

const { shape } = writtenOptionsSchema.omit({
  aws: true,
  name: true,
  runId: true,
  retryOf: true,
  minify: true,
});

/** Options of runs that a config can have. */
const configOptionsSchema = z.strictObject(shape satisfies Record<keyof ConfigOptions, z.ZodType>);

const regionSchema = z
  .string()
  .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'is not an AWS region, such as eu-central-1');

/** Members of a config and of each of its environments. */
const environmentFields = {
  seedkit: seedkitNameSchema.optional(),
  region: regionSchema.optional(),
  profile: z.string().min(1, 'is empty; give the name of a profile, or leave it out').optional(),
  local: z.boolean().optional(),
  options: configOptionsSchema.optional(),
};

const environmentSchema = z.strictObject(
  environmentFields satisfies Record<keyof ConfigEnvironment, z.ZodType>,
);

/** Name of an environment, as `--environment` takes it. */
const environmentNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'is not a name of up to 64 letters, digits and _ . -');

/** A config. Unknown members are refused. */
export const configSchema = z.strictObject({
  ...environmentFields,
  environments: z.record(environmentNameSchema, environmentSchema).optional(),
} satisfies Record<keyof CodeseederConfig, z.ZodType>);
