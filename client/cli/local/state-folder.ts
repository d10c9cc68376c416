import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Returns the folder where a local AWS stores its data by default.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultDataFolder(
  seedkit: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const state =
    environment['XDG_STATE_HOME'] || path.join(environment['HOME'] || homedir(), '.local', 'state');
  return path.join(state, 'codeseeder', seedkit);
}
