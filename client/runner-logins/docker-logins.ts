import { spawn } from 'node:child_process';

import { PROJECT_VARIABLES } from '../../lib/contract/project-variables.js';
import {
  entryOf,
  isEntries,
  readEntries,
  secretReference,
  textOf,
  type Entries,
  type ReadSecret,
  type Variables,
} from './credentials-secret.js';

/** Time to wait for the answer of one registry. */
const LOGIN_TIMEOUT_MS = 60_000;

/**
 * Matches a registry for `docker login`. A name that starts with a hyphen is refused, because docker would read it as
 * an option.
 */
const REGISTRY = /^[A-Za-z0-9][A-Za-z0-9.:/_-]*$/;

/**
 * Logs docker in to the registries of a secret `{ registry: { username, password } }`. A failed login is logged and
 * does not end the build, which may not need the registry.
 */
export async function logInToRegistries(
  variables: Variables,
  readSecret: ReadSecret,
  log: (line: string) => void,
): Promise<void> {
  const reference = secretReference(variables, [PROJECT_VARIABLES.dockerSecret]);
  if (reference === undefined) return;
  try {
    const all = await readEntries(reference, readSecret);
    const registries = reference.key === undefined ? all : entryOf(all, reference.key, reference);
    for (const registry of Object.keys(registries)) {
      const problem = await logIn(registry, registries, variables);
      log(
        problem === undefined
          ? `docker: logged in to ${registry}`
          : `docker: no login to ${registry}: ${problem}`,
      );
    }
  } catch (error) {
    log(`docker: no login to any registry: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Logs docker in to one registry. @returns the problem, or undefined if it succeeded */
async function logIn(
  registry: string,
  registries: Entries,
  variables: Variables,
): Promise<string | undefined> {
  const entry = registries[registry];
  if (!REGISTRY.test(registry)) return 'that is not the name of a registry';
  if (!isEntries(entry)) return 'its entry is not a JSON object';
  const username = textOf(entry, 'username');
  const password = textOf(entry, 'password');
  if (username === undefined || password === undefined) {
    return `its entry has no ${username === undefined ? 'username' : 'password'}`;
  }
  const { exitCode, output } = await dockerLogin(registry, username, password, variables);
  if (exitCode === 0) return undefined;
  return output.replaceAll(password, '***').trim() || `docker ended with ${exitCode}`;
}

/**
 * Runs `docker login`. Passes the password by standard input, because all processes of the machine can read a command
 * line.
 */
function dockerLogin(
  registry: string,
  username: string,
  password: string,
  variables: Variables,
): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve) => {
    const args = ['login', `--username=${username}`, '--password-stdin', registry];
    const child = spawn('docker', args, {
      env: { ...variables },
      stdio: ['pipe', 'ignore', 'pipe'],
      // The option `timeout` would keep this process alive if docker is missing.
      signal: AbortSignal.timeout(LOGIN_TIMEOUT_MS),
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2_000)));
    child.on('error', (error) => resolve({ exitCode: null, output: error.message }));
    child.on('close', (exitCode) => resolve({ exitCode, output }));
    // docker may end without reading its input.
    child.stdin.on('error', () => undefined).end(password);
  });
}
