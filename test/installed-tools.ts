import { spawnSync } from 'node:child_process';
import { it } from '@jest/globals';

type Test = (title: string, body: () => Promise<void>) => void;

/** Defines a test that needs the AWS CLI. Without the AWS CLI, the test is skipped with the reason in its title. */
export const withAwsCli = needing('the AWS CLI', 'aws', ['--version']);

/** Defines a test that needs Python with boto3. */
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
