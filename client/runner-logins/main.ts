/**
 * A program that each build runs before it installs anything: logs docker in to registries, and configures pip and npm
 * to use mirrors or, without a mirror, the seedkit's CodeArtifact. Logs its steps, but never a password. Exits with 1
 * if a mirror cannot be used, because the build would use the public index instead, or fail much later.
 *
 * `client/runner-logins-python` does the same in Python, with the same messages.
 *
 * Arguments, all optional: `--pypi-mirror=URL`, `--npm-mirror=URL` and `--codeartifact=DOMAIN/REPOSITORY`.
 */
import { homedir } from 'node:os';
import { parseArgs } from 'node:util';

import { CodeartifactClient } from '@aws-sdk/client-codeartifact';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

import { logInToCodeArtifact, simpleIndex } from './code-artifact.js';
import { logInToRegistries } from './docker-logins.js';
import { findMirror, type Mirror } from './mirror.js';
import { useNpmMirror } from './npm-mirror.js';
import { usePypiMirror } from './pypi-mirror.js';

const { values } = parseArgs({
  options: {
    'pypi-mirror': { type: 'string' },
    'npm-mirror': { type: 'string' },
    codeartifact: { type: 'string' },
  },
});
// Keeps the SDK's warning about versions of Node out of the build's log.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const variables = process.env;
const home = variables['HOME'] || homedir();
const secrets = new SecretsManagerClient({});
const codeArtifact = new CodeartifactClient({});

try {
  await logInToRegistries(variables, readSecret, log);
  const { pypi, npm } = await findMirrors();
  if (pypi !== undefined) {
    log(`pip: packages come from ${pypi.url.href}, by ${usePypiMirror(pypi, home, variables)}`);
  }
  if (npm !== undefined) {
    log(`npm: packages come from ${npm.url.href}, by ${useNpmMirror(npm, home, variables)}`);
  }
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  secrets.destroy();
  codeArtifact.destroy();
}

/** Finds the mirror of each kind of packages. A mirror of the run or a secret takes precedence over CodeArtifact. */
async function findMirrors(): Promise<{
  readonly pypi?: Mirror | undefined;
  readonly npm?: Mirror | undefined;
}> {
  const pypi = await findMirror('pypi', values['pypi-mirror'], variables, readSecret);
  const npm = await findMirror('npm', values['npm-mirror'], variables, readSecret);
  const formats = (['pypi', 'npm'] as const).filter((kind) => ({ pypi, npm })[kind] === undefined);
  if (values.codeartifact === undefined || formats.length === 0) return { pypi, npm };
  const found = await logInToCodeArtifact(values.codeartifact, formats, codeArtifact);
  const index = found.get('pypi');
  return {
    pypi: pypi ?? (index && simpleIndex(index)),
    npm: npm ?? found.get('npm'),
  };
}

async function readSecret(secretId: string): Promise<string> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (SecretString === undefined) throw new Error('it is binary, but must be text');
  return SecretString;
}

function log(line: string): void {
  process.stdout.write(`codeseeder: ${line}\n`);
}
