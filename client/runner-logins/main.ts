/**
 * A program inside each bundle that runs before anything is installed: logs docker in, and makes the mirrors of
 * PyPI and npm the ones that pip and npm use. It says what it did and never a password. Ends with 1 when a mirror
 * cannot be used: the build would go to the public index instead, or fail much later.
 *
 * Arguments: `--pypi-mirror=URL` and `--npm-mirror=URL`, each of them optional.
 */
import { homedir } from 'node:os';
import { parseArgs } from 'node:util';

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

import { logInToRegistries } from './docker-logins.js';
import { findMirror } from './mirror.js';
import { useNpmMirror } from './npm-mirror.js';
import { usePypiMirror } from './pypi-mirror.js';

const { values } = parseArgs({
  options: { 'pypi-mirror': { type: 'string' }, 'npm-mirror': { type: 'string' } },
});
// What the SDK says about later versions of Node is no matter of the build's log.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const variables = process.env;
const home = variables['HOME'] || homedir();
const client = new SecretsManagerClient({});

try {
  await logInToRegistries(variables, readSecret, say);
  const pypi = await findMirror('pypi', values['pypi-mirror'], variables, readSecret);
  if (pypi !== undefined) {
    say(`pip: packages come from ${pypi.url.href}, by ${usePypiMirror(pypi, home, variables)}`);
  }
  const npm = await findMirror('npm', values['npm-mirror'], variables, readSecret);
  if (npm !== undefined) {
    say(`npm: packages come from ${npm.url.href}, by ${useNpmMirror(npm, home, variables)}`);
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  client.destroy();
}

async function readSecret(secretId: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (SecretString === undefined) throw new Error('it is binary, and text is wanted');
  return SecretString;
}

function say(line: string): void {
  process.stdout.write(`codeseeder: ${line}\n`);
}
