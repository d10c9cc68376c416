import { destroySeedkit } from '../../deployment.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { confirmDeletion } from './confirm-deletion.js';
import { showDeployment } from './deploy-display.js';
import { awsOf, type DeployFlags } from './deploy-flags.js';
import { describeRetained } from './describe-retained.js';

/** Flags of `destroy seedkit`. */
export interface DestroyOptions extends DeployFlags {
  readonly roleArn?: string | undefined;
  readonly deleteData?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** Deletes a seedkit's stack and, if requested, the data that the stack retains. */
export async function runDestroy(name: string, options: DestroyOptions, terminal: Terminal): Promise<void> {
  const deleteData = options.deleteData === true;
  if (deleteData && options.yes !== true) await confirmDeletion(name, terminal);
  const result = await showDeployment(terminal, options.debug === true, (onProgress) =>
    destroySeedkit(name, {
      deleteData,
      aws: awsOf(options),
      roleArn: options.roleArn,
      signal: terminal.interrupted,
      onProgress,
    }),
  );
  if (!result.existed) printLine(terminal.stderr, `! There is no stack ${result.stackName} to destroy.`);
  printResult<'destroy seedkit'>(terminal, options.json === true, { seedkit: name, ...result }, () => [
    ...(result.existed ? [`The seedkit ${name} is destroyed.`] : []),
    ...result.retained.flatMap(describeRetained),
  ]);
}
