import { assemblyCacheFolder, synthesizeAssembly } from '../../deploy/assembly.js';
import { deploySeedkit } from '../../deployment.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { showDeployment } from './deploy-display.js';
import { awsOf, detailOf, type StackFlags } from './deploy-flags.js';
import { printNext, summaryOf } from './deploy-summary.js';
import { settingsOf, type SettingFlags } from './setting-flags.js';
import { synthesizedTemplate } from './synthesized-template.js';

/** Flags of `deploy seedkit`. */
export interface DeployOptions extends StackFlags, SettingFlags {
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
  const detail = detailOf(options);
  const result = await showDeployment(terminal, detail, (onProgress) =>
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
  const isShort = terminal.stdout.isTTY === true && detail === 'progress';
  printResult<'deploy seedkit'>(terminal, options.json === true, { seedkit: name, ...result }, () =>
    isShort
      ? summaryOf(result, terminal)
      : Object.entries(result.outputs).map(([output, value]) => `${output} = ${value}`),
  );
  if (isShort && options.json !== true) printNext(name, options, terminal);
}
