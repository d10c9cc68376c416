import { spawn } from 'node:child_process';

import { PROJECT_VARIABLES } from '../../lib/contract/project-variables.js';
import {
  entryOf,
  readEntries,
  secretReference,
  textOf,
  type Entries,
  type ReadSecret,
  type Variables,
} from './credentials-secret.js';

/** How long one registry may take to answer. */
const LOGIN_TIMEOUT_MS = 60_000;

/** What `docker login` takes for a registry; never one of its options. */
const REGISTRY = /^[A-Za-z0-9][A-Za-z0-9.:/_-]*$/;

/**
 * Logs docker in to the registries of a secret `{ registry: { username, password } }`. What fails is said and does
 * not end the build: it may need none of these registries.
 */
export async function logInToRegistries(
  variables: Variables,
  readSecret: ReadSecret,
  say: (line: string) => void,
): Promise<void> {
  const reference = secretReference(variables, [PROJECT_VARIABLES.dockerSecret]);
  if (reference === undefined) return;
  try {
    const all = await readEntries(reference, readSecret);
    const registries = reference.key === undefined ? all : entryOf(all, reference.key, reference);
    for (const registry of Object.keys(registries)) {
      const problem = await logIn(registry, registries, variables);
      say(
        problem === undefined
          ? `docker: logged in to ${registry}`
          : `docker: no login to ${registry}: ${problem}`,
      );
    }
  } catch (error) {
    say(`docker: no login to any registry: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @returns what went wrong */
async function logIn(
  registry: string,
  registries: Entries,
  variables: Variables,
): Promise<string | undefined> {
  const entry = registries[registry];
  if (!REGISTRY.test(registry)) return 'that is not the name of a registry';
  if (typeof entry !== 'object' || entry === null) return 'its entry is not a JSON object';
  const username = textOf(entry as Entries, 'username');
  const password = textOf(entry as Entries, 'password');
  if (username === undefined || password === undefined) {
    return `its entry has no ${username === undefined ? 'username' : 'password'}`;
  }
  const { exitCode, said } = await dockerLogin(registry, username, password, variables);
  if (exitCode === 0) return undefined;
  return said.replaceAll(password, '***').trim() || `docker ended with ${exitCode}`;
}

/** The password goes in by standard input: any process of the machine can read a command line. */
function dockerLogin(
  registry: string,
  username: string,
  password: string,
  variables: Variables,
): Promise<{ exitCode: number | null; said: string }> {
  return new Promise((resolve) => {
    const args = ['login', `--username=${username}`, '--password-stdin', registry];
    const child = spawn('docker', args, {
      env: { ...variables },
      stdio: ['pipe', 'ignore', 'pipe'],
      // Unlike the option `timeout`, it lets the program end when there is no docker.
      signal: AbortSignal.timeout(LOGIN_TIMEOUT_MS),
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)));
    child.on('error', (error) => resolve({ exitCode: null, said: error.message }));
    child.on('close', (exitCode) => resolve({ exitCode, said }));
    // It may end without reading.
    child.stdin.on('error', () => undefined).end(password);
  });
}
