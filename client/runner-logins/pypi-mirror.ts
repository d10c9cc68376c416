import path from 'node:path';

import type { Variables } from './credentials-secret.js';
import { loginOf, type Mirror } from './mirror.js';
import { readIfThere, writePrivately } from './private-file.js';

/**
 * Sets a mirror as the package index of pip, in the configuration of the user that the build runs as. Other processes
 * could read the password on a command line or in a variable.
 *
 * @returns the file
 * @throws CodeseederError `CredentialsUnusable` when username or password is missing
 * @see https://pip.pypa.io/en/stable/topics/configuration/
 */
export function usePypiMirror({ url, credentials }: Mirror, home: string, variables: Variables): string {
  const index = new URL(url);
  if (credentials !== undefined) {
    const { username, password } = loginOf(credentials);
    index.username = encodeURIComponent(username);
    index.password = encodeURIComponent(password);
  }
  const configuration = variables['XDG_CONFIG_HOME'] || path.join(home, '.config');
  const file = variables['PIP_CONFIG_FILE'] || path.join(configuration, 'pip', 'pip.conf');
  writePrivately(file, withIndexUrl(readIfThere(file), index.href));
  return file;
}

/** Returns the configuration with the index. Keeps all other settings. */
function withIndexUrl(text: string, indexUrl: string): string {
  let section = '';
  const kept = text.split(/\r?\n/).filter((line) => {
    section = /^\[([^\]]*)\]/.exec(line)?.[1] ?? section;
    return !(section === 'global' && /^index[-_]url\s*[=:]/i.test(line));
  });
  const at = kept.findIndex((line) => /^\[global\]/.test(line));
  const ours = `index-url = ${indexUrl}`;
  if (at < 0) return `[global]\n${ours}\n${kept.join('\n')}`;
  return [...kept.slice(0, at + 1), ours, ...kept.slice(at + 1)].join('\n');
}
