import { type Command, CommanderError } from 'commander';

import { describeError } from './describe-error.js';
import { EXIT_CODES, exitCodeOf, InterruptedError } from './exit-code.js';
import { applyConfig } from './config/apply-config.js';
import { nameOf } from './help/command-help.js';
import { adviceOnOperand } from './operand-options.js';
import { packageVersion } from './package-version.js';
import { printProblem } from './print-problem.js';
import { createProgram } from './program.js';
import { adviceOnArgs, refuseIgnored, takesCommand } from './refuse-words.js';
import { type AppliedConfig, keepSelectingFlags, type SeedkitOption } from './seedkit-option.js';
import type { Terminal } from './terminal.js';
import { withCommandOfGroup } from './unknown-command.js';

/**
 * Runs the command line.
 *
 * @param args the arguments after the program's name
 * @returns the exit code, one of {@link EXIT_CODES}
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT_CODES.passed;
  const { own, command } = splitAtDashes(args);
  const program = createProgram(terminal, command, (code) => (exitCode = code));
  program.version(await packageVersion(), '-V, --version', 'print the version');
  let seedkit: string | undefined;
  let config: AppliedConfig | undefined;
  program.hook('preAction', async (_program, action) => {
    refuseIgnored(action, command);
    seedkit = seedkitIn(action);
    await applyConfig(action, terminal);
    keepSelectingFlags(action);
    ({ config } = action.opts<SeedkitOption>());
    seedkit ??= seedkitIn(action);
  });
  try {
    await program.parseAsync(own.map(asOperand), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.passed;
      if (error.code !== 'commander.help') printProblem(terminal, describeRefusal(error, program, args));
      return EXIT_CODES.usage;
    }
    // Reports the interruption instead of an error that followed from it.
    const cause = terminal.interrupted.aborted ? asInterrupted(error, terminal.interrupted) : error;
    printProblem(terminal, describeError(cause, seedkit, config?.localEnvironment));
    return exitCodeOf(cause);
  }
}

/** Returns the seedkit of a command: of `deploy seedkit` and `destroy seedkit` an argument, of others an option. */
function seedkitIn(action: Command): string | undefined {
  return action.name() === 'seedkit' ? action.args[0] : action.opts<SeedkitOption>().seedkit;
}

/** Matches the line in which Commander suggests an option or a command with a similar name. */
const SUGGESTION = /\n\(Did you mean .*\?\)$/;

/** Returns why Commander refused a command line, and what to do about it. */
function describeRefusal(
  { code, message }: CommanderError,
  program: Command,
  args: readonly string[],
): string {
  let command = program;
  for (const word of args) {
    const child = command.commands.find((one) => one.name() === word);
    if (child === undefined) break;
    command = child;
  }
  const help = `Examples and options: ${nameOf(command)} --help`;
  const usage = adviceOnOperand(message, command, args.includes('--'));
  // An option with a name like that of the argument would be a second, wrong hint.
  if (usage !== undefined) return [message.replace(SUGGESTION, ''), usage, help].join('\n');
  return `${withCommandOfGroup(message, program)}\n${withAdvice(help, code, command, args)}`;
}

/** Returns the line that names the help, after advice about the mistake, if there is any. */
function withAdvice(help: string, code: string, command: Command, args: readonly string[]): string {
  if (code === 'commander.excessArguments') return [adviceOnArgs(command), help].filter(Boolean).join(' ');
  if (code !== 'commander.unknownOption' || !takesCommand(command) || args.includes('--')) return help;
  return `A command with options of its own goes after --, as in \`codeseeder run -- npm test --silent\`. ${help}`;
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
