import type { HistoryEntry } from '../../run-types.js';
import { formatTable, type TableLayout } from '../table.js';

/** Formats the history of an execution as a table. */
export function historyLines(history: readonly HistoryEntry[], layout: TableLayout): string[] {
  const startedAtMs = history[0]?.timestampMs ?? 0;
  return formatTable(
    ['#', 'SECONDS', 'EVENT', 'STATE', 'FAILURE'],
    history.map((entry) => [
      String(entry.id),
      ((entry.timestampMs - startedAtMs) / 1_000).toFixed(3),
      entry.type,
      entry.state ?? '',
      entry.failure ?? '',
    ]),
    { ...layout, shortened: [4, 3, 2] },
  );
}
