import { Argument, type Command } from 'commander';

import { parseSeedkitName } from '../../../lib/contract/index.js';
import { deployModules } from '../../deployment.js';
import type { ModuleEvent } from '../../module-types.js';
import { collect } from '../run/collect.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { awsOf, withDeployFlags, type DeployFlags } from './deploy-flags.js';
import { valueOfKind } from '../value-kinds.js';

interface ModulesOptions extends DeployFlags {
  readonly module: readonly string[];
}

/** Adds `codeseeder deploy modules`. */
export function addModulesCommand(deploy: Command, terminal: Terminal): void {
  withDeployFlags(deploy.command('modules'), 'print the output of npm and pip, too')
    .description("publish local npm and Python packages to a seedkit's CodeArtifact repository")
    .addArgument(valueOfKind('seedkit', new Argument('<name>', 'name of the seedkit')))
    .requiredOption('--module <package:folder>', 'package to build and publish (repeatable)', collect)
    .action((name: string, options: ModulesOptions) =>
      runDeployModules(parseSeedkitName(name), options, terminal),
    );
}

async function runDeployModules(name: string, options: ModulesOptions, terminal: Terminal): Promise<void> {
  const result = await deployModules(name, options.module, {
    aws: awsOf(options),
    signal: terminal.interrupted,
    onProgress: (event) => {
      if (event.type !== 'output' || options.debug === true)
        printLine(terminal.stderr, describeModuleEvent(event));
    },
  });
  printResult<'deploy modules'>(terminal, options.json === true, { seedkit: name, ...result }, () =>
    result.modules.map(
      (module) =>
        `${module.name} ${module.version} (${module.kind}) is in ${result.domain}/${result.repository}`,
    ),
  );
}

/** Describes an event in one line. */
export function describeModuleEvent(event: ModuleEvent): string {
  switch (event.type) {
    case 'building':
      return `building ${event.name} (${event.kind}) in ${event.directory}`;
    case 'built':
      return `built ${event.name} ${event.version}, ${event.sizeBytes} bytes`;
    case 'deleted':
      return `deleted ${event.name} ${event.version} to replace it`;
    case 'published':
      return `published ${event.name} ${event.version}`;
    case 'output':
      return `${event.name}: ${event.text}`;
  }
}
