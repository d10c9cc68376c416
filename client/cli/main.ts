import { Command, CommanderError } from 'commander';

import { describeError } from './describe-error.js';
import { EXIT_CODES, EXIT_CODES_HELP, exitCodeOf, InterruptedError } from './exit-code.js';
import { applyConfig } from './config/apply-config.js';
import { addConsoleCommand } from './console/console-command.js';
import { addDeployCommands } from './deploy/deploy-commands.js';
import { addDoctorCommand } from './doctor/doctor-command.js';
import { addExecuteCommand } from './execute/execute-command.js';
import { addInitCommand } from './init/init-command.js';
import { addLocalCommand } from './local/local-command.js';
import { addLocksCommand } from './locks/locks-command.js';
import { packageVersion } from './package-version.js';
import { addMapCommand } from './maps/map-command.js';
import { addMapsCommand } from './maps/maps-command.js';
import { addRunCommand } from './run/run-command.js';
import { addSchedulesCommand } from './schedules/schedules-command.js';
import { addPublishCommand } from './targets/publish-command.js';
import { addStartCommand } from './targets/start-command.js';
import { addTargetsCommand } from './targets/targets-command.js';
import { addRunsCommand } from './runs/runs-command.js';
import { printLine, type Terminal } from './terminal.js';
import { addUpgradeCommand } from './upgrade/upgrade-command.js';

/**
 * Runs the command line.
 *
 * @param args the arguments after the program's name
 * @returns the exit code, one of {@link EXIT_CODES}
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT_CODES.passed;
  const { own, command } = splitAtDashes(args);
  const program = new Command('codeseeder')
    .description("Runs your code in AWS CodeBuild, driven by a seedkit's state machine.")
    .version(await packageVersion())
    .addHelpText('after', `\n${EXIT_CODES_HELP}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  program.hook('preAction', (_program, action) => applyConfig(action, terminal));
  addRunCommand(program, terminal, command, (code) => (exitCode = code));
  addRunsCommand(program, terminal, (code) => (exitCode = code));
  addConsoleCommand(program, terminal);
  addLocksCommand(program, terminal);
  addMapCommand(program, terminal, command, (code) => (exitCode = code));
  addMapsCommand(program, terminal, (code) => (exitCode = code));
  addPublishCommand(program, terminal, command);
  addStartCommand(program, terminal, (code) => (exitCode = code));
  addTargetsCommand(program, terminal, (code) => (exitCode = code));
  addSchedulesCommand(program, terminal);
  addExecuteCommand(program, terminal, (code) => (exitCode = code));
  addDeployCommands(program, terminal);
  addLocalCommand(program, terminal);
  addInitCommand(program, terminal);
  addDoctorCommand(program, terminal, (code) => (exitCode = code));
  addUpgradeCommand(program, terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync(own.map(asOperand), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.passed : EXIT_CODES.usage;
    // Reports the interruption instead of an error that followed from it.
    const cause = terminal.interrupted.aborted ? asInterrupted(error, terminal.interrupted) : error;
    printLine(terminal.stderr, describeError(cause));
    return exitCodeOf(cause);
  }
}

/** Separates the words after `--`, which are a command of their own. */
function splitAtDashes(args: readonly string[]): {
  own: readonly string[];
  command: readonly string[] | undefined;
} {
  const at = args.indexOf('--');
  return at < 0 ? { own: args, command: undefined } : { own: args.slice(0, at), command: args.slice(at + 1) };
}

/** Puts a space before a negative number, so it is not parsed as a flag. JSON allows the space. */
function asOperand(word: string): string {
  return /^-\d/.test(word) ? ` ${word}` : word;
}

function asInterrupted(error: unknown, interrupted: AbortSignal): InterruptedError {
  if (error instanceof InterruptedError) return error;
  const { reason } = interrupted as { reason: unknown };
  return new InterruptedError(reason instanceof Error ? reason.message : 'The command was interrupted.');
}
