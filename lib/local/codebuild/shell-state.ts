import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { readBuildFile } from './read-build-file.js';
import type { Shell } from './shell.js';
import { quote } from './shell-program.js';

/**
 * Returns the variables in `names`, even if they are not exported. Returns none if a command has killed the shell.
 * @param folder for a temporary file of the shell
 * @param isAllExported whether to return all exported variables, too. This starts a program in the build
 */
export async function readShellVariables(
  shell: Shell,
  folder: string,
  names: readonly string[],
  isAllExported: boolean,
): Promise<Record<string, string>> {
  if (names.length === 0 && !isAllExported) return {};
  const file = unpredictablePath(folder);
  const named = names
    .filter((name) => /^[A-Za-z_]\w*$/.test(name))
    .map((name) => `printf '%s=%s\\0' ${name} "\${${name}-}";`);
  // The shell has no syntax for other names, but its environment may have them.
  const readsAll = isAllExported || named.length < names.length;
  const commands = [...(readsAll ? ['env -0;'] : []), ...named];
  try {
    await shell.run(`{ ${commands.join(' ')} } >|${quote(file)} 2>/dev/null`);
  } catch {
    return {};
  }
  const entries = readBuildFile(file)
    .split('\0')
    .filter((entry) => entry.includes('='));
  return Object.fromEntries(
    entries.map((entry) => {
      const end = entry.indexOf('=');
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

/**
 * Evaluates a text as bash would inside double quotes, such as `$NAME` or `$(date +%F)`.
 * @returns an empty text if that fails
 */
export async function expandInShell(shell: Shell, folder: string, text: string): Promise<string> {
  const file = unpredictablePath(folder);
  const quoted = text.replace(/["\\]/g, '\\$&');
  try {
    await shell.run(`printf %s "${quoted}" >|${quote(file)} 2>/dev/null`);
    return readBuildFile(file);
  } catch {
    return '';
  }
}

/**
 * Returns a path in the folder with a random name. The build cannot guess the name, so it cannot create a link or
 * folder at this path first.
 */
function unpredictablePath(folder: string): string {
  return join(folder, randomUUID());
}
