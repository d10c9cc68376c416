import type { Command } from 'commander';

import { printLine, printResult, type Terminal } from '../terminal.js';
import { awsOf, detailOf, type StackFlags, withStackFlags } from './deploy-flags.js';

interface AppFlags extends StackFlags {
  readonly app: string;
}

/** Adds `codeseeder deploy --app`, the command that `deploy` runs without a subcommand. */
export function addAppCommand(deploy: Command, terminal: Terminal): void {
  withStackFlags(deploy.command('app', { isDefault: true }), 'print each event of a stack')
    .description('deploy all stacks of a CDK app of your own; `deploy --app <command>` is the same')
    .requiredOption('--app <command>', "command that runs the app, such as 'npx tsx my-app.ts'")
    .action((options: AppFlags) => runDeployApp(options, terminal));
}

async function runDeployApp(options: AppFlags, terminal: Terminal): Promise<void> {
  printLine(terminal.stderr, `synthesizing the app ${options.app}`);
  const { deployApp } = await import('../../deploy/deploy-app.js');
  const { showDeployment } = await import('./deploy-display.js');
  const stacks = await showDeployment(terminal, detailOf(options), (onProgress) =>
    deployApp(options.app, { aws: awsOf(options), signal: terminal.interrupted, onProgress }),
  );
  for (const { stackName, changed } of stacks) {
    printLine(terminal.stderr, `The stack ${stackName} is ${changed ? 'deployed' : 'up to date'}.`);
  }
  printResult<'deploy app'>(terminal, options.json === true, { stacks }, () =>
    stacks.flatMap(({ stackName, outputs }) =>
      Object.entries(outputs).map(([output, value]) => `${stackName}.${output} = ${value}`),
    ),
  );
}
