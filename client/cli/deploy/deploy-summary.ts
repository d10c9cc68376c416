import type { DeployResult } from '../../deploy-types.js';
import { type NextCommand, nextCommands } from '../next-commands.js';
import { isInteractive, printLine, type Terminal } from '../terminal.js';
import type { StackFlags } from './deploy-flags.js';

/** What a person needs of a deployed seedkit, and the output that has it. */
const SHOWN = {
  'Bucket of code, values and files': 'Bucket',
  'Table of records': 'RunTable',
  'Role of builds': 'CodeBuildRole',
  'Policy for those who start runs': 'ClientPolicyArn',
  Packages: 'CodeArtifactDomain',
} as const;

/** Commands that help after a deployment. */
const NEXT: readonly NextCommand[] = [
  [`run -- 'echo hello'`, 'runs a command in a build'],
  ['doctor', 'checks rights and quotas'],
  ['console', 'shows runs in a browser'],
];

/**
 * Returns what a person needs of the deployed seedkit, in two columns, or on a narrow terminal with each value below
 * its name.
 */
export function summaryOf(
  { stackName, outputs }: Pick<DeployResult, 'stackName' | 'outputs'>,
  { stdout }: Pick<Terminal, 'stdout'>,
): string[] {
  const [, , , region = '', account = ''] = (outputs['StateMachineArn'] ?? '').split(':');
  const rows = [
    ['Stack', stackName],
    ['Region and account', `${region}, ${account}`],
    ...Object.entries(SHOWN).map(([title, output]) => [title, outputs[output]]),
  ].filter((row): row is [string, string] => row[1] !== undefined);
  const width = Math.max(...rows.map(([title]) => title.length));
  const beside = rows.map(([title, value]) => `  ${title.padEnd(width)}  ${value}`);
  const columns = stdout.columns || Infinity;
  const lines = beside.every(({ length }) => length <= columns)
    ? beside
    : rows.flatMap(([title, value]) => [`  ${title}:`, `    ${value}`]);
  return [...lines, '  --verbose prints all outputs.'];
}

/** Prints the commands that help after a deployment, on a terminal. */
export function printNext(seedkit: string, flags: StackFlags, terminal: Terminal): void {
  if (!isInteractive(terminal)) return;
  printLine(terminal.stderr, 'Next:');
  for (const line of nextCommands(NEXT, seedkit, terminal, flags)) printLine(terminal.stderr, line);
}
