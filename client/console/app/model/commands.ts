/** Writes the commands that do in a terminal what a page does. */

import type { MapStatus } from '../../../../lib/contract/index.js';

/** A command and what it does. */
export interface ShownCommand {
  readonly purpose: string;
  readonly command: string;
}

/** Quotes a word for a shell, if it needs quotes. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Returns the commands of a run. */
export function commandsOfRun(runId: string, seedkit: string, isActive: boolean): ShownCommand[] {
  const id = quoted(runId);
  const on = `-s ${quoted(seedkit)}`;
  const shown = [
    { purpose: 'Record and history', command: `codeseeder runs show ${on} ${id}` },
    { purpose: 'Log', command: `codeseeder runs logs ${on} --follow ${id}` },
  ];
  const live = [
    { purpose: 'Wait for the end', command: `codeseeder runs wait ${on} ${id}` },
    { purpose: 'Cancel', command: `codeseeder runs cancel ${on} ${id}` },
  ];
  const over = [{ purpose: 'Run again', command: `codeseeder runs again ${on} ${id}` }];
  return [...shown, ...(isActive ? live : over)];
}

/** Returns the commands of a map. */
export function commandsOfMap(mapId: string, seedkit: string, status: MapStatus): ShownCommand[] {
  const of = (command: string) => `codeseeder maps ${command} -s ${quoted(seedkit)} ${quoted(mapId)}`;
  const shown = [
    { purpose: 'Progress, and runs that did not succeed', command: of('show') },
    { purpose: 'Results', command: of('wait') },
  ];
  if (status === 'RUNNING') return [...shown, { purpose: 'Cancel', command: of('cancel') }];
  if (status === 'SUCCEEDED') return shown;
  return [...shown, { purpose: 'Run unsuccessful inputs again', command: of('again') }];
}
