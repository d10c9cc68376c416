import type { Lock } from '../../lock-types.js';
import { openSeedkit } from '../open-seedkit.js';
import { type ListFlags, printList } from '../list-output.js';
import { formatList } from '../list-table.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { type NamedValue, namedValueLines } from '../runs/named-values.js';
import { layoutOf, type TableLayout } from '../table.js';
import { printResult, type Terminal } from '../terminal.js';

/** Flags of `locks list` and `locks show`. */
export interface LocksOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
}

/** Prints the locks. */
export async function listLocks(options: SeedkitOption & ListFlags, terminal: Terminal): Promise<void> {
  const locks = await openSeedkit(options).locks.list();
  printList<'locks list'>(terminal, options, locks, {
    nameOf: ({ name }) => name,
    lines: () =>
      formatList(
        ['LOCK', 'HELD BY', 'STATUS', 'WAITING'],
        locks.map(({ name, holder, waiting }) => [
          name,
          holder?.runId ?? '',
          holder?.status ?? '',
          String(waiting.length),
        ]),
        terminal,
        'No locks. A run takes one with --lock: codeseeder run --lock NAME -- COMMAND',
        1,
      ),
  });
}

/** Prints a lock. */
export async function showLock(name: string, options: LocksOptions, terminal: Terminal): Promise<void> {
  const lock = await openSeedkit(options).locks.get(name);
  printResult<'locks show'>(terminal, options.json === true, lock, () => lockLines(lock, layoutOf(terminal)));
}

/** Formats a lock as a table: its number, its holder, and the runs that wait. */
export function lockLines({ name, token, holder, waiting }: Lock, layout: TableLayout): string[] {
  const held: readonly NamedValue[] =
    holder === undefined
      ? [['held by', 'no run']]
      : [
          ['held by', holder.runId],
          ['status', holder.status ?? 'no record'],
          ['since', holder.grantedAt],
          ...(holder.buildId === undefined ? [] : [['build', holder.buildId] as const]),
        ];
  const queue = waiting.map((runId, index) => [`waiting ${index + 1}`, runId] as const);
  return namedValueLines(['LOCK', name], [...held, ['token', String(token)], ...queue], layout);
}
