/** Reads lines of a build's log as CodeBuild writes them. */
import { OWN_COMMAND_MARK } from '../lib/contract/build-log.js';

/** The meaning of a line. Lines with `atMs` are CodeBuild's own; the others are output of commands. */
export type BuildLogLine =
  | { readonly kind: 'output' }
  | { readonly kind: 'entered'; readonly phase: string; readonly atMs: number | undefined }
  | {
      readonly kind: 'completed';
      readonly phase: string;
      /** State that CodeBuild gives the phase, such as `SUCCEEDED`. */
      readonly state: string;
      readonly atMs: number | undefined;
    }
  | {
      readonly kind: 'command';
      /** First line of the command. */
      readonly command: string;
      /** Whether codeseeder added the command to the buildspec. */
      readonly isOwn: boolean;
      readonly atMs: number | undefined;
    }
  /** The command before it failed. */
  | { readonly kind: 'commandFailed'; readonly atMs: number | undefined }
  /** The reason why the completed phase failed. */
  | { readonly kind: 'reason'; readonly atMs: number | undefined }
  | { readonly kind: 'note'; readonly text: string; readonly atMs: number | undefined };

const CONTAINER = /^\[Container\] (?:(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)(\.\d+)? )?/;
/** The first phase is announced in other words than those that follow it. */
const ENTERED = /^(?:Entering phase|Phase is) (\w+)/;
const COMPLETED = /^Phase complete: (\w+) State: (\w+)/;
const COMMAND = /^Running command (.*)/;

/** Returns the meaning of a line. */
export function readBuildLogLine(line: string): BuildLogLine {
  const found = CONTAINER.exec(line);
  if (found === null) return { kind: 'output' };
  const atMs = timeOf(found);
  const text = line.slice(found[0].length);
  const [, entered] = ENTERED.exec(text) ?? [];
  if (entered !== undefined) return { kind: 'entered', phase: entered, atMs };
  const [, completed, state] = COMPLETED.exec(text) ?? [];
  if (completed !== undefined && state !== undefined)
    return { kind: 'completed', phase: completed, state, atMs };
  const [, command] = COMMAND.exec(text) ?? [];
  if (command !== undefined)
    return { kind: 'command', command, isOwn: command.endsWith(OWN_COMMAND_MARK), atMs };
  if (text.startsWith('Command did not exit successfully')) return { kind: 'commandFailed', atMs };
  if (text.startsWith('Phase context status code:')) return { kind: 'reason', atMs };
  return { kind: 'note', text, atMs };
}

/** Returns the time of a line in milliseconds since the epoch. CodeBuild writes times in UTC. */
function timeOf([, year, month, day, time, fraction = '']: RegExpExecArray): number | undefined {
  if (year === undefined) return undefined;
  return Date.parse(`${year}-${month}-${day}T${time}${fraction.slice(0, 4)}Z`);
}
