import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { projectRootOf } from '../../bundle/files/project-root.js';

/** A file to write. */
export interface PlannedFile {
  /** Absolute path. */
  readonly file: string;
  readonly contents: string;
  /** What to do by hand if another file with this name exists. */
  readonly advice: string;
  /** Absolute path of another file that this one would hide; undefined if there is none. */
  readonly hidden?: string | undefined;
}

/** Returns the absolute path of a template in this package. */
export async function templatePath(template: string): Promise<string> {
  return path.join(await projectRootOf(fileURLToPath(import.meta.url)), 'examples', template);
}

/** Reads a template of this package. */
export async function readTemplate(template: string): Promise<string> {
  return readFile(await templatePath(template), 'utf8');
}
