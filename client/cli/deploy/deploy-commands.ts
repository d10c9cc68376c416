import type { Command } from 'commander';

import { parseSeedkitName } from '../../../lib/contract/index.js';
import { assemblyCacheFolder, synthesizeAssembly } from '../../deploy/assembly.js';
import { deploySeedkit, destroySeedkit } from '../../deployment.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { confirmDeletion } from './confirm-deletion.js';
import { addAppCommand } from './app-command.js';
import { addModulesCommand } from './modules-command.js';
import { awsOf, withDeployFlags, type DeployFlags } from './deploy-flags.js';
import { describeRetained } from './describe-retained.js';
import { printDeployEvents } from './print-deploy-events.js';
import { settingsOf, withSettingFlags, type SettingFlags } from './setting-flags.js';
import { synthesizedTemplate } from './synthesized-template.js';

interface DeployOptions extends DeployFlags, SettingFlags {
  readonly roleArn?: string | undefined;
  readonly synth?: boolean | undefined;
}

interface DestroyOptions extends DeployFlags {
  readonly roleArn?: string | undefined;
  readonly deleteData?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const ROLE_ARN = [
  '--role-arn <arn>',
  'role that CloudFormation creates, changes and deletes the resources with',
] as const;

/** Adds `codeseeder deploy --app`, `codeseeder deploy seedkit`, `codeseeder deploy modules` and `codeseeder destroy seedkit`. */
export function addDeployCommands(program: Command, terminal: Terminal): void {
  const deploy = program.command('deploy').description('deploy to an AWS account or to a local AWS');
  withSettingFlags(withDeployFlags(deploy.command('seedkit'), "print the CDK's messages, too"))
    .description('deploy a seedkit, or update it; settings that are left out keep their deployed values')
    .argument('<name>', 'name of the seedkit')
    .option(...ROLE_ARN)
    .option('--synth', 'print the template and deploy nothing')
    .action((name: string, options: DeployOptions) => runDeploy(parseSeedkitName(name), options, terminal));
  addModulesCommand(deploy, terminal);
  addAppCommand(deploy, terminal);
  const destroy = program.command('destroy').description('delete what was deployed');
  withDeployFlags(destroy.command('seedkit'), "print the CDK's messages, too")
    .description(
      "delete a seedkit's stack and its bucket with all objects; run table, key and packages stay, unless deployed with --removal-policy destroy",
    )
    .argument('<name>', 'name of the seedkit')
    .option(...ROLE_ARN)
    .option('--delete-data', 'delete retained data, too: records of runs, key (after 30 days) and packages')
    .option('--yes', "do not ask to type the seedkit's name before data is deleted")
    .action((name: string, options: DestroyOptions) => runDestroy(parseSeedkitName(name), options, terminal));
}

async function runDeploy(name: string, options: DeployOptions, terminal: Terminal): Promise<void> {
  const settings = settingsOf(options);
  if (options.synth === true) {
    const template = await synthesizedTemplate(name, settings, (context) =>
      synthesizeAssembly({
        context,
        cacheFolder: assemblyCacheFolder(terminal.environment),
        signal: terminal.interrupted,
      }),
    );
    printLine(terminal.stdout, template);
    return;
  }
  const result = await deploySeedkit(name, {
    ...settings,
    aws: awsOf(options),
    roleArn: options.roleArn,
    signal: terminal.interrupted,
    onProgress: printDeployEvents(terminal, options.debug === true),
  });
  printLine(
    terminal.stderr,
    result.changed ? `The seedkit ${name} is deployed.` : `The seedkit ${name} is up to date.`,
  );
  printResult(terminal, options.json === true, { seedkit: name, ...result }, () =>
    Object.entries(result.outputs).map(([output, value]) => `${output} = ${value}`),
  );
}

async function runDestroy(name: string, options: DestroyOptions, terminal: Terminal): Promise<void> {
  const deleteData = options.deleteData === true;
  if (deleteData && options.yes !== true) await confirmDeletion(name, terminal);
  const result = await destroySeedkit(name, {
    deleteData,
    aws: awsOf(options),
    roleArn: options.roleArn,
    signal: terminal.interrupted,
    onProgress: printDeployEvents(terminal, options.debug === true),
  });
  if (!result.existed) printLine(terminal.stderr, `! There is no stack ${result.stackName} to destroy.`);
  printResult(terminal, options.json === true, { seedkit: name, ...result }, () => [
    ...(result.existed ? [`The seedkit ${name} is destroyed.`] : []),
    ...result.retained.flatMap(describeRetained),
  ]);
}
