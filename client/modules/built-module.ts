import { stat, readdir } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import type { ModuleKind, ModuleListener } from '../module-types.js';

/** A package in one file, ready to be published. */
export interface BuiltModule {
  /** As the caller names the package. */
  readonly name: string;
  readonly kind: ModuleKind;
  readonly version: string;
  readonly file: string;
  readonly sizeBytes: number;
}

export interface BuildSetting {
  /** An empty folder of this package's own. */
  readonly folder: string;
  readonly onProgress?: ModuleListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The one file with this ending that a tool left. @throws CodeseederError `ModuleNotPublished` */
export async function builtFile(
  name: string,
  folder: string,
  ending: string,
): Promise<Pick<BuiltModule, 'file' | 'sizeBytes'>> {
  const [file, ...others] = (await readdir(folder)).filter((each) => each.endsWith(ending));
  if (file === undefined || others.length > 0) {
    throw new CodeseederError(
      'ModuleNotPublished',
      `Building ${name} gave ${others.length + (file === undefined ? 0 : 1)} files ${ending}, not one.`,
    );
  }
  const built = path.join(folder, file);
  return { file: built, sizeBytes: (await stat(built)).size };
}
