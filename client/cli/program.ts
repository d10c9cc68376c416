import { Command } from 'commander';

import { addCompletionCommand } from './completion/completion-command.js';
import { addConsoleCommand } from './console/console-command.js';
import { addDeployCommands } from './deploy/deploy-commands.js';
import { addDoctorCommand } from './doctor/doctor-command.js';
import { addExecuteCommand } from './execute/execute-command.js';
import { inGroup } from './help/command-help.js';
import { formatHelp } from './help/format-help.js';
import { addInitCommand } from './init/init-command.js';
import { addLocalCommand } from './local/local-command.js';
import { addLocksCommand } from './locks/locks-command.js';
import { addMapCommand } from './maps/map-command.js';
import { addMapsCommand } from './maps/maps-command.js';
import { addRunCommand } from './run/run-command.js';
import { addRunsCommand } from './runs/runs-command.js';
import { addSchedulesCommand } from './schedules/schedules-command.js';
import { addPublishCommand } from './targets/publish-command.js';
import { addStartCommand } from './targets/start-command.js';
import { addTargetsCommand } from './targets/targets-command.js';
import { type Terminal, wantsColour } from './terminal.js';
import { addUpgradeCommand } from './upgrade/upgrade-command.js';

/**
 * Creates the program with every command, option and help.
 *
 * @param command the words after `--`, which are not parsed
 * @param end receives the exit code of a command that decides it
 */
export function createProgram(
  terminal: Terminal,
  command: readonly string[] | undefined,
  end: (exitCode: number) => void,
): Command {
  const { stdout, stderr } = terminal;
  // Commands inherit what is configured before they are added.
  const program = new Command('codeseeder')
    .description('runs functions and commands in your AWS account, and records every run')
    .exitOverride()
    .configureHelp({ formatHelp: (shown, help) => formatHelp(shown, help, terminal.program) })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // `main` prints the text, which is the message of the error, with a hint.
      outputError: () => undefined,
      getOutHelpWidth: () => stdout.columns || 80,
      getErrHelpWidth: () => stderr.columns || 80,
      getOutHasColors: () => wantsColour(terminal),
      getErrHasColors: () => stderr.isTTY === true && !terminal.environment['NO_COLOR'],
    });
  inGroup(program, 'Run code', () => {
    addRunCommand(program, terminal, command, end);
    addMapCommand(program, terminal, command, end);
    addExecuteCommand(program, terminal, end);
  });
  inGroup(program, 'Look at runs', () => {
    addRunsCommand(program, terminal, end);
    addMapsCommand(program, terminal, end);
    addLocksCommand(program, terminal);
    addConsoleCommand(program, terminal);
  });
  inGroup(program, 'Publish and schedule', () => {
    addPublishCommand(program, terminal, command);
    addStartCommand(program, terminal, end);
    addTargetsCommand(program, terminal, end);
    addSchedulesCommand(program, terminal);
  });
  inGroup(program, 'Set up', () => {
    addInitCommand(program, terminal);
    addDeployCommands(program, terminal);
    addDoctorCommand(program, terminal, end);
    addUpgradeCommand(program, terminal, end);
    addCompletionCommand(program, terminal, command);
  });
  inGroup(program, 'Local AWS', () => addLocalCommand(program, terminal));
  return program;
}
