/** Finds how a command line can go on, from the program's own commands, options and choices. */
import type { Argument, Command, Option } from 'commander';

import { isShown } from '../help/format-help.js';
import { LATEST } from '../ids/short-ids.js';
import { kindOf } from '../value-kinds.js';

/** A word that can come next. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** How a command line can go on. */
export interface Completion {
  /** `files` and `folders`: the shell completes paths. */
  readonly kind: 'values' | 'files' | 'folders';
  /** The part of the current word before the path, such as `--file=`; empty for `values`. */
  readonly prefix: string;
  /** Whole words, such as `--status=FAILED`. */
  readonly candidates: readonly Candidate[];
}

/** Names that the config and the local AWSs of this machine have. */
export interface KnownNames {
  readonly seedkits: readonly string[];
  readonly environments: readonly string[];
  /** Ids of runs or maps of the seedkit, the newest first. They are read only if {@link askedIds} says so. */
  readonly ids?: readonly Candidate[] | undefined;
}

/** What a command line is completed with, and its flags that name the seedkit. */
export interface AskedIds {
  readonly of: IdKind;
  readonly seedkit?: string | undefined;
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/** Ends of a placeholder such as `<[name=]dir>` that stands for a path. */
const FILE = /(^|[=:\]])file$|=path$/;
const FOLDER = /(^|[=:\]])(dir|folder)$/;

type IdKind = 'run' | 'map';

/** The place in a command line after some of its words. */
interface Place {
  readonly command: Command;
  /** Number of operands of the command so far. */
  readonly operands: number;
  /** The option whose value is next. */
  readonly option: Option | undefined;
  /** Values of options so far, by the option's name. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Returns the flags that select a seedkit, if the last word of a command line is the id of a run or map.
 * @param words as of {@link complete}
 */
export function askedIds(program: Command, words: readonly string[]): AskedIds | undefined {
  const current = words.at(-1) ?? '';
  const { command, operands, option, values: given } = placeAfter(program, words.slice(0, -1));
  if (option !== undefined || current.startsWith('-')) return undefined;
  const argument = argumentAt(command, operands);
  const kind = argument && idKindOf(argument);
  return kind === undefined ? undefined : { ...given, of: kind };
}

/**
 * Finds how the last word of a command line can go on.
 * @param words the words after the program's name. The last one may be incomplete or empty
 */
export function complete(program: Command, words: readonly string[], names: KnownNames): Completion {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  // A command after `--` mostly names files.
  if (before.includes('--')) return paths('files', '');
  const { command, operands, option } = placeAfter(program, before);
  if (option !== undefined) return valuesOf(option, current, '', names);
  if (current.startsWith('--') && current.includes('=')) {
    const flag = current.slice(0, current.indexOf('='));
    const found = findOption(command, flag);
    return found === undefined ? values([], current) : valuesOf(found, current, `${flag}=`, names);
  }
  if (current.startsWith('-') && current !== '-') return values(flagsOf(command), current);
  if (command.commands.length > 0 && operands === 0) return values(subcommandsOf(command), current);
  const argument = argumentAt(command, operands);
  return argument === undefined ? values(flagsOf(command), current) : valuesOf(argument, current, '', names);
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let operands = 0;
  let option: Option | undefined;
  const given: Record<string, string> = {};
  for (const word of words) {
    if (option !== undefined) {
      given[option.attributeName()] = word;
      option = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const [flag = '', value] = word.startsWith('--') ? word.split(/=(.*)/s) : [word];
      const found = findOption(command, flag);
      if (found === undefined || !takesValue(found)) continue;
      if (value === undefined) option = found;
      else given[found.attributeName()] = value;
    } else {
      const child = command.commands.find((one) => one.name() === word && operands === 0);
      command = child ?? command;
      operands = child === undefined ? operands + 1 : 0;
    }
  }
  return { command, operands, option, values: given };
}

/** Returns the options of a command, with those of the subcommand that it runs without a name. */
function optionsOf(command: Command): readonly Option[] {
  const { _defaultCommandName: name } = command as Command & { readonly _defaultCommandName?: string | null };
  const fallback = command.commands.find((child) => child.name() === name);
  return [...command.options, ...(fallback?.options ?? [])];
}

function findOption(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find(({ long, short }) => flag === long || flag === short);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}

function flagsOf(command: Command): Candidate[] {
  const own = optionsOf(command)
    .filter(({ hidden }) => !hidden)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
  return [...own, { value: '--help', description: 'show examples, arguments and options' }];
}

function subcommandsOf(command: Command): Candidate[] {
  return command.commands
    .filter(isShown)
    .map((child) => ({ value: child.name(), description: child.summary() || child.description() }));
}

/** Returns the values of an option or argument that are known. */
function valuesOf(
  subject: Option | Argument,
  current: string,
  flag: string,
  { seedkits, environments, ids = [] }: KnownNames,
): Completion {
  const { argChoices } = subject;
  if (argChoices !== undefined) return named(argChoices, current, flag);
  const kind = kindOf(subject);
  if (kind === 'seedkit') return named(seedkits, current, flag);
  if (kind === 'environment') return named(environments, current, flag);
  if (kind === 'wholeRun') return values(ids, current);
  if (kind === 'run' || kind === 'map')
    return values([{ value: LATEST, description: `the newest ${kind}` }, ...ids], current);
  if (kind === 'function') return paths('files', flag);
  if (kind === 'json')
    return current.startsWith(`${flag}@`) ? paths('files', `${flag}@`) : values([], current);
  return pathsOf(subject, current, flag);
}

/** Returns what the ids of an argument are of; undefined for another argument. */
function idKindOf(subject: Option | Argument): IdKind | undefined {
  const kind = kindOf(subject);
  if (kind === 'wholeRun') return 'run';
  return kind === 'run' || kind === 'map' ? kind : undefined;
}

/** Returns the kind of path that an option or argument takes, if it takes one. */
function pathsOf(subject: Option | Argument, current: string, flag: string): Completion {
  const placeholder = placeholderOf(subject);
  const isFolder = FOLDER.test(placeholder);
  if (!isFolder && !FILE.test(placeholder)) return values([], current);
  // The path of a pair such as NAME=DIR is after its separator.
  const isPair = /[=:]/.test(placeholder);
  const [pair = ''] = (isPair && /^[\w@./-]*[=:]/.exec(current.slice(flag.length))) || [];
  return paths(isFolder ? 'folders' : 'files', `${flag}${pair}`);
}

function placeholderOf(subject: Option | Argument): string {
  if (!('flags' in subject)) return subject.name();
  return /<(.*)>/.exec(subject.flags)?.[1] ?? '';
}

function named(names: readonly string[], current: string, flag: string): Completion {
  return values(
    names.map((name) => ({ value: `${flag}${name}`, description: '' })),
    current,
  );
}

function values(candidates: readonly Candidate[], current: string): Completion {
  return {
    kind: 'values',
    prefix: '',
    candidates: candidates.filter(({ value }) => value.startsWith(current)),
  };
}

function paths(kind: 'files' | 'folders', prefix: string): Completion {
  return { kind, prefix, candidates: [] };
}
