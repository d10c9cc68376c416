import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { passwordsIn, readPipSettings } from './pip-settings.js';

/**
 * Writes the package registries that the developer has configured for npm and pip to the settings files in a build's
 * home folder. Environment variables are not used: they would override the files in which a build stores a login, and
 * every command of the build could read them.
 *
 * @returns the paths of this machine in the settings, such as a folder of wheels
 * @param hide receives each password in the settings, which the build's log must not show
 */
export function writeDeveloperRegistries(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
  hide: (secret: string) => void,
): string[] {
  const registry = environment['npm_config_registry'];
  if (registry !== undefined && isOneWord(registry)) {
    writePrivately(join(home, '.npmrc'), `registry=${registry}\n`);
  }
  const settings = readPipSettings(environment, process.cwd());
  passwordsIn(settings).forEach(hide);
  const lines = [...settings]
    .filter(([, value]) => value.split(/\s+/).every(isOneWord))
    .map(([name, value]) => `${name} = ${value}\n`);
  if (lines.length > 0) {
    writePrivately(join(home, '.config', 'pip', 'pip.conf'), `[global]\n${lines.join('')}`);
  }
  const words = [...settings.values()].flatMap((value) => value.split(/\s+/));
  return words.map(pathOf).filter((path) => path !== undefined);
}

/** Returns the path in one word of a setting, which may be a `file:` URL; undefined for other words. */
function pathOf(word: string): string | undefined {
  if (isAbsolute(word)) return word;
  try {
    return word.startsWith('file:') ? fileURLToPath(word) : undefined;
  } catch {
    return undefined;
  }
}

function isOneWord(text: string): boolean {
  return !/[\s\p{C}]/u.test(text);
}

function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
}
