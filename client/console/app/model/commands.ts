/** Writes the commands that do in a terminal what a page does. */

import type { MapStatus } from '../../../../lib/contract/index.js';
import type { SeedkitInfo } from '../../api.js';

/** A command and what it does. */
export interface ShownCommand {
  readonly purpose: string;
  readonly command: string;
}

/** Quotes a word for a shell, if it needs quotes. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The seedkit of commands, and how commands of codeseeder start. */
export type CommandPlace = Pick<SeedkitInfo, 'seedkit' | 'program'>;

/** Returns the commands of a run. */
export function commandsOfRun(runId: string, place: CommandPlace, isActive: boolean): ShownCommand[] {
  const id = quoted(runId);
  const runs = (command: string) => `${place.program} runs ${command} -s ${quoted(place.seedkit)}`;
  const shown = [
    { purpose: 'Record and history', command: `${runs('show')} ${id}` },
    { purpose: 'Log', command: `${runs('logs')} --follow ${id}` },
  ];
  const live = [
    { purpose: 'Wait for the end', command: `${runs('wait')} ${id}` },
    { purpose: 'Cancel', command: `${runs('cancel')} ${id}` },
  ];
  const over = [{ purpose: 'Run again', command: `${runs('again')} ${id}` }];
  return [...shown, ...(isActive ? live : over)];
}

/** Returns the commands of a map. */
export function commandsOfMap(mapId: string, place: CommandPlace, status: MapStatus): ShownCommand[] {
  const of = (command: string) =>
    `${place.program} maps ${command} -s ${quoted(place.seedkit)} ${quoted(mapId)}`;
  const shown = [
    { purpose: 'Progress, and runs that did not succeed', command: of('show') },
    { purpose: 'Results', command: of('wait') },
  ];
  if (status === 'RUNNING') return [...shown, { purpose: 'Cancel', command: of('cancel') }];
  if (status === 'SUCCEEDED') return shown;
  return [...shown, { purpose: 'Run unsuccessful inputs again', command: of('again') }];
}
