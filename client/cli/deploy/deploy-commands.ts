import { type Command, Option } from 'commander';

import { parseSeedkitName, wholeVpc } from '../../../lib/contract/index.js';
import type { AwsOptions } from '../../aws-options.js';
import { assemblyCacheFolder, synthesizeAssembly } from '../../deploy/assembly.js';
import { deploySeedkit, destroySeedkit } from '../../deployment.js';
import type { SeedkitSettings } from '../../deploy-types.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { printDeployEvents } from './print-deploy-events.js';
import { synthesizedTemplate } from './synthesized-template.js';

interface PlaceOptions {
  readonly profile?: string;
  readonly region?: string;
  readonly debug?: boolean;
  readonly json?: boolean;
}

interface DeployOptions extends PlaceOptions {
  readonly policyArn?: readonly string[];
  readonly deployCodeartifact?: boolean;
  readonly skipCodeartifact?: boolean;
  readonly vpcId?: string;
  readonly subnetId?: readonly string[];
  readonly sgId?: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly buildImage?: string;
  readonly synth?: boolean;
}

/** `codeseeder deploy seedkit` and `codeseeder destroy seedkit`. */
export function addDeployCommands(program: Command, terminal: Terminal): void {
  const deploy = program.command('deploy').description('deploy to an AWS account, or to the local place');
  const several = (value: string, before: readonly string[] = []) => [...before, value];
  withPlaceOptions(deploy.command('seedkit'))
    .description('deploy a seedkit, or bring it up to date; what is not said stays as it was deployed')
    .argument('<name>', "the seedkit's name")
    .option('--policy-arn <arn>', 'further managed policy of the build role (repeatable)', several)
    .option('--deploy-codeartifact', 'with a CodeArtifact domain and repository for packages')
    .addOption(new Option('--skip-codeartifact', 'without CodeArtifact').conflicts('deployCodeartifact'))
    .option('--vpc-id <id>', 'VPC that builds run in; needs --subnet-id and --sg-id')
    .option('--subnet-id <id>', 'subnet of the VPC (repeatable)', several)
    .option('--sg-id <id>', 'security group in the VPC (repeatable)', several)
    .option('-b, --permissions-boundary-arn <arn>', 'policy that bounds every role of the seedkit')
    .option('--build-image <image>', 'image of builds that name none')
    .option('--synth', 'print the template and deploy nothing')
    .action((name: string, options: DeployOptions) => runDeploy(parseSeedkitName(name), options, terminal));
  const destroy = program.command('destroy').description('take away what was deployed');
  withPlaceOptions(destroy.command('seedkit'))
    .description("empty a seedkit's bucket and delete its stack")
    .argument('<name>', "the seedkit's name")
    .action((name: string, options: PlaceOptions) => runDestroy(parseSeedkitName(name), options, terminal));
}

function withPlaceOptions(command: Command): Command {
  return command
    .option('--profile <profile>', 'profile of the shared AWS configuration')
    .option('--region <region>', "region (default: the AWS SDK's)")
    .option('--debug', 'say what the CDK says, too')
    .option('--json', 'print the result as JSON');
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

async function runDestroy(name: string, options: PlaceOptions, terminal: Terminal): Promise<void> {
  const result = await destroySeedkit(name, {
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

function awsOf({ profile, region }: PlaceOptions): AwsOptions {
  return { ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) };
}

/** @throws CodeseederError `InvalidRequest` for a part of a VPC */
function settingsOf(options: DeployOptions): SeedkitSettings {
  const vpc = wholeVpc({
    vpcId: options.vpcId,
    subnetIds: options.subnetId === undefined ? undefined : [...options.subnetId],
    securityGroupIds: options.sgId === undefined ? undefined : [...options.sgId],
  });
  return {
    ...(options.policyArn !== undefined && { policyArns: options.policyArn }),
    ...(options.deployCodeartifact === true && { codeArtifact: true }),
    ...(options.skipCodeartifact === true && { codeArtifact: false }),
    ...(vpc !== undefined && { vpc }),
    ...(options.permissionsBoundaryArn !== undefined && {
      permissionsBoundary: options.permissionsBoundaryArn,
    }),
    ...(options.buildImage !== undefined && { buildImage: options.buildImage }),
  };
}
