import type { ComponentChildren } from 'preact';

/** A row: its key, the cell that names it, and the other cells. */
export interface TableRow {
  readonly key: string;
  readonly name: ComponentChildren;
  readonly cells: readonly ComponentChildren[];
}

/** A table in a box. Names of rows are above their cells on narrow screens. The head is for screen readers only. */
export function Table(props: {
  readonly label: string;
  /** Names of the columns: that of the rows' names first. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}) {
  const { label, columns, rows } = props;
  return (
    <div class="panel table-box" tabIndex={0} role="region" aria-label={`Table of ${label}`}>
      <table>
        <thead class="visually-hidden">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, cells }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {cells.map((cell, at) => (
                <td key={columns[at + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
