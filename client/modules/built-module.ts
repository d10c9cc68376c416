import { stat, readdir } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import type { ModuleKind, ModuleListener } from '../module-types.js';

/** A built package: one file that can be published. */
export interface BuiltModule {
  /** Name of the package as the caller gives it. */
  readonly name: string;
  readonly kind: ModuleKind;
  readonly version: string;
  readonly file: string;
  readonly sizeBytes: number;
}

/** Settings of the build of one package. */
export interface BuildSetting {
  /** Empty folder for the files of this build. */
  readonly folder: string;
  readonly onProgress?: ModuleListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the one file with this extension in a folder.
 * @throws CodeseederError `ModuleNotPublished` if there is not exactly one
 */
export async function builtFile(
  name: string,
  folder: string,
  ending: string,
): Promise<Pick<BuiltModule, 'file' | 'sizeBytes'>> {
  const [file, ...others] = (await readdir(folder)).filter((each) => each.endsWith(ending));
  if (file === undefined || others.length > 0) {
    throw new CodeseederError(
      'ModuleNotPublished',
      `Building ${name} created ${others.length + (file === undefined ? 0 : 1)} files ${ending}, not one.`,
    );
  }
  const built = path.join(folder, file);
  return { file: built, sizeBytes: (await stat(built)).size };
}
