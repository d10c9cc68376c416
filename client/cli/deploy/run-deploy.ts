import { assemblyCacheFolder, synthesizeAssembly } from '../../deploy/assembly.js';
import { deploySeedkit } from '../../deployment.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { showDeployment } from './deploy-display.js';
import { awsOf, type DeployFlags } from './deploy-flags.js';
import { settingsOf, type SettingFlags } from './setting-flags.js';
import { synthesizedTemplate } from './synthesized-template.js';

/** Flags of `deploy seedkit`. */
export interface DeployOptions extends DeployFlags, SettingFlags {
  readonly roleArn?: string | undefined;
  readonly synth?: boolean | undefined;
}

/** Deploys a seedkit, or prints its template. */
export async function runDeploy(name: string, options: DeployOptions, terminal: Terminal): Promise<void> {
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
  const result = await showDeployment(terminal, options.debug === true, (onProgress) =>
    deploySeedkit(name, {
      ...settings,
      aws: awsOf(options),
      roleArn: options.roleArn,
      signal: terminal.interrupted,
      onProgress,
    }),
  );
  printLine(
    terminal.stderr,
    result.changed ? `The seedkit ${name} is deployed.` : `The seedkit ${name} is up to date.`,
  );
  printResult<'deploy seedkit'>(terminal, options.json === true, { seedkit: name, ...result }, () =>
    Object.entries(result.outputs).map(([output, value]) => `${output} = ${value}`),
  );
}
