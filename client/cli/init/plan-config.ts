import path from 'node:path';

import { findConfig } from '../../config/find-config.js';
import type { ExampleForm } from './example-files.js';
import { type Project, readIfExists } from './find-project.js';
import type { Language } from './init-flags.js';
import { type PlannedFile, readTemplate, templatePath } from './planned-file.js';

/** The config of a project. */
export interface ConfigPlan {
  /** The config to write, at the path of the present one if there is one. */
  readonly config: PlannedFile;
  /** Whether commands use this config, and not one that the project had before. */
  readonly applies: boolean;
}

/**
 * Plans `codeseeder.config.*`. A config that is in the folder or above it applies there, so another one is not written.
 * @throws CodeseederError `ConfigInvalid` if a folder has several configs
 */
export async function planConfig(
  { folder }: Project,
  { config: [template, file] }: ExampleForm,
  { language, seedkit }: { language: Language; seedkit: string },
): Promise<ConfigPlan> {
  const contents = (await readTemplate(template)).replaceAll('my-kit', seedkit);
  const { file: present } = await findConfig(folder);
  const modules = language === 'python' ? ' with the option "localModules": { "hello": "./hello" }' : '';
  const config: PlannedFile = {
    file: present ?? path.join(folder, file),
    contents,
    advice: `name the seedkit ${seedkit} in it${modules}. An example with environments is ${await templatePath(template)}`,
  };
  return { config, applies: present === undefined || (await readIfExists(present)) === contents };
}
