import { z } from 'zod';

import { buildOptionsSchema } from '../build-options.js';
import { bundleReferenceSchema } from '../bundle-reference.js';
import { cacheFields } from '../run-cache.js';
import { CodeseederError } from '../codeseeder-error.js';
import { contentDigestSchema } from '../content-digest.js';
import {
  INVOCATION_KINDS,
  nodeTargetSchema,
  pythonTargetSchema,
  invocationArguments,
} from '../invocation.js';
import { hasLockOfMode, LOCK_MODE_ALONE, lockFields } from '../lock.js';
import { nearestNames } from '../nearest-names.js';
import { parseWith } from '../parse.js';
import { targetNameSchema, versionNumberSchema } from '../published-run.js';
import { runIdSchema } from '../run-id.js';
import { labelsSchema } from '../run-values.js';
import { describeReference, targetAliasSchema, type TargetReference } from './target-names.js';

/** What a version runs, without arguments. */
const headSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('node'), target: nodeTargetSchema }),
  z.strictObject({ kind: z.literal('python'), target: pythonTargetSchema }),
  z.strictObject({ kind: z.literal('commands'), target: invocationArguments.commands }),
]);

/**
 * The definition of a version: what it runs. It is stored in an object that never changes, whose digest is in the
 * target's list of versions.
 */
export const targetDefinitionSchema = z
  .strictObject({
    version: z.literal(1),
    name: targetNameSchema,
    publication: runIdSchema,
    invocation: headSchema,
    bundle: bundleReferenceSchema,
    build: buildOptionsSchema,
    labels: labelsSchema.optional(),
    ...lockFields,
    ...cacheFields,
  })
  .refine(hasLockOfMode, LOCK_MODE_ALONE);
export type TargetDefinition = z.infer<typeof targetDefinitionSchema>;

/** One version in the list of a target. */
export const targetVersionSchema = z.object({
  /** Number of the version, counted from 1. A number is never used again. */
  version: versionNumberSchema,
  /** Id of the publication. */
  publication: runIdSchema,
  /** SHA-256 and size of what the version runs. */
  definition: contentDigestSchema,
  /** Kind of what the version runs. */
  kind: z.enum(INVOCATION_KINDS),
  /** What the version runs, in one line. */
  runs: z.string(),
  /** When the version was published. ISO 8601. */
  publishedAt: z.iso.datetime({ precision: 3 }),
});
export type TargetVersion = z.infer<typeof targetVersionSchema>;

/** The object `published/targets/<name>.json`: versions and aliases of a target. Each write is conditional. */
export const targetStateSchema = z.object({
  /** Name of the target. */
  name: targetNameSchema,
  /** Number of the last version that was published, even if it was removed. */
  lastVersion: z.int().nonnegative(),
  /** Versions by number, the oldest first. */
  versions: z.array(targetVersionSchema),
  /** Versions by alias. */
  aliases: z.record(targetAliasSchema, versionNumberSchema),
});
/** A published target with its versions and aliases. */
export type TargetState = z.infer<typeof targetStateSchema>;

/** Parses the state of a target. @throws CodeseederError `InvalidRequest` */
export const parseTargetState = (value: unknown, name: string): TargetState =>
  parseWith(targetStateSchema, value, `list of versions of the target ${name}`);

/** Parses the definition of a version. @throws CodeseederError `InvalidRequest` */
export const parseTargetDefinition = (value: unknown, subject: string): TargetDefinition =>
  parseWith(targetDefinitionSchema, value, subject);

/** Returns the state of a target that was never published. */
export function newTarget(name: string): TargetState {
  return { name, lastVersion: 0, versions: [], aliases: {} };
}

/** Returns a target with a new version, which gets the next number. */
export function withVersion(
  target: TargetState,
  published: Omit<TargetVersion, 'version'>,
  alias?: string,
): TargetState {
  const version = target.lastVersion + 1;
  const aliases = alias === undefined ? target.aliases : { ...target.aliases, [alias]: version };
  return {
    ...target,
    lastVersion: version,
    versions: [...target.versions, { version, ...published }],
    aliases,
  };
}

/** Returns a target whose alias names a version. */
export function withAlias(target: TargetState, alias: string, version: number): TargetState {
  return { ...target, aliases: { ...target.aliases, [alias]: version } };
}

/**
 * Returns a target without what a reference names: an alias, a version, or everything.
 * @throws CodeseederError `PublishedTargetNotFound`; `InvalidRequest` for a version that an alias names
 */
export function without(target: TargetState, reference: TargetReference): TargetState {
  const { version, alias } = reference;
  if (version === undefined && alias === undefined) {
    return { ...target, versions: [], aliases: {} };
  }
  const found = findVersion(target, reference);
  if (alias !== undefined) {
    const { [alias]: _, ...aliases } = target.aliases;
    return { ...target, aliases };
  }
  const named = Object.entries(target.aliases).find(([, number]) => number === found.version);
  if (named !== undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The alias ${named[0]} names version ${found.version} of the target ${target.name}. Promote another version to it, or remove the alias first: ${target.name}@${named[0]}.`,
    );
  }
  return { ...target, versions: target.versions.filter((one) => one.version !== found.version) };
}

/** Returns the version that a reference names. @throws CodeseederError `PublishedTargetNotFound` */
export function findVersion(target: TargetState, reference: TargetReference): TargetVersion {
  const { alias, version = alias === undefined ? undefined : target.aliases[alias] } = reference;
  const isNewest = version === undefined && alias === undefined;
  const found = isNewest
    ? target.versions.at(-1)
    : target.versions.find((candidate) => candidate.version === version);
  if (found !== undefined) return found;
  const aliases = Object.entries(target.aliases).map(([name, number]) => `${name} (${number})`);
  const numbers = target.versions.slice(-10).map((one) => String(one.version));
  const has = `It has ${counted('version', numbers)} and ${counted('alias', aliases)}.`;
  throw new CodeseederError(
    'PublishedTargetNotFound',
    `There is no ${describeReference(reference)}. ${has} Use one of them, or publish or promote a version.`,
  );
}

/** Returns names with what they are, such as `the versions 1, 2` or `no aliases`. */
function counted(what: 'version' | 'alias', names: readonly string[]): string {
  const several = what === 'alias' ? 'aliases' : 'versions';
  return names.length === 0
    ? `no ${several}`
    : `the ${names.length === 1 ? what : several} ${names.join(', ')}`;
}

/** Returns the error of a name that no target has, with the names that are nearest to it. */
export function targetNotFound(name: string, seedkit: string, names: readonly string[]): CodeseederError {
  const near = nearestNames(name, names);
  const others =
    near.length === 0
      ? 'It has no targets.'
      : `The nearest of its ${names.length} targets: ${near.join(', ')}.`;
  return new CodeseederError(
    'PublishedTargetNotFound',
    `The seedkit ${seedkit} has no target ${name}. ${others} Check the name, or publish it: codeseeder publish ${name} FILE#FUNCTION, or MODULE:FUNCTION in Python`,
  );
}
