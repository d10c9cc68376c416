import type { InitResult } from '../output-types.js';
import { indentedCommand, withCommand } from '../next-commands.js';
import { printResult, type Terminal } from '../terminal.js';
import type { InitFlags } from './init-flags.js';

/** Texts for people, which are not a part of the result. */
interface Shown {
  /** Command that runs the tests. */
  readonly test: string;
  /** Command that stops the local AWS. */
  readonly stop: string;
  /** Name of the config with the environment `aws`; undefined if another one applies. */
  readonly config: string | undefined;
}

/** Prints what was done, what is left to do by hand, and the commands to run next. */
export function printInit(
  result: InitResult,
  { json, dryRun, test, stop, config }: InitFlags & Shown,
  terminal: Terminal,
): void {
  const { folder, written, changed, left, next } = result;
  printResult<'init'>(terminal, json === true, result, () => [
    `${dryRun === true ? 'Would write to' : 'Wrote to'} ${folder}:`,
    ...written.map((file) => `  new      ${file}`),
    ...changed.map((file) => `  changed  ${file}`),
    ...(written.length + changed.length === 0 ? ['  nothing: everything is there'] : []),
    ...(left.length === 0 ? [] : ['', 'Left as they are. To do by hand:']),
    ...left.map(({ file, advice }) => `  ${file}: ${advice}`),
    '',
    'Next, start a local AWS on this machine, and run the function in it:',
    '',
    ...next.flatMap((command) => indentedCommand(command, terminal.stdout)),
    '',
    ...withCommand('Its tests:', test, terminal, terminal.stdout),
    ...withCommand('To stop the local AWS:', stop, terminal, terminal.stdout),
    ...(config === undefined
      ? []
      : [`Region and profile of your AWS account, for --environment aws:`, `  ${config}`]),
    'To run it in your AWS account:',
    '  node_modules/codeseeder/docs/getting-started.md#on-aws-in-ten-minutes',
  ]);
}
