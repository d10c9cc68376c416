import type { Command } from 'commander';

import { quoteWord } from './quote-word.js';

/** An option as a command line gives it. */
interface GivenOption {
  readonly flag: string;
  /** Absent for an option without a value. */
  readonly value: string | undefined;
}

const givenTo = new WeakMap<Command, GivenOption[]>();

/** Keeps the options that a command line gives, for {@link givenOptions}. Call it when all options are added. */
export function keepGivenOptions(command: Command): Command {
  const given: GivenOption[] = [];
  givenTo.set(command, given);
  for (const option of command.options) {
    const flag = option.long ?? option.flags;
    command.on(`option:${option.name()}`, (value?: string | null) => {
      given.push({ flag, value: value ?? undefined });
    });
  }
  return command;
}

/** Returns the options that a command line gives, in their order, quoted for a shell, without some of them. */
export function givenOptions(command: Command, without: ReadonlySet<string>): string[] {
  return (givenTo.get(command) ?? [])
    .filter(({ flag }) => !without.has(flag))
    .map(({ flag, value }) => (value === undefined ? flag : `${flag} ${quoteWord(value)}`));
}

/** Returns those of some options that a command line gives. */
export function givenOf(command: Command, flags: ReadonlySet<string>): string[] {
  const given = new Set((givenTo.get(command) ?? []).map(({ flag }) => flag));
  return [...flags].filter((flag) => given.has(flag));
}
