import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { BUILD_VARIABLES } from '../../lib/contract/build-variables.js';
import { hiddenTexts, withHidden } from '../../lib/contract/hidden-texts.js';

/** Replaces the secrets of a build in a text by `***`. */
export type HideSecrets = (text: string) => string;

/**
 * Returns a function that hides the secrets of a build: the values of its variables that are secrets or parameters, and
 * the credentials that the build logged in with. Removes the list of these variables from the environment.
 */
export function watchSecrets(environment: NodeJS.ProcessEnv): HideSecrets {
  const names = (environment[BUILD_VARIABLES.secretNames] ?? '').split(' ');
  delete environment[BUILD_VARIABLES.secretNames];
  const values = names.map((name) => environment[name] ?? '');
  const hidden = hiddenTexts([...values, ...loginCredentials(environment)]);
  return (text) => withHidden(text, hidden);
}

/** Reads the credentials from the files in which npm, pip and docker keep them. */
function loginCredentials(environment: NodeJS.ProcessEnv): string[] {
  const home = environment['HOME'] || homedir();
  const npm =
    environment['NPM_CONFIG_USERCONFIG'] || environment['npm_config_userconfig'] || path.join(home, '.npmrc');
  const configuration = environment['XDG_CONFIG_HOME'] || path.join(home, '.config');
  const pip = environment['PIP_CONFIG_FILE'] || path.join(configuration, 'pip', 'pip.conf');
  const docker = path.join(environment['DOCKER_CONFIG'] || path.join(home, '.docker'), 'config.json');
  return [
    ...matches(npm, /:_authToken=(.+)/g).map(unquoted),
    ...matches(npm, /:_(?:auth|password)=(\S+)/g).flatMap(basicCredentials),
    ...matches(pip, /:\/\/[^/\s:@]*:([^/\s@]+)@/g).flatMap((password) => [password, decoded(password)]),
    ...matches(docker, /"auth":\s*"([^"]+)"/g).flatMap(basicCredentials),
  ];
}

function matches(file: string, pattern: RegExp): string[] {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // The file does not exist, because the build did not log in there.
  }
  return [...text.matchAll(pattern)].map(([, found = '']) => found.trim());
}

/** Returns Base64 of `user:password` or of a password, and the password. */
function basicCredentials(base64: string): string[] {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return [base64, text.slice(text.indexOf(':') + 1)];
}

function unquoted(text: string): string {
  try {
    return text.startsWith('"') ? String(JSON.parse(text)) : text;
  } catch {
    return text;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
