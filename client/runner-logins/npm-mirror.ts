import path from 'node:path';

import { unusable, type Variables } from './credentials-secret.js';
import { loginOf, type Mirror, type MirrorCredentials } from './mirror.js';
import { readIfThere, writePrivately } from './private-file.js';

/**
 * Sets a mirror as npm's registry, in the `.npmrc` of the user that the build runs as.
 *
 * @returns the file
 * @throws CodeseederError `CredentialsUnusable` when there is neither token nor username and password
 * @see https://docs.npmjs.com/cli/configuring-npm/npmrc
 */
export function useNpmMirror({ url, credentials }: Mirror, home: string, variables: Variables): string {
  const registry = url.href.endsWith('/') ? url.href : `${url.href}/`;
  const scope = registry.replace(/^https?:/, '');
  const settings = new Map([['registry', registry]]);
  if (credentials !== undefined) {
    const [name, value] = credential(credentials);
    settings.set(`${scope}:${name}`, value);
  }
  const file =
    variables['NPM_CONFIG_USERCONFIG'] || variables['npm_config_userconfig'] || path.join(home, '.npmrc');
  writePrivately(file, withSettings(readIfThere(file), scope, settings));
  return file;
}

function credential(credentials: MirrorCredentials): ['_authToken' | '_auth', string] {
  const { token, source } = credentials;
  if (token === undefined) {
    const { username, password } = loginOf(credentials, ', nor an ssl_token');
    return ['_auth', Buffer.from(`${username}:${password}`).toString('base64')];
  }
  // npm would replace ${...} by a variable, and would end the value at a line break.
  if (/\$\{|[^\x21-\x7e]/.test(token)) {
    throw unusable(`${source} has an ssl_token with characters that an .npmrc cannot hold`);
  }
  return ['_authToken', /^[A-Za-z0-9._~+/=:-]+$/.test(token) ? token : JSON.stringify(token)];
}

/**
 * Returns the text of `.npmrc` with the settings. Keeps all other lines except for other credentials of the same
 * registry.
 */
function withSettings(text: string, scope: string, settings: ReadonlyMap<string, string>): string {
  const kept = text.split(/\r?\n/).filter((line) => {
    const key = line.split('=')[0]?.trim() ?? '';
    return line !== '' && key !== 'registry' && !key.startsWith(`${scope}:_`);
  });
  const ours = [...settings].map(([key, value]) => `${key}=${value}`);
  return `${[...kept, ...ours].join('\n')}\n`;
}
