import path from 'node:path';

import type { BundleContents } from '../bundle/pack-bundle.js';
import type { Connection } from '../connection/connection.js';
import type { KitAccess } from '../connection/kit-access.js';
import { passImportedCall } from '../load/imported-calls.js';
import type { CallOptions } from '../seedkit-types.js';
import { mergeRunOptions, type MergedOptions } from './run-options.js';

/** A call whose options are known, and where it goes. */
export interface PlannedRun {
  readonly options: MergedOptions<CallOptions>;
  /** What every kind of bundle takes along. */
  readonly contents: BundleContents;
  readonly connection: Connection;
}

/**
 * Finds out what a call asks for and of whom.
 *
 * @param layers options over the kit's own, the nearest last
 */
export async function planRun(kit: KitAccess, ...layers: readonly CallOptions[]): Promise<PlannedRun> {
  await passImportedCall(kit.name);
  const { aws, ...options } = mergeRunOptions<CallOptions>(await kit.defaults(), ...layers);
  const { dirs = {}, files = {}, ignore = [], gitignore = false, verify = false, signal } = options;
  const { nodeModules = [], bundledPackages = [], build = {}, onProgress } = options;
  return {
    options,
    contents: {
      dirs,
      files,
      ignore,
      gitignore,
      verify,
      nodeModules,
      bundledPackages,
      environment: { environmentType: build.environmentType, image: build.image },
      onWarning: ({ message, file, line }) =>
        onProgress?.({
          type: 'warning',
          message,
          ...(file !== undefined && { file: path.relative('', file) }),
          ...(line !== undefined && { line }),
        }),
      ...(signal !== undefined && { signal }),
    },
    connection: await kit.connection(aws),
  };
}
