import { z } from 'zod';

import { allowListSchema } from './allow-list.js';
import { CodeseederError } from './codeseeder-error.js';
import { definedOnly } from './defined-only.js';
import { parseJson, parseWith } from './parse.js';
import { seedkitNameSchema } from './seedkit-names.js';
import {
  bucketNameSchema,
  buildImageSchema,
  buildVpcSchema,
  credentialsSecretSchema,
  deployIdSchema,
  LOG_RETENTION_DAYS,
  managedPolicyArnSchema,
  managedPolicyArnsSchema,
  policyPathSchema,
  rolePathSchema,
  type BuildVpc,
} from './seedkit-settings.js';

const switchSchema = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

const daysSchema = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'must be a whole number of days from 1 to 9999')
  .transform(Number);

const logRetentionSchema = z
  .enum(
    ['forever', ...LOG_RETENTION_DAYS.map(String)],
    `must be forever, or a number of days that CloudWatch Logs accepts: ${LOG_RETENTION_DAYS.join(', ')}`,
  )
  .transform((text) => (text === 'forever' ? text : Number(text)));

const listOf = <Schema extends z.ZodType<string[], string[]>>(schema: Schema) =>
  z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .pipe(schema);

/** Context that the CDK app of a seedkit reads as text: `cdk synth -c name=demo -c encryption=false`. */
const CONTEXT = {
  /** The seedkit's name. */
  name: seedkitNameSchema,
  /** Deploy id: six letters in the bucket's name. Passing the id of an existing stack keeps its bucket. */
  deployId: deployIdSchema,
  /** Default image of builds. */
  buildImage: buildImageSchema,
  /** ARNs of further managed policies of the build role, separated by commas. */
  policyArns: listOf(managedPolicyArnsSchema),
  /** ARN of the managed policy that is the permissions boundary of every role. */
  permissionsBoundary: managedPolicyArnSchema,
  /** Path of every role, such as `/team/`. */
  rolePath: rolePathSchema,
  /** Path of every managed policy. */
  policyPath: policyPathSchema,
  /** Network of builds, together with `subnetIds` and `securityGroupIds`, both separated by commas. */
  vpcId: buildVpcSchema.shape.vpcId,
  subnetIds: listOf(buildVpcSchema.shape.subnetIds),
  securityGroupIds: listOf(buildVpcSchema.shape.securityGroupIds),
  /** Whether there is a CodeArtifact domain with a repository for packages. */
  codeArtifact: switchSchema,
  /** Whether a KMS key of the seedkit encrypts its data. */
  encryption: switchSchema,
  /** Secret with the credentials for `docker login` at the start of every build. */
  dockerCredentialsSecret: credentialsSecretSchema,
  /** Secret with credentials of package mirrors. */
  mirrorCredentialsSecret: credentialsSecretSchema,
  /** Names that requests may use besides the seedkit's own, as JSON. */
  allow: z
    .string()
    .transform((text) => parseJson(text, 'allow list'))
    .pipe(allowListSchema),
  /** Age in days at which bundles and the files of runs are removed. */
  objectExpirationDays: daysSchema,
  /** Age in days at which the caches of builds are removed. */
  cacheExpirationDays: daysSchema,
  /** Name of the bucket for the access logs of the seedkit's bucket. */
  accessLogsBucket: bucketNameSchema,
  /** Age in days at which a run's record is removed. */
  recordExpirationDays: daysSchema,
  /** Days that logs are kept, or `forever`. */
  logRetentionDays: logRetentionSchema,
  /** Whether resources with data outlive the stack: `retain` or `destroy`. */
  removalPolicy: z.enum(['retain', 'destroy'], 'must be retain or destroy'),
  /** Whether the run table is protected from deletion. */
  deletionProtection: switchSchema,
  /** Whether there is a CloudWatch dashboard. */
  dashboard: switchSchema,
  /**
   * Rights that deploy the stack: `cli` uses those of the deployer, `default` those of the roles that `cdk bootstrap`
   * created.
   */
  synthesizer: z.enum(['default', 'cli'], 'must be default or cli'),
} as const;

export type SeedkitContextName = keyof typeof CONTEXT;

/** Names of the context, in the order of the documentation. */
export const SEEDKIT_CONTEXT_NAMES = Object.keys(CONTEXT) as SeedkitContextName[];

type Parsed = { readonly [Name in SeedkitContextName]?: z.output<(typeof CONTEXT)[Name]> };

/** The checked context of a seedkit's app. */
export interface SeedkitContext extends Omit<Parsed, 'name' | keyof BuildVpc> {
  readonly name: string;
  readonly vpc?: BuildVpc;
}

/**
 * Parses the context of a seedkit's app.
 *
 * @throws CodeseederError `InvalidRequest` with the unknown or missing name, or the broken rule
 */
export function parseSeedkitContext(context: Readonly<Record<string, unknown>>): SeedkitContext {
  const parsed: Parsed = Object.fromEntries(
    Object.entries(context).map(([name, value]) => [name, parseEntry(name, value)]),
  );
  const { name, vpcId, subnetIds, securityGroupIds, ...settings } = parsed;
  if (name === undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      'The context name is missing. Pass the name of the seedkit: cdk synth -c name=demo',
    );
  }
  const vpc = wholeVpc({ vpcId, subnetIds, securityGroupIds });
  return definedOnly({ ...settings, name, vpc });
}

function parseEntry(name: string, value: unknown): unknown {
  if (!isContextName(name)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The context ${JSON.stringify(name)} is not known; the seedkit app reads ${SEEDKIT_CONTEXT_NAMES.join(', ')}.`,
    );
  }
  if (typeof value !== 'string') {
    throw new CodeseederError('InvalidRequest', `The context ${JSON.stringify(name)} is not text.`);
  }
  return parseWith(CONTEXT[name], value, `context ${name} ${JSON.stringify(value)}`);
}

function isContextName(name: string): name is SeedkitContextName {
  return Object.hasOwn(CONTEXT, name);
}

/**
 * Returns the VPC when all of its parts are set; undefined when none is.
 *
 * @throws CodeseederError `InvalidRequest` with the missing parts
 */
export function wholeVpc(parts: {
  readonly [Part in keyof BuildVpc]?: BuildVpc[Part] | undefined;
}): BuildVpc | undefined {
  const names = Object.keys(buildVpcSchema.shape) as (keyof BuildVpc)[];
  const missing = names.filter((part) => parts[part] === undefined);
  if (missing.length === names.length) return undefined;
  if (missing.length === 0) return parts as BuildVpc;
  throw new CodeseederError(
    'InvalidRequest',
    `A VPC needs vpcId, subnetIds and securityGroupIds together; ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
  );
}
