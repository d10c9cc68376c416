import path from 'node:path';

import { definedOnly } from '../../lib/contract/index.js';
import type { BundleContents } from '../bundle/pack-bundle.js';
import type { PackWarning } from '../bundle/modules/beside-files.js';
import type { Connection } from '../connection/connection.js';
import type { KitAccess } from '../kit-access.js';
import { passImportedCall } from '../load/imported-calls.js';
import type { CallOptions } from '../call-option-types.js';
import { mergeRunOptions, type MergedOptions, refuseUnknownOptions } from './run-options.js';

/** The merged options of a call, and the connection to its seedkit. */
export interface PlannedRun {
  readonly options: MergedOptions<CallOptions>;
  /** Files and folders of the bundle that do not depend on the kind of run. */
  readonly contents: BundleContents;
  readonly connection: Connection;
}

/**
 * Merges the options of a call and connects to its seedkit.
 *
 * @param layers options that override the kit's own; later ones take precedence
 */
export async function planRun(kit: KitAccess, ...layers: readonly CallOptions[]): Promise<PlannedRun> {
  await passImportedCall(kit.name);
  const defaults = await kit.defaults();
  for (const layer of [defaults, ...layers]) refuseUnknownOptions(layer);
  const { aws, ...options } = mergeRunOptions<CallOptions>(defaults, ...layers);
  const { dirs = {}, files = {}, ignore = [], gitignore = false, verify = false, signal } = options;
  const { nodeModules = [], bundledPackages = [], build = {}, onProgress } = options;
  return {
    options,
    contents: definedOnly({
      dirs,
      files,
      ignore,
      gitignore,
      verify,
      nodeModules,
      bundledPackages,
      compute: { environmentType: build.environmentType, image: build.image },
      onWarning: ({ message, file, line }: PackWarning) =>
        onProgress?.(
          definedOnly({
            type: 'warning' as const,
            message,
            file: file === undefined ? undefined : path.relative('', file),
            line,
          }),
        ),
      signal,
    }),
    connection: await kit.connection(aws),
  };
}
