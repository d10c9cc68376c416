import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { seedkitNameSchema } from '../../../lib/contract/index.js';
import { kindAt } from '../../bundle/python/local-reference.js';
import { findConfig } from '../../config/find-config.js';
import { namesIn } from '../completion/known-names.js';
import type { Project } from './find-project.js';
import type { PythonCode } from './find-python-code.js';

/** The options of a config that name Python code. */
export type CodeOptions = Pick<PythonCode, 'localModules' | 'requirementsFiles'>;

/** What a config needs to run the example. */
export interface WantedConfig {
  readonly seedkit: string;
  /** Undefined for another language than Python. Paths are relative to the project's folder. */
  readonly code: CodeOptions | undefined;
}

/** The config that commands use in a project. */
export interface PresentConfig {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads the config in the folder of a project, which need not exist, or above it. It applies there.
 * @throws CodeseederError `ConfigInvalid` if a folder has several configs
 */
export async function readPresentConfig({ folder }: Project): Promise<PresentConfig | undefined> {
  let existing = folder;
  while ((await kindAt(existing)) === undefined) existing = path.dirname(existing);
  const { file } = await findConfig(existing);
  return file === undefined ? undefined : { file, text: await readFile(file, 'utf8') };
}

/** Returns the seedkit that a config names; undefined if it names none, or several. */
export function seedkitIn({ text }: PresentConfig): string | undefined {
  const [name, ...others] = new Set(namesIn(text).seedkits);
  return others.length === 0 && seedkitNameSchema.safeParse(name).success ? name : undefined;
}
