import path from 'node:path';

import { z } from 'zod';
import { toDotPath } from 'zod/v4/core';

import { CodeseederError, editDistance, refuseLostNames } from '../../lib/contract/index.js';
import { configSchema } from './config-schema.js';
import type { CodeseederConfig, ConfigEnvironment, ConfigOptions } from './config-types.js';

/** Maximum number of problems that a message lists. */
const MAX_PROBLEMS = 10;

/**
 * Checks the content of a config, and makes the paths of its options absolute.
 *
 * @param file path of the config, whose folder its paths are relative to
 * @throws CodeseederError `ConfigInvalid` that names the file, each member and the fix
 */
export function parseConfig(content: unknown, file: string): CodeseederConfig {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw invalid(file, [
      file.endsWith('.json')
        ? `it contains ${describeKind(content)}. Write an object, such as { "seedkit": "my-kit" }`
        : `it exports ${describeKind(content)}. Export the config as default: export default defineConfig({ seedkit: 'my-kit' })`,
    ]);
  }
  refuseLostNames(content, `config ${file}`);
  const parsed = configSchema.safeParse(content);
  if (!parsed.success) {
    throw invalid(file, parsed.error.issues.slice(0, MAX_PROBLEMS).flatMap(describeIssue), parsed.error);
  }
  const config: CodeseederConfig = parsed.data;
  const folder = path.dirname(file);
  const environments = Object.entries(config.environments ?? {}).map(
    ([name, environment]) => [name, withAbsolutePaths(environment, folder)] as const,
  );
  return { ...withAbsolutePaths(config, folder), environments: Object.fromEntries(environments) };
}

/** Returns an error about a config. */
export function invalid(file: string, problems: readonly string[], cause?: unknown): CodeseederError {
  const text = problems.join('; ').replace(/(?<![.?])$/, '.');
  return new CodeseederError('ConfigInvalid', `${file} is not a valid config: ${text}`, { cause });
}

function describeKind(content: unknown): string {
  if (content === undefined) return 'nothing as default';
  if (content === null) return 'null';
  return Array.isArray(content) ? 'an array' : `a ${typeof content}`;
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const member = toDotPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => describeUnknown(key, issue.path));
  }
  if (issue.code === 'invalid_key') {
    return [`the name in ${member} ${issue.issues.map(({ message }) => message).join(' and ')}`];
  }
  return [member === '' ? issue.message : `${member}: ${issue.message}`];
}

function describeUnknown(key: string, at: readonly PropertyKey[]): string {
  const member = toDotPath([...at, key]);
  const known = membersAt(configSchema, at);
  const near = known.filter((name) => isNear(name, key));
  const place = at.length === 0 ? 'A config' : toDotPath([...at]);
  if (near.length > 0) return `${member} is not known. Did you mean ${near.join(' or ')}?`;
  if (key in configSchema.shape && at[0] === 'options')
    return `${member} is not an option. Move it out of options`;
  return `${member} is not known. Remove it. ${place} has ${known.join(', ')}`;
}

/** Returns the names of the members that the schema has at a path. */
function membersAt(schema: z.core.$ZodType, at: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional) return membersAt(schema.unwrap(), at);
  const [name, ...rest] = at;
  if (schema instanceof z.ZodRecord) return membersAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (name === undefined) return Object.keys(schema.shape);
  const member = (schema.shape as Readonly<Record<PropertyKey, z.core.$ZodType>>)[name];
  return member === undefined ? [] : membersAt(member, rest);
}

/** Returns whether two names differ only in letter case, or in one character for every three of `name`, up to two. */
function isNear(name: string, written: string): boolean {
  const [one, other] = [name.toLowerCase(), written.toLowerCase()];
  return one === other || editDistance(one, other) <= Math.min(2, Math.floor(name.length / 3));
}

function withAbsolutePaths<Config extends ConfigEnvironment>(config: Config, folder: string): Config {
  const { options } = config;
  return options === undefined ? config : { ...config, options: absoluteOptions(options, folder) };
}

function absoluteOptions(options: ConfigOptions, folder: string): ConfigOptions {
  const absolute = { ...options };
  for (const option of ['dirs', 'files', 'localModules', 'requirementsFiles'] as const) {
    const paths = options[option];
    if (paths === undefined) continue;
    absolute[option] = Object.fromEntries(
      Object.entries(paths).map(([name, place]) => [name, path.resolve(folder, place)]),
    );
  }
  return absolute;
}
