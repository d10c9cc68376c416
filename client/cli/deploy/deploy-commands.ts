import { Argument, type Command } from 'commander';

import { parseSeedkitName } from '../../../lib/contract/index.js';
import type { Terminal } from '../terminal.js';
import { addAppCommand } from './app-command.js';
import { withStackFlags } from './deploy-flags.js';
import { addModulesCommand } from './modules-command.js';
import type { DeployOptions } from './run-deploy.js';
import type { DestroyOptions } from './run-destroy.js';
import { withSettingFlags } from './setting-flags.js';
import { valueOfKind } from '../value-kinds.js';

const ROLE_ARN = [
  '--role-arn <arn>',
  'role that CloudFormation creates, changes and deletes the resources with',
] as const;

/**
 * Adds `codeseeder deploy --app`, `codeseeder deploy seedkit`, `codeseeder deploy modules` and
 * `codeseeder destroy seedkit`.
 */
export function addDeployCommands(program: Command, terminal: Terminal): void {
  const deploy = program.command('deploy').description('deploy to an AWS account or to a local AWS');
  withSettingFlags(
    withStackFlags(deploy.command('seedkit'), 'print each event of the stack, and all its outputs'),
  )
    .description('deploy a seedkit, or update it; settings that are left out keep their deployed values')
    .addArgument(valueOfKind('seedkit', new Argument('<name>', 'name of the seedkit')))
    .option(...ROLE_ARN)
    .option('--synth', 'print the template and deploy nothing')
    .action(async (name: string, options: DeployOptions) => {
      const { runDeploy } = await import('./run-deploy.js');
      await runDeploy(parseSeedkitName(name), options, terminal);
    });
  addModulesCommand(deploy, terminal);
  addAppCommand(deploy, terminal);
  const destroy = program.command('destroy').description('delete what was deployed');
  withStackFlags(destroy.command('seedkit'), 'print each event of the stack')
    .description(
      "delete a seedkit's stack and its bucket with all objects, after you typed its name; run table, key and packages stay, unless deployed with --removal-policy destroy",
    )
    .addArgument(valueOfKind('seedkit', new Argument('<name>', 'name of the seedkit')))
    .option(...ROLE_ARN)
    .option(
      '--delete-data',
      'delete retained data, too: records of runs, key (in AWS, after 30 days) and packages',
    )
    .option('--yes', "do not ask to type the seedkit's name; needed without a terminal")
    .option('--if-exists', 'succeed if there is nothing to delete')
    .action(async (name: string, options: DestroyOptions) => {
      const { runDestroy } = await import('./run-destroy.js');
      await runDestroy(parseSeedkitName(name), options, terminal);
    });
}
