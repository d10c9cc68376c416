import path from 'node:path';

import { Argument, type Command } from 'commander';

import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { describePlaces, localPlaces } from './local-places.js';
import { defaultDataFolder } from './state-folder.js';
import { valueOfKind } from '../value-kinds.js';

/** Values of the flags that all commands on a local AWS have. */
export interface LocalFlags {
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Adds the seedkit's name, `--data` and `--json`, which commands on a local AWS have. */
export function withLocalFlags(command: Command, description: string): Command {
  return withDataFlags(command, description).addArgument(
    valueOfKind(
      'seedkit',
      new Argument('[name]', 'name of the seedkit (default: CODESEEDER_SEEDKIT, else that of the config)'),
    ),
  );
}

/** Adds `--data` and `--json`. */
export function withDataFlags(command: Command, description: string): Command {
  return command
    .description(description)
    .option('--data <dir>', 'folder of its data (default: ~/.local/state/codeseeder/<name>)')
    .option('--json', 'print the result as JSON');
}

/** Returns the data folder of a seedkit's local AWS. */
export function dataFolderOf(seedkit: string, flags: LocalFlags, terminal: Terminal): string {
  const { data } = flags;
  if (data === undefined) return defaultDataFolder(seedkit, terminal.environment);
  return path.resolve(terminal.workingFolder, data);
}

/** Returns the running local AWS of a seedkit, or undefined if it is not running. */
export async function findLocalAws(seedkit: string, flags: LocalFlags, terminal: Terminal) {
  const { findRunningPlace } = await import('../../../lib/local/running-place.js');
  return findRunningPlace(dataFolderOf(seedkit, flags, terminal));
}

/** Configuration of SDK clients for a local AWS. */
export interface LocalAwsClient {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * Reads endpoint and credentials of a running local AWS from its data folder. Access to the folder is the
 * authorization.
 * @throws UsageError if it is not running
 */
export async function localAwsOf(
  seedkit: string,
  options: LocalFlags,
  terminal: Terminal,
): Promise<LocalAwsClient> {
  const { readPlaceIdentity } = await import('../../../lib/local/place-identity.js');
  const localAws = await findLocalAws(seedkit, options, terminal);
  const identity = localAws && (await readPlaceIdentity(dataFolderOf(seedkit, options, terminal)));
  if (localAws === undefined || identity === undefined) {
    const others = options.data === undefined ? await describeOthers(seedkit, terminal.environment) : '';
    throw new UsageError(
      `The local AWS of ${seedkit} is not up.${others}\nTo start it: codeseeder local up ${seedkit} --detach`,
    );
  }
  return { endpoint: localAws.endpoint, region: identity.region, credentials: identity.credentials };
}

/** Lists the local AWSs of other seedkits in a sentence. @returns an empty text if there are none */
async function describeOthers(seedkit: string, variables: Terminal['environment']): Promise<string> {
  const places = (await localPlaces(variables)).filter((place) => place.seedkit !== seedkit);
  return places.length === 0 ? '' : ` ${describePlaces(places)}`;
}

/** Variables that would make AWS SDKs ignore or extend the credentials of a local AWS. */
export const OF_OTHER_CREDENTIALS: readonly string[] = ['AWS_PROFILE', 'AWS_SESSION_TOKEN'];

/** Returns the lines of a shell that set variables, and remove those of other credentials that are set. */
export function exportsOf(
  variables: Readonly<Record<string, string>>,
  present: Terminal['environment'],
): string[] {
  const removed = OF_OTHER_CREDENTIALS.filter((name) => present[name]);
  return [
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${value}`),
    ...(removed.length === 0 ? [] : [`unset ${removed.join(' ')}`]),
  ];
}
