import { z } from 'zod';

import { allowListSchema } from './allow-list.js';
import { parseJson, parseWith } from './parse.js';

/** Names of the handlers' environment variables. The constructs set them and the handlers read them. */
export const HANDLER_VARIABLES = {
  seedkit: 'CODESEEDER_SEEDKIT',
  bucket: 'CODESEEDER_BUCKET',
  runTable: 'CODESEEDER_RUN_TABLE',
  lockTable: 'CODESEEDER_LOCK_TABLE',
  eventBus: 'CODESEEDER_EVENT_BUS',
  stateMachineArn: 'CODESEEDER_STATE_MACHINE_ARN',
  mapMachineArn: 'CODESEEDER_MAP_MACHINE_ARN',
  project: 'CODESEEDER_PROJECT',
  /** JSON of {@link AllowList}. */
  allow: 'CODESEEDER_ALLOW',
  /** Days that a record is kept. */
  recordExpirationDays: 'CODESEEDER_RECORD_EXPIRATION_DAYS',
  /** Days that the bucket keeps a bundle. */
  bundleExpirationDays: 'CODESEEDER_BUNDLE_EXPIRATION_DAYS',
  /** Whether the project's variables name secrets with credentials of registries or mirrors: `true` or `false`. */
  hasRegistryCredentials: 'CODESEEDER_HAS_REGISTRY_CREDENTIALS',
  /** Whether there is a CodeArtifact repository of packages: `true` or `false`. */
  hasPackages: 'CODESEEDER_HAS_PACKAGES',
} as const;
export type HandlerVariable = keyof typeof HANDLER_VARIABLES;

const fields = {
  seedkit: z.string().min(1),
  bucket: z.string().min(1),
  runTable: z.string().min(1),
  lockTable: z.string().min(1),
  eventBus: z.string().min(1),
  stateMachineArn: z.string().min(1),
  mapMachineArn: z.string().min(1),
  project: z.string().min(1),
  allow: z
    .string()
    .transform((text) => parseJson(text, HANDLER_VARIABLES.allow))
    .pipe(allowListSchema),
  recordExpirationDays: z.coerce.number().int().positive(),
  bundleExpirationDays: z.coerce.number().int().positive(),
  hasRegistryCredentials: z.enum(['true', 'false']).transform((text) => text === 'true'),
  hasPackages: z.enum(['true', 'false']).transform((text) => text === 'true'),
} satisfies Record<HandlerVariable, z.ZodType>;

/** The variables of {@link HANDLER_VARIABLES} that each handler reads. The construct sets no others of them. */
export const HANDLER_ENVIRONMENTS = {
  'start-run': ['seedkit', 'bucket', 'eventBus', 'stateMachineArn'],
  'prepare-run': [
    'seedkit',
    'bucket',
    'runTable',
    'project',
    'allow',
    'recordExpirationDays',
    'bundleExpirationDays',
    'hasRegistryCredentials',
    'hasPackages',
  ],
  'start-build': ['seedkit', 'runTable', 'lockTable'],
  'await-lock': ['seedkit', 'runTable', 'lockTable'],
  'poll-build': ['seedkit', 'runTable'],
  'wake-run': ['seedkit', 'runTable', 'lockTable'],
  'collect-outcome': ['seedkit', 'bucket', 'runTable', 'lockTable', 'recordExpirationDays'],
  'reconcile-run': [
    'seedkit',
    'bucket',
    'runTable',
    'lockTable',
    'eventBus',
    'stateMachineArn',
    'mapMachineArn',
    'project',
    'recordExpirationDays',
  ],
  'drive-map': ['seedkit', 'bucket', 'runTable', 'recordExpirationDays'],
  'start-target': ['seedkit', 'bucket', 'runTable', 'eventBus', 'stateMachineArn'],
  'adopt-log-group': [],
} as const satisfies Record<string, readonly HandlerVariable[]>;

type EnvironmentOf<Name extends keyof typeof HANDLER_ENVIRONMENTS> = {
  [Variable in (typeof HANDLER_ENVIRONMENTS)[Name][number]]: z.output<(typeof fields)[Variable]>;
};

/**
 * Parses the environment variables of a handler. A handler calls it once, when it loads.
 * @throws CodeseederError `InvalidRequest` with the name of the variable that is missing or wrong
 */
export function parseHandlerEnvironment<Name extends keyof typeof HANDLER_ENVIRONMENTS>(
  handler: Name,
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentOf<Name> {
  const variables: readonly HandlerVariable[] = HANDLER_ENVIRONMENTS[handler];
  const shape = Object.fromEntries(
    variables.map((variable) => [HANDLER_VARIABLES[variable], fields[variable]]),
  );
  const parsed = parseWith(z.object(shape), environment, `environment of ${handler}`) as Record<
    string,
    unknown
  >;
  return Object.fromEntries(
    variables.map((variable) => [variable, parsed[HANDLER_VARIABLES[variable]]]),
  ) as EnvironmentOf<Name>;
}
