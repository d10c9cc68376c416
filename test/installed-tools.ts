import { spawnSync } from 'node:child_process';
import { it } from '@jest/globals';

type Test = (title: string, body: () => Promise<void>) => void;

/** Tests that need the AWS CLI: reported as skipped, with the reason in the title, where it is missing. */
export const withAwsCli = needing('the AWS CLI', 'aws', ['--version']);

/** Tests that need Python with boto3. */
export const withBoto3 = needing('python3 with boto3', 'python3', [
  '-c',
  'import importlib.util, sys; sys.exit(importlib.util.find_spec("boto3") is None)',
]);

export const withNpm = needing('npm', 'npm', ['--version']);

export const withPip = needing('python3 with pip', 'python3', ['-m', 'pip', '--version']);

function needing(tool: string, command: string, args: readonly string[]): Test {
  if (spawnSync(command, args).status === 0) return (title, body) => it(title, body);
  return (title, body) => it.skip(`${title} (${tool} is not installed)`, body);
}
