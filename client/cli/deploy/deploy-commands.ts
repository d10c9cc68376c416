import type { Command } from 'commander';

import { parseSeedkitName } from '../../../lib/contract/index.js';
import { assemblyCacheFolder, synthesizeAssembly } from '../../deploy/assembly.js';
import { deploySeedkit, destroySeedkit } from '../../deployment.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { confirmDeletion } from './confirm-deletion.js';
import { addModulesCommand } from './modules-command.js';
import { awsOf, withPlaceOptions, type PlaceOptions } from './place-options.js';
import { printDeployEvents } from './print-deploy-events.js';
import { settingsOf, withSettingFlags, type SettingFlags } from './setting-flags.js';
import { synthesizedTemplate } from './synthesized-template.js';

interface DeployOptions extends PlaceOptions, SettingFlags {
  readonly synth?: boolean;
}

interface DestroyOptions extends PlaceOptions {
  readonly deleteData?: boolean;
  readonly yes?: boolean;
}

/** `codeseeder deploy seedkit`, `codeseeder deploy modules` and `codeseeder destroy seedkit`. */
export function addDeployCommands(program: Command, terminal: Terminal): void {
  const deploy = program.command('deploy').description('deploy to an AWS account, or to the local place');
  withSettingFlags(withPlaceOptions(deploy.command('seedkit'), 'say what the CDK says, too'))
    .description('deploy a seedkit, or bring it up to date; what is not said stays as it was deployed')
    .argument('<name>', "the seedkit's name")
    .option('--synth', 'print the template and deploy nothing')
    .action((name: string, options: DeployOptions) => runDeploy(parseSeedkitName(name), options, terminal));
  addModulesCommand(deploy, terminal);
  const destroy = program.command('destroy').description('take away what was deployed');
  withPlaceOptions(destroy.command('seedkit'), 'say what the CDK says, too')
    .description(
      "empty a seedkit's bucket and delete its stack; run table, key and packages stay unless they were deployed otherwise",
    )
    .argument('<name>', "the seedkit's name")
    .option('--delete-data', 'delete what would stay, too: records of runs, key (after 30 days) and packages')
    .option('--yes', "do not ask for the seedkit's name before data is deleted")
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
    signal: terminal.interrupted,
    onProgress: printDeployEvents(terminal, options.debug === true),
  });
  if (!result.existed) printLine(terminal.stderr, `! There is no stack ${result.stackName} to destroy.`);
  printResult(terminal, options.json === true, { seedkit: name, ...result }, () => [
    ...(result.existed ? [`The seedkit ${name} is destroyed.`] : []),
    ...result.retained.map((kept) => `retained: ${kept.logicalId} (${kept.resourceType})`),
  ]);
}
