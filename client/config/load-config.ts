import { readFile } from 'node:fs/promises';

import { CodeseederError } from '../../lib/contract/index.js';
import { mergeRunOptions } from '../submit/run-options.js';
import type { CodeseederConfig, ConfigEnvironment } from './config-types.js';
import { findConfig, namedConfig } from './find-config.js';
import { invalid, parseConfig } from './parse-config.js';

/** A config, with the members of the chosen environment. */
export interface SelectedConfig extends ConfigEnvironment {
  readonly file: string;
  /** Name of the chosen environment; undefined if none was chosen. */
  readonly environment: string | undefined;
  /** Which of `seedkit`, `region` and `profile` the chosen environment itself sets. */
  readonly ofEnvironment: ReadonlySet<keyof ConfigEnvironment>;
  /** Name of an environment in a local AWS; undefined if there is none. */
  readonly localEnvironment: string | undefined;
}

/**
 * Finds and reads the config of a folder, and selects an environment.
 *
 * @param environment name of the environment; without it, the config's own members apply
 * @returns undefined if there is no config and no environment is requested
 * @throws CodeseederError `ConfigInvalid` with file, member and fix
 */
export async function loadConfig(from: string, environment?: string): Promise<SelectedConfig | undefined> {
  const { file, upTo } = await findConfig(from);
  if (file !== undefined)
    return selectEnvironment(parseConfig(await readConfig(file), file), file, environment);
  if (environment === undefined) return undefined;
  throw new CodeseederError(
    'ConfigInvalid',
    `There is no ${namedConfig(undefined)} for the environment ${JSON.stringify(environment)}: none is in ${from}${upTo === from ? '' : `, nor above up to ${upTo}`}. Change the folder, or leave out --environment and CODESEEDER_ENVIRONMENT.`,
  );
}

async function readConfig(file: string): Promise<unknown> {
  if (file.endsWith('.json')) return readJson(file);
  const { loadModule } = await import('../load/load-module.js');
  const { namespace } = await loadModule(file);
  return defaultOf(namespace);
}

/** Returns the default export. A module that was compiled to CommonJS has it in `default.default`. */
function defaultOf(namespace: Readonly<Record<string, unknown>>): unknown {
  const { default: exported } = namespace;
  if (typeof exported !== 'object' || exported === null) return exported;
  const isCompiled = '__esModule' in exported && exported.__esModule === true;
  if (!isCompiled) return exported;
  return 'default' in exported ? exported.default : undefined;
}

/** Reads JSON. `$schema`, by which editors find the schema, is not a member of the config. */
async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, [`it is not JSON (${(cause as Error).message})`], cause);
  }
  if (typeof content !== 'object' || content === null || !('$schema' in content)) return content;
  const { $schema: _, ...config } = content;
  return config;
}

function selectEnvironment(
  { environments = {}, ...own }: CodeseederConfig,
  file: string,
  name: string | undefined,
): SelectedConfig {
  const localEnvironment = Object.keys(environments).find((each) => environments[each]?.local === true);
  if (name === undefined)
    return { ...own, file, environment: undefined, ofEnvironment: new Set(), localEnvironment };
  const chosen = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (chosen === undefined) {
    const names = Object.keys(environments).join(', ');
    throw new CodeseederError(
      'ConfigInvalid',
      `${file} has no environment ${JSON.stringify(name)}. ${names === '' ? 'It has none: add it to environments' : `Its environments are ${names}`}.`,
    );
  }
  const ofEnvironment = (['seedkit', 'region', 'profile'] as const).filter(
    (member) => chosen[member] !== undefined,
  );
  return {
    file,
    environment: name,
    ofEnvironment: new Set(ofEnvironment),
    localEnvironment,
    seedkit: chosen.seedkit ?? own.seedkit,
    region: chosen.region ?? own.region,
    profile: chosen.profile ?? own.profile,
    local: chosen.local ?? own.local,
    options: mergeRunOptions(own.options ?? {}, chosen.options ?? {}),
  };
}
