import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { PhaseFailure } from './phase-failure.js';

const COMMANDS: Readonly<Record<string, string>> = { nodejs: 'node', python: 'python3' };

/**
 * Checks that the machine has the runtimes that a buildspec names. Installs nothing: builds use the machine's own
 * versions.
 * @returns lines for the log
 * @throws PhaseFailure `YAML_FILE_ERROR` for a runtime that the machine does not have
 */
export async function describeRuntimes(
  wanted: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): Promise<string[]> {
  return Promise.all(
    Object.entries(wanted).map(async ([name, version]) => {
      const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
      if (command === undefined) {
        throw new PhaseFailure(
          'YAML_FILE_ERROR',
          `Unknown runtime named '${name}'. This build image has the following runtimes: ${Object.keys(COMMANDS).join(', ')}`,
        );
      }
      const found = await versionOf(command, environment);
      return `The buildspec asks for runtime ${name} ${version}; the local AWS uses the machine's own, ${found}.`;
    }),
  );
}

async function versionOf(command: string, environment: Readonly<Record<string, string>>): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, ['--version'], { env: environment });
    return (stdout || stderr).trim();
  } catch (error) {
    throw new PhaseFailure('YAML_FILE_ERROR', `The machine has no ${command} in its PATH.`, { cause: error });
  }
}
