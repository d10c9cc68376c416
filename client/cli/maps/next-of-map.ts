import type { MapRecord } from '../../../lib/contract/index.js';
import { commandLine, type NextCommand, nextCommands, withCommand } from '../next-commands.js';
import { quoteWord } from '../quote-word.js';
import type { SeedkitOption } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { MapCall } from './map-call.js';

/** What next commands of a map repeat of this command. */
export interface RepeatedFlags extends Pick<SeedkitOption, 'seedkit' | 'selecting'> {
  /** The call that started the map, if this command is that call. */
  readonly call?: MapCall | undefined;
}

/** Returns what helps after a map of which inputs failed. */
export function nextAfterFailures(
  record: MapRecord,
  { selecting, call }: RepeatedFlags,
  terminal: Terminal,
  hasShown = false,
): string[] {
  const { mapId, seedkit } = record;
  const show: NextCommand = [`maps show ${mapId}`, 'its failures, with their inputs'];
  const again: NextCommand = [`maps again ${mapId}`, 'the same inputs once more, with the same code'];
  const changed = [`maps inputs ${mapId} --failed`, call?.words ?? callOf(record)];
  return [
    ...nextCommands(hasShown ? [again] : [show, again], seedkit, terminal, selecting),
    ...withCommand(
      `maps again runs the code of this map. To run changed code over the same inputs${additionTo(call)}:`,
      commandLine(changed, seedkit, terminal, selecting),
      terminal,
    ),
  ];
}

/** Returns the commands that help while a map runs. */
export function nextWhileRunning({ mapId }: MapRecord): NextCommand[] {
  return [
    [`maps wait ${mapId}`, 'its results, as they are known'],
    [`maps cancel ${mapId}`, 'stops it'],
  ];
}

/** Returns the call of a map that another command has started. Its options are not known. */
function callOf({ kind, target }: MapRecord): string {
  return kind === 'commands' ? 'map - -- COMMAND' : `map ${quoteWord(target)} -`;
}

function additionTo(call: MapCall | undefined): string {
  if (call === undefined) return ", add the map's options to this";
  return call.omitted.length === 0 ? '' : `, add ${call.omitted.join(' and ')} to this`;
}
