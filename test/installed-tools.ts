import { spawnSync } from 'node:child_process';
import { it } from '@jest/globals';

import { sharedValue } from './shared-value.js';

type Test = (title: string, body: () => Promise<void>, timeoutMs?: number) => void;

/**
 * Defines a test that needs an AWS CLI that reads `AWS_ENDPOINT_URL`: 1.29 or later of version 1, or 2.13 or later.
 * Without one, the test is skipped, and its title has the reason.
 */
export const withAwsCli = needing('an AWS CLI that reads AWS_ENDPOINT_URL', 'sh', [
  '-c',
  'aws --version 2>&1 | grep -Eq "^aws-cli/(1\\.(29|[3-9][0-9])|2\\.(1[3-9]|[2-9][0-9]))\\."',
]);

/** Defines a test that needs Python with a boto3 that reads `AWS_ENDPOINT_URL`: 1.28 or later. */
export const withBoto3 = needing('boto3 1.28 or later', 'python3', [
  '-c',
  'import boto3, sys; sys.exit(tuple(map(int, boto3.__version__.split(".")[:2])) < (1, 28))',
]);

export const withNpm = needing('npm', 'npm', ['--version']);

/** Defines a test that needs bash 4 or later, which has `compopt`. */
export const withBash4 = needing('bash 4 or later', 'bash', ['-c', '((BASH_VERSINFO[0] >= 4))']);

export const withZsh = needing('zsh', 'zsh', ['--version']);

export const withFish = needing('fish', 'fish', ['--version']);

export const withPython = needing('python3', 'python3', ['--version']);

export const withPip = needing('python3 with pip', 'python3', ['-m', 'pip', '--version']);

function needing(tool: string, command: string, args: readonly string[]): Test {
  const find = () => spawnSync(command, args).status === 0;
  if (sharedValue(`tool ${tool}`, find)) return it;
  return (title, body) => it.skip(`${title} (${tool} is not installed)`, body);
}
