/** Creates the program of the command line, to describe it and to parse command lines without running them. */
import { PassThrough } from 'node:stream';

import { Command, CommanderError } from 'commander';

import { addConsoleCommand } from '../../client/cli/console/console-command.js';
import { addDeployCommands } from '../../client/cli/deploy/deploy-commands.js';
import { addDoctorCommand } from '../../client/cli/doctor/doctor-command.js';
import { addExecuteCommand } from '../../client/cli/execute/execute-command.js';
import { addInitCommand } from '../../client/cli/init/init-command.js';
import { addLocalCommand } from '../../client/cli/local/local-command.js';
import { addLocksCommand } from '../../client/cli/locks/locks-command.js';
import { addMapCommand } from '../../client/cli/maps/map-command.js';
import { addMapsCommand } from '../../client/cli/maps/maps-command.js';
import { addRunCommand } from '../../client/cli/run/run-command.js';
import { addRunsCommand } from '../../client/cli/runs/runs-command.js';
import { addSchedulesCommand } from '../../client/cli/schedules/schedules-command.js';
import { addPublishCommand } from '../../client/cli/targets/publish-command.js';
import { addStartCommand } from '../../client/cli/targets/start-command.js';
import { addTargetsCommand } from '../../client/cli/targets/targets-command.js';
import type { Terminal } from '../../client/cli/terminal.js';
import { addUpgradeCommand } from '../../client/cli/upgrade/upgrade-command.js';

/** Returns the program with every command and flag. Its actions do nothing. */
export function commandProgram(): Command {
  const program = new Command('codeseeder');
  // No action runs, so nothing reads or writes the streams of this terminal.
  const terminal = { stdout: new PassThrough(), stderr: new PassThrough() } as unknown as Terminal;
  addRunCommand(program, terminal, undefined, () => undefined);
  addRunsCommand(program, terminal, () => undefined);
  addConsoleCommand(program, terminal);
  addLocksCommand(program, terminal);
  addMapCommand(program, terminal, undefined, () => undefined);
  addMapsCommand(program, terminal, () => undefined);
  addPublishCommand(program, terminal, undefined);
  addStartCommand(program, terminal, () => undefined);
  addTargetsCommand(program, terminal, () => undefined);
  addSchedulesCommand(program, terminal);
  addExecuteCommand(program, terminal, () => undefined);
  addDeployCommands(program, terminal);
  addLocalCommand(program, terminal);
  addInitCommand(program, terminal);
  addDoctorCommand(program, terminal, () => undefined);
  addUpgradeCommand(program, terminal, () => undefined);
  for (const command of [program, ...leavesOf(program)]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  }
  for (const command of leavesOf(program)) command.action(() => undefined);
  return program;
}

/** Returns the commands without subcommands. */
export function leavesOf(command: Command): Command[] {
  return command.commands.flatMap((child) => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

/** Returns the full name of a command, such as `codeseeder local up`. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** Parses the words after `codeseeder`. @returns the reason for a refusal; undefined when the words are valid */
export function refusalOf(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  try {
    commandProgram().parse(end < 0 ? [...words] : words.slice(0, end), { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.message;
    throw error;
  }
}
